package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Losses whose classes count differently, or whose targets are probabilities.
final class Weighted {
  private Weighted() {}

  /// @param losses of the right classes, without weight
  static Tensor ofClasses(
      Classes classes, Tensor logits, Tensor losses, Tensor weight, LossReduction reduction, double smoothing) {
    checkWeight(weight, logits.size(classes.axis()));
    Tensor known = classes.counted().where(classes.targets(), -1);
    Tensor own = Positions.rows(weight.cast(losses.dtype()), known);
    Tensor weighted = losses.mul(own);
    if (smoothing != 0) {
      Tensor all = along(weight.cast(losses.dtype()), logits.rank(), classes.axis());
      Tensor spread = logits.logSoftmax(classes.axis()).mul(all).neg().mean(classes.axis());
      weighted = weighted.mul(1 - smoothing).add(spread.mul(smoothing));
    }
    return reduction == LossReduction.MEAN
        ? classes.reduce(weighted, LossReduction.SUM).div(own.sum().gather())
        : classes.reduce(weighted, reduction);
  }

  /// The cross-entropy against probabilities; the mean is that of the samples.
  static Tensor crossEntropy(
      Tensor logits, Tensor targets, @Nullable Tensor weight, LossReduction reduction, double smoothing) {
    if (!logits.shape().equals(targets.shape()) || logits.rank() == 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "crossEntropy: targets are classes, integers, or probabilities in the shape of the logits %s, not %s %s",
              logits.shape(), targets.dtype(), targets.shape()));
    }
    int axis = logits.rank() == 1 ? 0 : 1;
    int count = logits.size(axis);
    Tensor smooth = smoothing == 0 ? targets : targets.mul(1 - smoothing).add(smoothing / count);
    Tensor terms = logits.logSoftmax(axis).mul(smooth).neg();
    if (weight != null) {
      checkWeight(weight, count);
      terms = terms.mul(along(weight.cast(terms.dtype()), logits.rank(), axis));
    }
    return reduction.of(terms.sum(axis));
  }

  private static void checkWeight(Tensor weight, int classes) {
    if (!weight.shape().equals(Shape.of(classes))) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "weight %s is not (%d,), one for each class", weight.shape(), classes));
    }
  }

  private static Tensor along(Tensor vector, int rank, int axis) {
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    shape[axis] = vector.size(0);
    return vector.reshape(shape);
  }
}
