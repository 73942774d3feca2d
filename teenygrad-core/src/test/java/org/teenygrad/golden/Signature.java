package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// The parameters of a PyTorch function as its documentation writes them: `flatten(input, start_dim=0, end_dim=-1)`.
///
/// `*size` takes a list, or all positional arguments of one kind that follow each other; `dim|axis` has two names.
record Signature(List<Parameter> parameters) {
  /// @param names by which a keyword may call it; the table uses the first
  /// @param otherwise the default; null for None
  record Parameter(List<String> names, boolean many, boolean required, @Nullable Object otherwise) {
    String name() {
      return names.getFirst();
    }
  }

  /// Names that NumPy's users write, and those that methods have for PyTorch's parameter.
  private static final Map<String, List<String>> ALIASES =
      Map.of(
          "input", List.of("self", "tensor", "x", "A"),
          "dim", List.of("axis", "dims"),
          "dims", List.of("dim", "axis"),
          "keepdim", List.of("keepdims"),
          "size", List.of("shape"),
          "shape", List.of("size"),
          "other", List.of("x2", "tensor2"));

  /// What changes no value.
  private static final Set<String> HARMLESS =
      Set.of(
          "inplace", "device", "requires_grad", "layout", "memory_format", "pin_memory", "non_blocking", "copy", "stable", "sorted",
          "_stacklevel", "size_average", "reduce", "sparse", "driver");

  /// @param text the list of parameters without its parentheses
  static Signature parse(String text) {
    List<Parameter> parameters = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      String[] both = part.strip().split("=", 2);
      boolean many = both[0].startsWith("*");
      List<String> names = new ArrayList<>(Arrays.asList(both[0].substring(many ? 1 : 0).split("\\|", -1)));
      names.addAll(ALIASES.getOrDefault(names.getFirst(), List.of()));
      parameters.add(new Parameter(List.copyOf(names), many, both.length == 1, both.length == 1 ? null : literal(both[1])));
    }
    return new Signature(List.copyOf(parameters));
  }

  private static @Nullable Object literal(String text) {
    return switch (text) {
      case "None" -> null;
      case "True" -> true;
      case "False" -> false;
      default ->
          text.startsWith("'")
              ? text.substring(1, text.length() - 1)
              : text.matches("-?\\d+") ? (Object) Long.valueOf(text) : (Object) Double.valueOf(text);
    };
  }

  /// Values by the parameters' first names. Keywords take theirs; positional arguments take those that are left, in order. So a call
  /// may also give all its tensors first, and everything else by keywords.
  /// @throws Call.Unsupported for arguments that have no parameter
  /// @throws IllegalArgumentException if an argument is missing, as Python's TypeError
  Map<String, @Nullable Object> bind(String function, List<? extends @Nullable Object> args, Map<String, ? extends @Nullable Object> kwargs) {
    Map<String, @Nullable Object> bound = new HashMap<>();
    kwargs.forEach((keyword, value) -> keyword(function, bound, keyword, value));
    int next = 0;
    for (Parameter parameter : parameters) {
      if (bound.containsKey(parameter.name())) {
        continue;
      }
      if (next >= args.size()) {
        if (parameter.required && !parameter.many) {
          throw new IllegalArgumentException(function + ": missing argument " + parameter.name());
        }
        bound.put(parameter.name(), parameter.many ? parameter.otherwise == null ? List.of() : parameter.otherwise : parameter.otherwise);
        continue;
      }
      int end = parameter.many ? run(args, next) : next + 1;
      Object value = parameter.many && !(args.get(next) instanceof List<?>) && isListed(args.get(next))
          ? args.subList(next, end)
          : args.get(next);
      bound.put(parameter.name(), value == null ? parameter.otherwise : value);
      next = end;
    }
    for (; next < args.size(); next++) {
      if (args.get(next) != null) {
        throw new Call.Unsupported(function + ": argument " + (next + 1) + " of " + args.size());
      }
    }
    return bound;
  }

  private void keyword(String function, Map<String, @Nullable Object> bound, String keyword, @Nullable Object value) {
    if (value == null) {
      return;
    }
    for (Parameter parameter : parameters) {
      if (parameter.names.contains(keyword) && !bound.containsKey(parameter.name())) {
        bound.put(parameter.name(), value);
        return;
      }
    }
    if (!HARMLESS.contains(keyword) && !Boolean.FALSE.equals(value)) {
      throw new Call.Unsupported(function + ": keyword " + keyword + "=" + value);
    }
  }

  private static boolean isListed(@Nullable Object value) {
    return value instanceof Number || value instanceof Tensor;
  }

  /// The end of the arguments of one kind that begin at `first`.
  private static int run(List<? extends @Nullable Object> args, int first) {
    int end = first + 1;
    while (end < args.size() && isListed(args.get(first)) && (args.get(first) instanceof Number) == (args.get(end) instanceof Number)
        && isListed(args.get(end))) {
      end++;
    }
    return end;
  }
}
