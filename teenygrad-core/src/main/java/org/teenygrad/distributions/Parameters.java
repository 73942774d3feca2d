package org.teenygrad.distributions;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.RandomState;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// What distributions do with their parameters.
final class Parameters {
  private Parameters() {}

  /// Both in the shape that they broadcast to, and floating.
  static Tensor[] together(String name, Tensor a, Tensor b) {
    Shape shape = broadcast(name, a.shape(), b.shape());
    return new Tensor[] {floating(a).broadcastTo(shape), floating(b).broadcastTo(shape)};
  }

  static Tensor floating(Tensor x) {
    return x.dtype().isFloating() ? x : x.cast(DType.FLOAT32);
  }

  private static Shape broadcast(String name, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] sizes = IntStream.range(-rank, 0).map(axis -> {
      int one = a.rank() + axis < 0 ? 1 : a.size(axis);
      int other = b.rank() + axis < 0 ? 1 : b.size(axis);
      if (one != other && one != 1 && other != 1) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "%s: parameters %s and %s do not broadcast", name, a, b));
      }
      return one == 1 ? other : one;
    }).toArray();
    return Shape.of(sizes);
  }

  /// (shape, batch, event)
  static Shape drawn(int[] shape, Shape each) {
    return Shape.of(IntStream.concat(Arrays.stream(shape), each.stream()).toArray());
  }

  /// Uniform in (0, 1), neither end included, in the type of `like`.
  static Tensor uniform(Shape shape, Tensor like) {
    Tensor drawn = RandomState.shared().rand(shape.toArray()).to(like.device());
    return drawn.clamp(0x1p-25, 1 - 0x1p-24).cast(like.dtype());
  }

  static Tensor normal(Shape shape, Tensor like) {
    return RandomState.shared().randn(shape.toArray()).to(like.device()).cast(like.dtype());
  }

  /// `x log(y)`, 0 where x is 0 and y not positive.
  static Tensor timesLog(Tensor x, Tensor y) {
    Tensor hidden = x.eq(0).and(y.le(0));
    return hidden.where(0, x.mul(hidden.where(1, y).log()));
  }

  /// `log(sum(exp(x)))` taken off the last axis.
  static Tensor normalized(Tensor logits) {
    if (logits.rank() < 1) {
      throw new IllegalArgumentException("categorical: takes (..., classes), not a scalar");
    }
    return logits.logSoftmax(-1);
  }
}
