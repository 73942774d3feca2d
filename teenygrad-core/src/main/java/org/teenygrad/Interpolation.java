package org.teenygrad;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/// Where the values between pixels come from: the modes of `torch.nn.functional.interpolate`.
public enum Interpolation {
  /// The pixel at `floor(i * from / to)`, as PyTorch's `nearest`.
  NEAREST,
  /// The pixel whose centre is nearest, as PyTorch's `nearest-exact`.
  NEAREST_EXACT,
  /// On the line between neighbours, axis after axis from the last, integers rounded on each: PyTorch's `linear`, `bilinear` and
  /// `trilinear`. Uint8 has weights of 16 bits, as in PyTorch on x86.
  LINEAR,
  /// As [#LINEAR], but the outermost pixels' centres stay where they are: PyTorch's `align_corners=True`.
  LINEAR_ALIGNED;

  /// x with `count` positions on an axis.
  Tensor along(Tensor x, int axis, int count) {
    int size = x.size(axis);
    if (count < 1 || size < 1) {
      throw new IllegalArgumentException("interpolate: from " + size + " to " + count + " positions on axis " + axis);
    }
    if (count == size && this != NEAREST_EXACT) {
      return x.alias();
    }
    if (this == NEAREST && count % size == 0) {
      return x.repeatInterleave(count / size, axis);
    }
    int[] lower = new int[count];
    int[] upper = new int[count];
    double[] fraction = new double[count];
    for (int i = 0; i < count; i++) {
      double position = Math.max(0, position(i, size, count));
      lower[i] = Math.min((int) position, size - 1);
      upper[i] = Math.min(lower[i] + 1, size - 1);
      fraction[i] = upper[i] == lower[i] ? 0 : position - lower[i];
    }
    Tensor low = x.indexSelect(axis, Tensor.of(lower, Shape.of(count), x.device()));
    if (this == NEAREST || this == NEAREST_EXACT) {
      return low;
    }
    int[] shape = new int[x.rank() - axis];
    Arrays.fill(shape, 1);
    shape[0] = count;
    Tensor high = x.indexSelect(axis, Tensor.of(upper, Shape.of(count), x.device()));
    if (x.dtype() == DType.UINT8) {
      return fixedPoint(low, high, fraction, shape);
    }
    Tensor weight = Tensor.of(fraction, Shape.of(count), x.device()).reshape(shape);
    Tensor between = Precision.compute(low, near -> {
      Tensor share = weight.cast(near.dtype());
      return near.mul(share.rsub(1)).add(high.mul(share));
    });
    return x.dtype().isFloating() ? between : between.add(0.5).floor().cast(x.dtype());
  }

  /// Weights have as many fraction bits as the largest of them leaves room for in 16 bits.
  private static Tensor fixedPoint(Tensor low, Tensor high, double[] fraction, int[] shape) {
    double largest = Arrays.stream(fraction).map(share -> Math.max(share, 1 - share)).max().orElse(1);
    int bits = 0;
    while ((int) (0.5 + largest * (1 << (bits + 1))) < 1 << 15) {
      bits++;
    }
    double one = 1 << bits;
    Tensor sum = weighted(high, fraction, share -> share * one, shape).add(weighted(low, fraction, share -> (1 - share) * one, shape));
    return sum.add(1 << (bits - 1)).shiftRight(bits).clamp(0, 255).cast(DType.UINT8);
  }

  private static Tensor weighted(Tensor x, double[] fraction, DoubleUnaryOperator weight, int[] shape) {
    int[] weights = Arrays.stream(fraction).mapToInt(share -> (int) (0.5 + weight.applyAsDouble(share))).toArray();
    return x.cast(DType.INT32).mul(Tensor.of(weights, Shape.of(weights.length), x.device()).reshape(shape));
  }

  /// Where on the old axis position i of the new one lies; in float, as PyTorch computes it.
  private double position(int i, int size, int count) {
    float ratio = (float) size / count;
    return switch (this) {
      case NEAREST -> (float) i * ratio;
      case NEAREST_EXACT -> (i + 0.5f) * ratio;
      case LINEAR -> (i + 0.5f) * ratio - 0.5f;
      case LINEAR_ALIGNED -> count == 1 ? 0 : i * ((float) (size - 1) / (count - 1));
    };
  }
}
