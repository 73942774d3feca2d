package org.teenygrad;

import java.util.stream.IntStream;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.Reduction;

/// Many elements to one: sums, extremes, statistics.
sealed interface Reductions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The sum of all elements, a scalar.
  default Tensor sum() {
    return sum(false, IntStream.range(0, self().rank()).toArray());
  }

  /// The sum over axes, which disappear.
  default Tensor sum(int... axes) {
    return sum(false, axes);
  }

  /// The sum over axes, which stay with size 1 if `keepDim`.
  default Tensor sum(boolean keepDim, int... axes) {
    Tensor x = self();
    Shape kept = x.shape();
    for (int axis : axes) {
      kept = kept.with(axis, 1);
    }
    Tensor sum =
        Tensor.applyWith(
            OpCode.REDUCE,
            new Reduction(OpCode.ADD, IntStream.of(axes).map(x.shape()::axis).boxed().toList()),
            x);
    int[] rest =
        IntStream.range(0, x.rank())
            .filter(i -> IntStream.of(axes).noneMatch(a -> x.shape().axis(a) == i))
            .map(x::size)
            .toArray();
    return keepDim ? sum : Operations.reshape(sum, Shape.of(rest));
  }
}
