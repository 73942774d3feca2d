package org.teenygrad.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// The page that says which of PyTorch's public names are here, and under which name.
///
/// `pytorch/names.txt` has PyTorch 2.13's names, a line for each module. What they are here says, in this order, a line of `pytorch/ours.txt`; none of
/// `pytorch/absent.txt` for this very module; a method of
/// [Tensor] of the same name in camelCase; a layer or optimizer of the same name; for names that end with `_` an assignment. All others
/// are not here, for the reason of `pytorch/absent.txt`.
final class PyTorchPage {
  private static final List<String> PACKAGES =
      List.of("org.teenygrad.", "org.teenygrad.nn.", "org.teenygrad.optim.", "org.teenygrad.data.", "org.teenygrad.state.");

  /// A name, what it is here, and why it is not.
  private record Row(String name, @Nullable String ours, String reason) {}

  private final Map<String, String> explicit = entries("/pytorch/ours.txt");
  private final Map<String, String> reasons = entries("/pytorch/absent.txt");
  private final TreeSet<String> methods = Arrays.stream(Tensor.class.getMethods()).filter(method -> method.getDeclaringClass() != Object.class)
      .map(Method::getName).collect(Collectors.toCollection(TreeSet::new));

  /// The rows of each of PyTorch's modules.
  private final Map<String, List<Row>> modules = new LinkedHashMap<>();

  PyTorchPage() {
    entries("/pytorch/names.txt").forEach((module, names) ->
        modules.put(module, Stream.of(names.split(" ", -1)).map(name -> row(module, name)).toList()));
  }

  /// Names of classes or methods that the table of ours has and the library has not.
  List<String> broken() {
    return explicit.entrySet().stream().filter(entry -> !targets(entry.getValue()).allMatch(PyTorchPage::exists))
        .map(entry -> entry.getKey() + " = " + entry.getValue()).toList();
  }

  /// Lines of both tables whose names PyTorch has not.
  List<String> unknown() {
    return Stream.concat(explicit.keySet().stream(), reasons.keySet().stream().filter(key -> !key.contains("*")))
        .filter(key -> modules.entrySet().stream().noneMatch(module ->
            module.getValue().stream().anyMatch(row -> row.name().equals(key) || (module.getKey() + "." + row.name()).equals(key))))
        .toList();
  }

  /// How much of a module is here, in 0..1.
  double share(String module) {
    List<Row> rows = Objects.requireNonNull(modules.get(module));
    return (double) rows.stream().filter(row -> row.ours() != null).count() / rows.size();
  }

  private Row row(String module, String name) {
    String ours = ours(module, name);
    return new Row(name, ours, ours == null ? reason(module, name) : "");
  }

  private @Nullable String ours(String module, String name) {
    String own = explicit.getOrDefault(module + "." + name, explicit.get(name));
    if (own != null || reasons.containsKey(module + "." + name)) {
      return own;
    }
    if (Character.isUpperCase(name.charAt(0))) {
      return exists(name) ? name : null;
    }
    String method = camel(name);
    if (methods.contains(method)) {
      return "Tensor." + method;
    }
    String pure = name.endsWith("_") ? ours(module, name.substring(0, name.length() - 1)) : null;
    return pure == null ? null : "Tensor.assign of " + pure;
  }

  private String reason(String module, String name) {
    String own = reasons.getOrDefault(module + "." + name, reasons.get(name));
    return own != null ? own : reasons.entrySet().stream().filter(entry -> matches(entry.getKey(), name)).map(Map.Entry::getValue).findFirst()
        .orElse("not written yet");
  }

  private static boolean matches(String pattern, String name) {
    return pattern.contains("*") && Pattern.matches(Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")), name);
  }

  private static String camel(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.split("_", -1)) {
      camel.append(camel.isEmpty() || word.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return name.endsWith("_") ? name : camel.toString();
  }

  /// The classes, `Type`, and methods, `Type.method`, of a text: its words that begin with a capital letter.
  private static Stream<String> targets(String text) {
    return Stream.of(text.split("[ ,;]+", -1)).filter(word -> Character.isUpperCase(word.charAt(0)));
  }

  private static boolean exists(String target) {
    String[] parts = target.split("\\.", -1);
    for (String folder : PACKAGES) {
      try {
        Class<?> type = Class.forName(folder + parts[0]);
        if (Modifier.isPublic(type.getModifiers()) && (parts.length == 1 || has(type, parts[1]))) {
          return true;
        }
      } catch (ClassNotFoundException elsewhere) {
        // The next package may have it.
      }
    }
    return false;
  }

  private static boolean has(Class<?> type, String member) {
    return Stream.of(type.getMethods()).anyMatch(method -> method.getName().equals(member))
        || Stream.of(type.getFields()).anyMatch(field -> field.getName().equals(member));
  }

  /// The page as Markdown.
  String text() {
    StringBuilder page = new StringBuilder("""
        # PyTorch's names here

        The public names of PyTorch 2.13, and what they are here. `Tensor.x` is a method of [Tensor](../../teenygrad-core/src/main/java/org/teenygrad/Tensor.java),
        static where PyTorch's makes a tensor of nothing; layers stand in `org.teenygrad.nn`, optimizers and schedules in `org.teenygrad.optim`. A name with
        `_` at its end changes its argument: here `x.assign(x.relu())`. This page is generated, `PyTorchPageTest` says how.

        | module | names | here |
        | --- | --- | --- |
        """);
    modules.forEach((module, rows) -> page.append(String.format(Locale.ROOT, "| [%s](#%s) | %d | %.0f %% |%n", module, module.replace(".", ""),
        rows.size(), Math.floor(100 * share(module)))));
    modules.forEach((module, rows) -> {
      page.append("\n## ").append(module).append("\n\n| PyTorch | here |\n| --- | --- |\n");
      rows.stream().filter(row -> row.ours() != null).forEach(row -> page.append("| `").append(row.name()).append("` | ").append(quoted(row.ours())).append(" |\n"));
      Map<String, List<String>> absent = new LinkedHashMap<>();
      rows.stream().filter(row -> row.ours() == null).forEach(row -> absent.computeIfAbsent(row.reason(), r -> new ArrayList<>()).add("`" + row.name() + "`"));
      if (!absent.isEmpty()) {
        page.append("\nNot here:\n\n");
        absent.forEach((reason, names) -> page.append("- ").append(String.join(", ", names)).append(": ").append(reason).append(".\n"));
      }
    });
    return page.toString();
  }

  private static String quoted(@Nullable String ours) {
    return Stream.of(String.valueOf(ours).split(" ", -1))
        .map(word -> Character.isUpperCase(word.charAt(0)) ? "`" + word.replaceAll("[,;]$", "") + "`" + word.replaceAll("^.*[^,;]", "") : word)
        .collect(Collectors.joining(" "));
  }

  /// Lines of `key: value`, by key.
  private static Map<String, String> entries(String resource) {
    try (InputStream in = Objects.requireNonNull(PyTorchPage.class.getResourceAsStream(resource), resource)) {
      Map<String, String> entries = new LinkedHashMap<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList()) {
        int colon = line.indexOf(": ");
        for (String key : line.substring(0, colon).split(" ", -1)) {
          if (entries.put(key, line.substring(colon + 2)) != null) {
            throw new IllegalStateException(resource + ": " + key + " stands twice");
          }
        }
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
