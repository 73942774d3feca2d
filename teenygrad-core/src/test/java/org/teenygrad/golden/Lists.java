package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Python's nested lists as tensors.
final class Lists {
  private Lists() {}

  /// A number, or nested lists of numbers.
  static Tensor tensor(@Nullable Object value, DType type) {
    List<Integer> shape = new ArrayList<>();
    for (Object level = value; level instanceof List<?> inner; level = inner.isEmpty() ? null : inner.getFirst()) {
      shape.add(inner.size());
    }
    List<@Nullable Object> flat = flat(value);
    int[] sizes = Shape.of(shape).toArray();
    return type.isFloating()
        ? Tensor.of(flat.stream().mapToDouble(v -> number(v).doubleValue()).toArray(), sizes).cast(type).detach()
        : Tensor.of(flat.stream().mapToLong(v -> number(v).longValue()).toArray(), sizes).cast(type).detach();
  }

  private static Number number(@Nullable Object value) {
    return switch (value) {
      case Boolean b -> b ? 1 : 0;
      case Number n -> n;
      case Tensor t when t.numel() == 1 -> t.itemDouble();
      case null, default -> throw new IllegalArgumentException("tensor: " + value + " is no number");
    };
  }

  static List<@Nullable Object> flat(@Nullable Object value) {
    List<@Nullable Object> flat = new ArrayList<>();
    flatten(value, flat);
    return flat;
  }

  private static void flatten(@Nullable Object value, List<@Nullable Object> flat) {
    if (value instanceof List<?> list) {
      list.forEach(element -> flatten(element, flat));
    } else {
      flat.add(value);
    }
  }
}
