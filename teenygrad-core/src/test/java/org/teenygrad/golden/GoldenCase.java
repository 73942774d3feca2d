package org.teenygrad.golden;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One call of a PyTorch function: names of the tensors in the file beside it.
///
/// @param op PyTorch's name of the function
/// @param args its keyword arguments
/// @param cot a cotangent for each output, null for none
/// @param grad the expected gradient for each input, null for none
record GoldenCase(
    String name,
    String op,
    Map<String, @Nullable Object> args,
    List<String> in,
    List<String> out,
    List<@Nullable String> cot,
    List<@Nullable String> grad) {

  /// @param place where it is from, for the message of an exception
  /// @throws IllegalArgumentException if something is missing
  @SuppressWarnings("unchecked")
  static GoldenCase of(String place, @Nullable Object json) {
    if (!(json instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(place + ": is no JSON object");
    }
    return new GoldenCase(
        member(place, map, "name", String.class),
        member(place, map, "op", String.class),
        (Map<String, @Nullable Object>) member(place, map, "args", Map.class),
        (List<String>) member(place, map, "in", List.class),
        (List<String>) member(place, map, "out", List.class),
        map.get("cot") == null ? List.of() : (List<@Nullable String>) member(place, map, "cot", List.class),
        map.get("grad") == null ? List.of() : (List<@Nullable String>) member(place, map, "grad", List.class));
  }

  private static <T> T member(String place, Map<?, ?> map, String key, Class<T> type) {
    if (!type.isInstance(map.get(key))) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: '%s' is missing or of another type", place, key));
    }
    return type.cast(map.get(key));
  }

  private static Object require(Map<String, ?> args, String key) {
    return Objects.requireNonNull(args.get(key), key);
  }

  boolean has(String key) {
    return args.get(key) != null;
  }

  double number(String key, double otherwise) {
    return args.get(key) instanceof Number n ? n.doubleValue() : otherwise;
  }

  int integer(String key, int otherwise) {
    return (int) number(key, otherwise);
  }

  boolean flag(String key) {
    return Boolean.TRUE.equals(args.get(key));
  }

  String text(String key, String otherwise) {
    return args.get(key) instanceof String s ? s : otherwise;
  }

  /// A number or a list of numbers; empty if absent.
  int[] integers(String key) {
    return switch (args.get(key)) {
      case Number n -> new int[] {n.intValue()};
      case List<?> list -> list.stream().mapToInt(n -> ((Number) n).intValue()).toArray();
      case null, default -> new int[0];
    };
  }

  double[] numbers(String key) {
    return ((List<?>) require(args, key)).stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
  }

  List<String> texts(String key) {
    return ((List<?>) require(args, key)).stream().map(String::valueOf).toList();
  }
}
