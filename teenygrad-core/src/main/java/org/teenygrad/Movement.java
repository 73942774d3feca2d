package org.teenygrad;

import java.util.stream.IntStream;
import org.teenygrad.ir.OpCode;

/// Views: other shapes, orders and parts of the same elements. Nothing is computed or copied.
sealed interface Movement permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The same elements in another shape; one size may be -1, which is then inferred.
  default Tensor reshape(int... shape) {
    return Operations.reshape(self(), Views.inferred(self().shape(), shape));
  }

  /// The axes in another order: PyTorch's `permute`.
  default Tensor permute(int... order) {
    Shape shape = self().shape();
    return Tensor.applyWith(
        OpCode.PERMUTE, IntStream.of(order).map(shape::axis).boxed().toList(), self());
  }

  /// This tensor with two axes exchanged.
  default Tensor transpose(int first, int second) {
    int[] order = IntStream.range(0, self().rank()).toArray();
    order[self().shape().axis(first)] = self().shape().axis(second);
    order[self().shape().axis(second)] = self().shape().axis(first);
    return permute(order);
  }

  /// This tensor repeated to a shape: missing leading axes are added, axes of size 1 stretch.
  default Tensor broadcastTo(Shape shape) {
    Tensor x = self();
    if (x.shape().equals(shape)) {
      return x;
    }
    int[] own = new int[Math.max(shape.rank(), x.rank())];
    for (int axis = 0; axis < own.length; axis++) {
      int from = axis - (own.length - x.rank());
      own[axis] = from < 0 ? 1 : x.size(from);
    }
    Tensor aligned = Operations.reshape(x, Shape.of(own));
    return aligned.shape().equals(shape) ? aligned : Tensor.applyWith(OpCode.EXPAND, shape, aligned);
  }
}
