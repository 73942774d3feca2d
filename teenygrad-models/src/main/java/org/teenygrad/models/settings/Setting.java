package org.teenygrad.models.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One component of a record of settings: its name in Java, on the command line and in files, its type, and what it is.
///
/// ```java
/// record Coin(@Help("tosses") int nTosses) {}
/// Setting.of(Coin.class).getFirst().option();          // --n-tosses
/// Setting.changed(new Coin(10), Map.of("nTosses", 20)) // Coin[nTosses=20]
/// ```
/// @param name `nLayer`
/// @param type int, long, double, boolean, String or an enum
/// @param help what `--help` says
public record Setting(String name, Class<?> type, String help) {

  /// All components, in their order. Each has a [Help].
  public static List<Setting> of(Class<? extends Record> settings) {
    return Arrays.stream(settings.getRecordComponents())
        .map(c -> new Setting(
            c.getName(), c.getType(), Objects.requireNonNull(c.getAnnotation(Help.class), c::toString).value()))
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
        case "String" -> text;
        default -> constant(text);
      };
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is no value of " + key() + ", which is " + kind(), e);
    }
  }

  private Object constant(String text) {
    return constants().filter(constant -> constant.name().equalsIgnoreCase(text)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(text));
  }

  private Stream<Enum<?>> constants() {
    Object[] constants = type.getEnumConstants();
    if (constants == null) {
      throw new IllegalStateException(this + " is of no type that can be parsed");
    }
    return Arrays.stream(constants).map(constant -> (Enum<?>) constant);
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
      case "String" -> "text";
      default -> constants().map(constant -> constant.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "))
          .replaceFirst(", ([^,]*)$", " or $1");
    };
  }

  /// Every setting's value by its key in files.
  public static Map<String, Object> values(Record settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    of(settings.getClass()).forEach(setting -> values.put(setting.key(), setting.value(settings)));
    return values;
  }

  /// The value of this setting.
  /// @throws java.util.NoSuchElementException if the record has no component of this name
  /// @throws IllegalStateException if the component cannot be read
  public Object value(Record settings) {
    try {
      RecordComponent[] components = settings.getClass().getRecordComponents();
      return Arrays.stream(components).filter(c -> c.getName().equals(name)).findFirst().orElseThrow().getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(this + " cannot be read", e);
    }
  }

  /// A record with some components changed.
  /// @param changes new values by the names of the components
  /// @throws IllegalArgumentException if there is no component of a name; as the record's constructor
  public static <R extends Record> R changed(R settings, Map<String, ?> changes) {
    @SuppressWarnings("unchecked")
    Class<R> type = (Class<R>) settings.getClass();
    List<Setting> all = of(type);
    changes.keySet().forEach(name -> {
      if (all.stream().noneMatch(setting -> setting.name.equals(name))) {
        throw new IllegalArgumentException("there is no setting " + name);
      }
    });
    try {
      return type
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
