package org.teenygrad.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// One call of a PyTorch function: positional and keyword arguments as tensors, numbers, booleans, texts, lists and types.
///
/// Each argument is asked for by its place and its name, as the function's signature has it.
///
/// @param args null for None
record Call(String function, List<@Nullable Object> args, Map<String, @Nullable Object> kwargs) {
  /// Python's None where an index is meant, `...`, and slices.
  record SliceArgument(@Nullable Integer begin, @Nullable Integer end, int step) {}

  static final Object ELLIPSIS = "...";

  /// Other names of arguments.
  private static final Map<String, String> ALIASES = Map.of("dim", "axis", "size", "shape");

  /// Thrown for what the table does not know, which is not the same as what the library refuses.
  static final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unsupported(String message) {
      super(message);
    }
  }

  @Nullable Object get(int place, String name) {
    if (place < args.size() && args.get(place) != null) {
      return args.get(place);
    }
    String other = ALIASES.get(name);
    return other != null && kwargs.get(other) != null ? kwargs.get(other) : kwargs.get(name);
  }

  boolean has(int place, String name) {
    return get(place, name) != null;
  }

  Tensor x() {
    return tensor(0, "input");
  }

  Tensor tensor(int place, String name) {
    return switch (get(place, name)) {
      case Tensor tensor -> tensor;
      case Boolean b -> Tensor.full(Shape.SCALAR, b);
      case Long n -> Tensor.full(Shape.SCALAR, n, DType.INT64);
      case Double d -> Tensor.full(Shape.SCALAR, d, DType.FLOAT32);
      case null, default -> throw new Unsupported(function + ": no tensor " + name);
    };
  }

  @Nullable Tensor optional(int place, String name) {
    return has(place, name) ? tensor(place, name) : null;
  }

  boolean isNumber(int place, String name) {
    return get(place, name) instanceof Number;
  }

  Number number(int place, String name, Number otherwise) {
    return switch (get(place, name)) {
      case Number n -> n;
      case Boolean b -> b ? 1 : 0;
      case null -> otherwise;
      default -> throw new Unsupported(function + ": " + name + " is no number");
    };
  }

  double real(int place, String name, double otherwise) {
    return number(place, name, otherwise).doubleValue();
  }

  int integer(int place, String name, int otherwise) {
    return number(place, name, otherwise).intValue();
  }

  boolean flag(int place, String name) {
    return Boolean.TRUE.equals(get(place, name));
  }

  String text(int place, String name, String otherwise) {
    return get(place, name) instanceof String s ? s : otherwise;
  }

  /// A number or a list of numbers, or all positional arguments from `place` on; empty if absent.
  int[] integers(int place, String name) {
    Object first = get(place, name);
    if (first instanceof Number && args.size() > place + 1 && args.get(place + 1) instanceof Number) {
      return IntStream.range(place, args.size()).map(i -> integer(i, name, 0)).toArray();
    }
    return switch (first) {
      case Number n -> new int[] {n.intValue()};
      case List<?> list -> list.stream().mapToInt(n -> ((Number) n).intValue()).toArray();
      case null, default -> new int[0];
    };
  }

  /// As [#integers], of one argument only.
  int[] sizes(int place, String name, int... otherwise) {
    return switch (get(place, name)) {
      case Number n -> new int[] {n.intValue()};
      case List<?> list -> list.stream().mapToInt(n -> ((Number) n).intValue()).toArray();
      case null, default -> otherwise;
    };
  }

  List<Tensor> tensors(int place, String name) {
    return switch (get(place, name)) {
      case List<?> list -> list.stream().map(t -> (Tensor) t).toList();
      case Tensor one -> args.stream().skip(place).filter(Tensor.class::isInstance).map(t -> (Tensor) t).toList();
      case null, default -> throw new Unsupported(function + ": no tensors " + name);
    };
  }

  @Nullable DType dtype(String name) {
    return kwargs.get(name) instanceof DType type ? type : null;
  }

  @Override
  public String toString() {
    return function + Arrays.toString(args.toArray());
  }
}
