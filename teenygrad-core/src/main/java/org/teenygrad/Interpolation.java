package org.teenygrad;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

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
  LINEAR_ALIGNED,
  /// [#LINEAR] with a kernel as wide as the pixels that become one: `bilinear` with `antialias=True`.
  LINEAR_ANTIALIASED,
  /// On a cubic through four neighbours (R. G. Keys, *Cubic convolution interpolation for digital image processing*, 1981): `bicubic`.
  CUBIC,
  /// As [#CUBIC], but the outermost pixels' centres stay where they are.
  CUBIC_ALIGNED,
  /// [#CUBIC] with a kernel as wide as the pixels that become one: `bicubic` with `antialias=True`.
  CUBIC_ANTIALIASED,
  /// The mean of all pixels that become one: `area`.
  AREA;

  /// The cubic's second derivative at distance 1, as PyTorch has it.
  private static final double STEEP = -0.75;

  private static final double STEEP_ANTIALIASED = -0.5;

  /// x with `count` positions on an axis.
  /// @param scale how much longer the axis is meant to become; 0 if that is what the sizes say
  Tensor along(Tensor x, int axis, int count, double scale) {
    int size = x.size(axis);
    if (count < 1 || size < 1) {
      throw new IllegalArgumentException("interpolate: from " + size + " to " + count + " positions on axis " + axis);
    }
    boolean bySize = scale == 0 || scale == (double) count / size;
    if (count == size && (bySize && this != NEAREST_EXACT || this == LINEAR)) {
      return x.alias();
    }
    return switch (this) {
      case NEAREST, NEAREST_EXACT -> this == NEAREST && bySize && count % size == 0 ? x.repeatInterleave(count / size, axis) : nearest(x, axis, count, scale);
      case LINEAR, LINEAR_ALIGNED -> linear(x, axis, count, scale);
      case CUBIC, CUBIC_ALIGNED -> cubic(x, axis, count, scale);
      case LINEAR_ANTIALIASED -> antialiased(x, axis, count, scale, 1, distance -> Math.max(0, 1 - Math.abs(distance)));
      case CUBIC_ANTIALIASED -> antialiased(x, axis, count, scale, 2, distance -> cubic(distance, STEEP_ANTIALIASED));
      case AREA -> x.movedim(axis, -1).adaptiveAvgPool(count).movedim(-1, axis);
    };
  }

  private Tensor nearest(Tensor x, int axis, int count, double scale) {
    int size = x.size(axis);
    float ratio = scale == 0 ? (float) size / count : (float) (1 / scale);
    float shift = this == NEAREST_EXACT ? 0.5f : 0;
    int[] from = IntStream.range(0, count).map(i -> Math.min((int) ((i + shift) * ratio), size - 1)).toArray();
    return taken(x, axis, from);
  }

  private Tensor linear(Tensor x, int axis, int count, double scale) {
    int size = x.size(axis);
    int[] lower = new int[count];
    int[] upper = new int[count];
    double[] fraction = new double[count];
    for (int i = 0; i < count; i++) {
      double position = Math.max(0, position(i, size, count, scale, x.dtype()));
      lower[i] = Math.min((int) position, size - 1);
      upper[i] = Math.min(lower[i] + 1, size - 1);
      fraction[i] = upper[i] == lower[i] ? 0 : position - lower[i];
    }
    Tensor low = taken(x, axis, lower);
    Tensor high = taken(x, axis, upper);
    if (x.dtype() == DType.UINT8) {
      return fixedPoint(low, high, fraction, along(x, axis));
    }
    Tensor weight = weights(x, axis, fraction);
    Tensor between = Precision.compute(low, near -> {
      Tensor share = weight.cast(near.dtype());
      return near.mul(share.rsub(1)).add(high.mul(share));
    });
    return rounded(between, x.dtype());
  }

  private Tensor cubic(Tensor x, int axis, int count, double scale) {
    int size = x.size(axis);
    int[][] from = new int[4][count];
    double[][] weights = new double[4][count];
    for (int i = 0; i < count; i++) {
      double position = position(i, size, count, scale, x.dtype());
      int first = (int) Math.floor(position) - 1;
      for (int k = 0; k < 4; k++) {
        from[k][i] = Math.clamp((long) first + k, 0, size - 1);
        weights[k][i] = cubic(position - first - k, STEEP);
      }
    }
    Tensor sum = Precision.compute(x, wide -> IntStream.range(0, 4)
        .mapToObj(k -> taken(wide, axis, from[k]).mul(weights(x, axis, weights[k]).cast(wide.dtype())))
        .reduce(Tensor::add).orElseThrow());
    return rounded(sum, x.dtype());
  }

  static double cubic(double distance, double steep) {
    double x = Math.abs(distance);
    return x <= 1 ? ((steep + 2) * x - (steep + 3)) * x * x + 1 : x < 2 ? ((steep * x - 5 * steep) * x + 8 * steep) * x - 4 * steep : 0;
  }

  /// A product with the matrix of all weights.
  private static Tensor antialiased(Tensor x, int axis, int count, double scale, double radius, DoubleUnaryOperator kernel) {
    int size = x.size(axis);
    double ratio = scale == 0 ? (double) size / count : 1 / scale;
    double stretch = Math.max(1, ratio);
    double[] matrix = new double[size * count];
    for (int i = 0; i < count; i++) {
      double centre = ratio * (i + 0.5);
      int begin = Math.max(0, (int) (centre - radius * stretch + 0.5));
      int end = Math.min(size, (int) (centre + radius * stretch + 0.5));
      double sum = 0;
      for (int j = begin; j < end; j++) {
        matrix[j * count + i] = kernel.applyAsDouble((j - centre + 0.5) / stretch);
        sum += matrix[j * count + i];
      }
      for (int j = begin; j < end && sum != 0; j++) {
        matrix[j * count + i] /= sum;
      }
    }
    Tensor weights = Tensor.of(matrix, Shape.of(size, count), x.device());
    Tensor product = Precision.compute(x, wide -> wide.movedim(axis, -1).matmul(weights.cast(wide.dtype())).movedim(-1, axis));
    return rounded(product, x.dtype());
  }

  private static Tensor rounded(Tensor x, DType type) {
    return type.isFloating() ? x : (type == DType.UINT8 ? x.clamp(0, 255) : x).add(0.5).floor().cast(type);
  }

  private static Tensor taken(Tensor x, int axis, int... positions) {
    return x.indexSelect(axis, Tensor.of(positions, Shape.of(positions.length), x.device()));
  }

  private static Tensor weights(Tensor x, int axis, double... weights) {
    return Tensor.of(weights, Shape.of(weights.length), x.device()).reshape(along(x, axis));
  }

  private static int[] along(Tensor x, int axis) {
    int[] shape = new int[x.rank() - axis];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    return shape;
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

  /// Where on the old axis position i of the new one lies; in float but for float64, as PyTorch computes it.
  private double position(int i, int size, int count, double scale, DType type) {
    boolean aligned = this == LINEAR_ALIGNED || this == CUBIC_ALIGNED;
    if (type == DType.FLOAT64) {
      double ratio = scale == 0 ? (double) size / count : 1 / scale;
      return aligned ? count == 1 ? 0 : i * ((size - 1.0) / (count - 1)) : (i + 0.5) * ratio - 0.5;
    }
    float ratio = scale == 0 ? (float) size / count : (float) (1 / scale);
    return aligned ? count == 1 ? 0 : i * ((float) (size - 1) / (count - 1)) : (i + 0.5f) * ratio - 0.5f;
  }
}
