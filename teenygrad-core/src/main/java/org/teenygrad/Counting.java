package org.teenygrad;

import java.util.Locale;
import org.teenygrad.engine.ir.OpCode;

/// Counts and sums by numbers, behind [Statistics].
final class Counting {
  private Counting() {}

  /// A vector of integers that are not negative.
  static Tensor numbers(Tensor x) {
    if (x.rank() != 1 || !x.dtype().isInteger() || x.numel() > 0 && x.min().itemLong() < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "bincount: takes a vector of integers that are not negative, not %s %s",
              x.dtype(), x.shape()));
    }
    return x;
  }

  /// The sum of the values that belong to each number.
  static Tensor sums(Tensor numbers, Tensor values, int least) {
    if (least < 0 || !numbers.shape().equals(values.shape())) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "bincount: weights %s for numbers %s, at least %d counts",
              values.shape(), numbers.shape(), least));
    }
    long largest = numbers.numel() == 0 ? -1 : numbers.max().itemLong();
    Shape shape = Shape.of(Math.toIntExact(Math.max(largest + 1, least)));
    return numbers.numel() == 0
        ? Tensor.full(shape, 0, values.dtype())
        : Tensor.full(shape, 0, values.dtype()).scatterAdd(0, numbers, values);
  }

  static Tensor histogram(Tensor x, int bins, double low, double high) {
    if (bins < 1 || !(low <= high) || Double.isInfinite(high - low) || !x.dtype().isFloating()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "histc: %d bins from %s to %s of %s", bins, low, high, x.dtype()));
    }
    Tensor values = Precision.widen(x.flatten().detach());
    boolean given = low != high || values.numel() == 0;
    double least = given ? low : values.min().itemDouble();
    double most = given ? high : values.max().itemDouble();
    double begin = least == most ? least - 1 : least;
    double end = least == most ? most + 1 : most;
    Tensor inside = values.ge(begin).logicalAnd(values.le(end));
    Tensor bin = values.sub(begin).mul(bins).div(end - begin).clampMax(bins - 1);
    Tensor counts = Tensor.full(Shape.of(bins), 0, DType.INT64);
    return values.numel() == 0
        ? counts.cast(x.dtype())
        : Positions.scatter(counts, 0, inside.where(bin, -1).cast(DType.INT64), inside.cast(DType.INT64), OpCode.ADD).cast(x.dtype());
  }

  /// The mean of each element and the one before it.
  static Tensor trapezoids(Tensor x, int axis) {
    Tensor floating = Operations.toFloating(x);
    int size = floating.size(axis);
    return floating.slice(axis, 1, size).add(floating.slice(axis, 0, Math.max(0, size - 1))).mul(0.5);
  }
}
