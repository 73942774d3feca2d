package org.teenygrad.golden;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// One call of a PyTorch function: its arguments, defaults included, by the names in its [Signature].
///
/// @param arguments tensors, numbers, booleans, texts, lists and types; null for None
record Call(String function, Map<String, @Nullable Object> arguments) {
  /// Python's slices.
  record SliceArgument(@Nullable Integer begin, @Nullable Integer end, int step) {}

  static final Object ELLIPSIS = "...";

  /// Thrown for what the table does not know, which is not the same as what the library refuses.
  static final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unsupported(String message) {
      super(message);
    }
  }

  @Nullable Object get(String name) {
    if (!arguments.containsKey(name)) {
      throw new AssertionError(function + " has no parameter " + name);
    }
    return arguments.get(name);
  }

  boolean has(String name) {
    return get(name) != null;
  }

  /// Whether the function has such a parameter, and it is not None.
  boolean given(String name) {
    return arguments.get(name) != null;
  }

  boolean isOne(String name) {
    return isNumber(name) && real(name) == 1;
  }

  Tensor x() {
    return tensor("input");
  }

  /// A tensor, or a Python number as one without axes, of the type that it takes beside the call's other tensors.
  Tensor tensor(String name) {
    return switch (get(name)) {
      case Tensor tensor -> tensor;
      case Boolean b -> Tensor.full(Shape.SCALAR, b);
      case Number n -> Tensor.full(Shape.SCALAR, n, numberType(n));
      case null, default -> throw new IllegalArgumentException(function + ": " + name + " is no tensor");
    };
  }

  private DType numberType(Number n) {
    DType beside = arguments.entrySet().stream()
        .filter(argument -> argument.getValue() instanceof Tensor && !argument.getKey().equals("condition"))
        .map(argument -> ((Tensor) argument.getValue()).dtype())
        .reduce(DType.BOOL, DType::promote);
    boolean whole = n instanceof Long;
    return beside.isFloating() || whole && beside != DType.BOOL ? beside : whole ? DType.INT64 : DType.FLOAT32;
  }

  @Nullable Tensor optional(String name) {
    return has(name) ? tensor(name) : null;
  }

  boolean isNumber(String name) {
    return get(name) instanceof Number;
  }

  Number number(String name) {
    return switch (get(name)) {
      case Number n -> n;
      case Boolean b -> b ? 1 : 0;
      case Tensor t when t.numel() == 1 -> t.dtype().isFloating() ? (Number) t.itemDouble() : (Number) t.itemLong();
      case null, default -> throw new IllegalArgumentException(function + ": " + name + " is no number");
    };
  }

  double real(String name) {
    return number(name).doubleValue();
  }

  int integer(String name) {
    return number(name).intValue();
  }

  boolean flag(String name) {
    return has(name) && real(name) != 0;
  }

  String text(String name) {
    return get(name) instanceof String s ? s : "";
  }

  /// A number or a list of numbers; empty for None.
  int[] sizes(String name) {
    return switch (get(name)) {
      case null -> new int[0];
      case List<?> list -> list.stream().mapToInt(n -> whole(name, n)).toArray();
      default -> new int[] {integer(name)};
    };
  }

  private int whole(String name, @Nullable Object n) {
    return switch (n) {
      case Number number -> number.intValue();
      case Tensor t when t.numel() == 1 -> (int) t.itemLong();
      case null, default -> throw new IllegalArgumentException(function + ": " + name + " holds " + n);
    };
  }

  List<Tensor> tensors(String name) {
    return switch (get(name)) {
      case List<?> list when list.stream().allMatch(Tensor.class::isInstance) -> list.stream().map(t -> (Tensor) t).toList();
      case Tensor one -> List.of(one);
      case null, default -> throw new IllegalArgumentException(function + ": " + name + " are no tensors");
    };
  }

  @Nullable DType dtype(String name) {
    return switch (get(name)) {
      case null -> null;
      case DType type -> type;
      case Tensor like -> like.dtype();
      case String text -> Torch.dtype(text);
      default -> throw new Unsupported(function + ": type " + get(name));
    };
  }

  @Override
  public String toString() {
    return function + arguments;
  }
}
