package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;

/// Quantiles of rows that are sorted first.
final class Quantiles {
  private Quantiles() {}

  /// @param skip whether NaN do not count; otherwise a row with NaN gives NaN
  /// @return (parts, this shape without the axis)
  static Tensor of(String name, Tensor x, double[] q, int axis, QuantileMode mode, boolean skip) {
    if (!x.dtype().isFloating() || Arrays.stream(q).anyMatch(part -> !(part >= 0 && part <= 1))) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: takes floating tensors and parts in 0..1, not %s and %s",
              name, x.dtype(), Arrays.toString(q)));
    }
    Tensor rows = x.rank() == 0 ? x.unsqueeze(0) : x.movedim(axis, -1);
    if (rows.size(-1) == 0) {
      throw new IllegalArgumentException(name + ": axis " + axis + " of shape " + x.shape() + " has no elements");
    }
    return Precision.compute(rows, wide -> {
      Tensor isNan = wide.isNan();
      Tensor last = skip
          ? isNan.logicalNot().sum(-1, true).sub(1).cast(wide.dtype())
          : Tensor.full(wide.shape().with(-1, 1), wide.size(-1) - 1, wide.dtype());
      Tensor parts = Tensor.of(q, Shape.of(q.length), x.device()).cast(wide.dtype());
      Tensor found = mode.at(wide.sort(-1, false).values(), last.mul(parts));
      return (skip ? found : isNan.any(-1, true).where(Double.NaN, found)).movedim(-1, 0);
    });
  }
}
