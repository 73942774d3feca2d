package org.teenygrad.nn;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// A module as text: a line for each module of the tree, with its settings, its own tensors' shapes, and how many parameters it has.
final class ModuleTree {
  private static final String INDENT = "  ";

  private final StringBuilder text = new StringBuilder();

  private ModuleTree() {}

  static String of(Module module) {
    ModuleTree tree = new ModuleTree();
    tree.add("", module, 0);
    return tree.text.toString();
  }

  private void add(String name, Module module, int depth) {
    List<String> inside = new ArrayList<>(settings(module));
    Map<String, Module> below = new LinkedHashMap<>();
    module.parts().forEach((key, part) -> collect(key, part, inside, below));
    long parameters = module.parameterCount();
    text.append(INDENT.repeat(depth)).append(name.isEmpty() ? "" : name + ": ").append(line(module, inside));
    if (parameters > 0) {
      text.append(String.format(Locale.ROOT, ": %,d", parameters)).append(depth == 0 ? " parameters" : "");
    }
    below.forEach((key, part) -> {
      text.append('\n');
      add(key, part, depth + 1);
    });
  }

  private static String line(Module module, List<String> inside) {
    return typeName(module) + (inside.isEmpty() ? "" : inside.stream().collect(Collectors.joining(", ", "(", ")")));
  }

  static String typeName(Module module) {
    Class<?> type = module.getClass();
    return type.isHidden() ? "function" : type.isAnonymousClass() ? "anonymous" : type.getSimpleName();
  }

  private static void collect(String name, Object part, List<String> inside, Map<String, Module> below) {
    switch (part) {
      case Tensor tensor -> inside.add(name + " " + tensor.shape() + (tensor.dtype() == DType.FLOAT32 ? "" : " " + tensor.dtype()));
      case Module module -> below.put(name, module);
      case Map<?, ?> map -> map.forEach((key, value) -> collect(name + "." + key, value, inside, below));
      case Iterable<?> list -> {
        int i = 0;
        for (Object element : list) {
          collect(name + "." + i++, element, inside, below);
        }
      }
      default -> {}
    }
  }

  /// The components of a record that are numbers, truths that hold, choices, lists of numbers, or windows other than the usual one.
  private static List<String> settings(Module module) {
    List<String> settings = new ArrayList<>();
    if (module.getClass().isRecord()) {
      for (RecordComponent component : module.getClass().getRecordComponents()) {
        Object value = Parts.read(module, component);
        if (isSetting(value)) {
          settings.add(component.getName() + "=" + value);
        }
      }
    }
    return settings;
  }

  private static boolean isSetting(@Nullable Object value) {
    return switch (value) {
      case Number number -> true;
      case Boolean truth -> truth;
      case Enum<?> choice -> true;
      case String text -> true;
      case Window window -> !window.equals(Window.DEFAULT);
      case List<?> list -> !list.isEmpty() && list.stream().allMatch(Number.class::isInstance);
      case null, default -> false;
    };
  }
}
