package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Reduction;

/// How [Reductions] become REDUCE nodes.
final class Reducing {
  /// No axes named: all of them, as in PyTorch.
  static final int[] ALL = {};

  private Reducing() {}

  /// One REDUCE in the tensor's own type.
  static Tensor over(Tensor x, OpCode combine, int[] axes, boolean keepDim) {
    List<Integer> reduced = axes(x.shape(), axes);
    Tensor result = reduced.isEmpty() ? x.alias() : Tensor.applyWith(OpCode.REDUCE, new Reduction(combine, reduced), x);
    return keepDim ? result : Operations.reshape(result, without(x.shape(), reduced));
  }

  static Tensor logSumExp(Tensor x, int[] axes, boolean keepDim) {
    List<Integer> reduced = axes(x.shape(), axes);
    Tensor result = reduced.isEmpty() ? x.alias() : Tensor.applyWith(OpCode.LOGSUMEXP, new Reduction(OpCode.ADD, reduced), x);
    return keepDim ? result : Operations.reshape(result, without(x.shape(), reduced));
  }

  static Tensor sum(Tensor x, int[] axes, boolean keepDim) {
    return over(x.cast(accumulator(x.dtype())), OpCode.ADD, axes, keepDim).cast(resultType(x.dtype()));
  }

  static Tensor prod(Tensor x, int[] axes, boolean keepDim) {
    return over(x.cast(accumulator(x.dtype())), OpCode.MUL, axes, keepDim).cast(resultType(x.dtype()));
  }

  static Tensor mean(Tensor x, int[] axes, boolean keepDim) {
    Tensor floating = Operations.toFloating(x);
    Tensor wide = floating.cast(accumulator(floating.dtype()));
    return over(wide, OpCode.ADD, axes, keepDim).div(count(x.shape(), axes)).cast(floating.dtype());
  }

  static Tensor variance(Tensor x, int[] axes, int correction, boolean keepDim) {
    Tensor floating = Operations.toFloating(x);
    long count = Math.max(0, count(x.shape(), axes) - correction);
    Tensor variance = Moments.of(floating, axes).squares().div(count).cast(floating.dtype());
    return keepDim ? variance : Operations.reshape(variance, without(x.shape(), axes(x.shape(), axes)));
  }

  static Tensor extreme(String name, OpCode combine, Tensor x, int[] axes, boolean keepDim) {
    requireElements(name, x, axes);
    return over(x, combine, axes, keepDim);
  }

  static void requireElements(String name, Tensor x, int[] axes) {
    for (int axis : axes(x.shape(), axes)) {
      if (x.size(axis) == 0) {
        throw new IllegalArgumentException(name + ": axis " + axis + " of shape " + x.shape() + " has no elements");
      }
    }
  }

  /// The least position among those that hold the extreme; where that is NaN, among those that hold NaN.
  static Tensor position(String name, OpCode combine, Tensor x, int axis, boolean keepDim) {
    if (x.rank() == 0) {
      return Tensor.full(Shape.SCALAR, 0, DType.INT64);
    }
    int positive = x.shape().axis(axis);
    Tensor best = x.eq(extreme(name, combine, x, new int[] {positive}, true));
    if (x.dtype().isFloating()) {
      best = best.or(x.isNan());
    }
    int size = x.size(positive);
    int[] alongAxis = new int[x.rank()];
    Arrays.fill(alongAxis, 1);
    alongAxis[positive] = size;
    Tensor positions = Tensor.arange(size, DType.INT32).reshape(alongAxis);
    return over(best.where(positions, size), OpCode.MIN, new int[] {positive}, keepDim).cast(DType.INT64);
  }

  /// The type to add up in: more than the elements' own where that would overflow or lose digits.
  static DType accumulator(DType type) {
    return switch (type) {
      case FLOAT8_E4M3, FLOAT8_E5M2, FLOAT16, BFLOAT16 -> DType.FLOAT32;
      case BOOL, UINT8, INT8, INT16, INT32 -> DType.INT64;
      case INT64, FLOAT32, FLOAT64 -> type;
    };
  }

  private static DType resultType(DType type) {
    return type.isFloating() ? type : DType.INT64;
  }

  private static List<Integer> axes(Shape shape, int[] axes) {
    if (axes.length == 0) {
      return IntStream.range(0, shape.rank()).boxed().toList();
    }
    List<Integer> positive = new ArrayList<>();
    for (int axis : axes) {
      // PyTorch lets a scalar be reduced over axis 0 or -1.
      if (shape.rank() > 0 || (axis != 0 && axis != -1)) {
        positive.add(shape.axis(axis));
      }
    }
    Collections.sort(positive);
    for (int i = 1; i < positive.size(); i++) {
      if (positive.get(i).equals(positive.get(i - 1))) {
        throw new IllegalArgumentException("axis " + positive.get(i) + " is named twice in " + Arrays.toString(axes));
      }
    }
    return positive;
  }

  /// How many elements each result is made of.
  static long count(Shape shape, int[] axes) {
    return axes(shape, axes).stream().mapToLong(shape::size).reduce(1, Math::multiplyExact);
  }

  private static Shape without(Shape shape, List<Integer> axes) {
    return Shape.of(IntStream.range(0, shape.rank()).filter(axis -> !axes.contains(axis)).map(shape::size).toArray());
  }
}
