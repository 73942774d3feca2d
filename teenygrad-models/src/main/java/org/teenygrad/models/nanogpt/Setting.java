package org.teenygrad.models.nanogpt;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.train.ComputeType;

/// One component of [TrainSettings]: its name in Java, on the command line and in files, its type, and what it is.
///
/// @param name `nLayer`
/// @param type int, long, double, boolean or [ComputeType]
/// @param help what `--help` says
public record Setting(String name, Class<?> type, String help) {
  private static final RecordComponent[] COMPONENTS = TrainSettings.class.getRecordComponents();

  /// All, in their order.
  public static List<Setting> all() {
    return Arrays.stream(COMPONENTS)
        .map(c -> new Setting(
            c.getName(), c.getType(), Objects.requireNonNull(c.getAnnotation(TrainSettings.Help.class)).value()))
        .toList();
  }

  /// The name of the option: `--n-layer`.
  public String option() {
    return "--" + words('-');
  }

  /// The name in files, as in nanoGPT: `n_layer`.
  public String key() {
    return words('_');
  }

  private String words(char separator) {
    return name.replaceAll("([A-Z])", separator + "$1").toLowerCase(Locale.ROOT);
  }

  /// The value of that text.
  /// @throws IllegalArgumentException if it is none of the type
  public Object parse(String text) {
    try {
      return switch (type.getSimpleName()) {
        case "int" -> Integer.parseInt(text);
        case "long" -> Long.parseLong(text);
        case "double" -> Double.parseDouble(text);
        case "boolean" -> truth(text);
        case "ComputeType" -> ComputeType.valueOf(text.toUpperCase(Locale.ROOT));
        default -> throw new IllegalStateException(this + " is of no type that can be parsed");
      };
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is no value of " + key() + ", which is " + kind(), e);
    }
  }

  private static boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes" -> true;
      case "false", "0", "no" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private String kind() {
    return switch (type.getSimpleName()) {
      case "int", "long" -> "an integer";
      case "double" -> "a number";
      case "boolean" -> "true or false";
      default -> "float32, tf32, bfloat16, float16 or float64";
    };
  }

  /// Every setting's value by its key in files.
  public static Map<String, Object> values(TrainSettings settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    all().forEach(setting -> values.put(setting.key(), setting.value(settings)));
    return values;
  }

  /// The value of this setting.
  public Object value(TrainSettings settings) {
    try {
      return Arrays.stream(COMPONENTS).filter(c -> c.getName().equals(name)).findFirst().orElseThrow().getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(this + " cannot be read", e);
    }
  }

  static TrainSettings changed(TrainSettings settings, Map<String, ?> changes) {
    List<Setting> all = all();
    changes.keySet().forEach(name -> {
      if (all.stream().noneMatch(setting -> setting.name.equals(name))) {
        throw new IllegalArgumentException("there is no setting " + name);
      }
    });
    try {
      return TrainSettings.class
          .getConstructor(all.stream().map(Setting::type).toArray(Class<?>[]::new))
          .newInstance(all.stream().map(setting -> {
            Object change = changes.get(setting.name);
            return change == null ? setting.value(settings) : change;
          }).toArray());
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("settings cannot be made", e);
    }
  }
}
