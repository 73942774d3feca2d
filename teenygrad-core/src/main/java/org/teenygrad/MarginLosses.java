package org.teenygrad;

import java.util.Locale;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// Losses that are 0 once one score, or distance, is ahead of another by a margin.
///
/// Float16 and bfloat16 are computed in float32; the loss has the type of the input.
sealed interface MarginLosses permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `max(0, -target (x - other) + margin)`: whether x ranks above `other`, where the target is 1, or below, where it is -1.
  /// `torch.nn.functional.margin_ranking_loss`.
  /// ```java
  /// Tensor.of(1f, 2f).marginRankingLoss(Tensor.of(2f, 1f), Tensor.of(1f, 1f), 0.5, LossReduction.NONE);   // [1.5 0. ]
  /// ```
  /// @throws IllegalArgumentException if the numbers of axes differ, or the shapes do not broadcast
  default Tensor marginRankingLoss(Tensor other, Tensor target, double margin, LossReduction reduction) {
    if (self().rank() != other.rank() || self().rank() != target.rank()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "marginRankingLoss: inputs %s and %s and target %s differ in their numbers of axes",
          self().shape(), other.shape(), target.shape()));
    }
    return Precision.compute(self(), x -> reduction.of(target.cast(x.dtype()).neg().mul(x.sub(other)).add(margin).clampMin(0)));
  }

  /// x where the target is 1, `max(0, margin - x)` where it is -1: `torch.nn.functional.hinge_embedding_loss`.
  /// ```java
  /// Tensor.of(0.5f, 0.5f).hingeEmbeddingLoss(Tensor.of(1, -1), 2, LossReduction.NONE);   // [0.5 1.5]
  /// ```
  default Tensor hingeEmbeddingLoss(Tensor target, double margin, LossReduction reduction) {
    return Precision.compute(self(), x -> {
      Tensor far = target.ne(1).where(x.rsub(margin).clampMin(0), 0);
      return reduction.of(far.add(target.ne(-1).where(x, 0)));
    });
  }

  /// `1 - cos` of the angle to another vector where the target is 1, `max(0, cos - margin)` where it is -1:
  /// `torch.nn.functional.cosine_embedding_loss`.
  /// ```java
  /// Tensor.of(1f, 0f).cosineEmbeddingLoss(Tensor.of(0f, 1f), Tensor.of(1), 0, LossReduction.MEAN);   // 1.0
  /// ```
  /// @param other of this shape: (n, dim), or (dim)
  /// @param target (n), or one number
  /// @throws IllegalArgumentException if the shapes are others
  default Tensor cosineEmbeddingLoss(Tensor other, Tensor target, double margin, LossReduction reduction) {
    if (target.rank() > 1 || self().rank() != target.rank() + 1 || !self().shape().equals(other.shape())) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "cosineEmbeddingLoss: takes (n, dim) twice and (n), or (dim) twice and one number, "
          + "not %s, %s and %s", self().shape(), other.shape(), target.shape()));
    }
    Tensor y = Precision.widen(other);
    return Precision.compute(self(), x -> {
      Tensor lengths = x.square().sum(-1).add(1e-12).mul(y.square().sum(-1).add(1e-12)).sqrt();
      Tensor cos = x.mul(y).sum(-1).div(lengths);
      return reduction.of(target.eq(1).where(cos.rsub(1), 0).add(target.eq(-1).where(cos.sub(margin).clampMin(0), 0)));
    });
  }

  /// `log(1 + e^(-target x))` for targets 1 and -1: `torch.nn.functional.soft_margin_loss`.
  /// ```java
  /// Tensor.of(0f).softMarginLoss(Tensor.of(1f), LossReduction.MEAN);   // 0.6931472
  /// ```
  default Tensor softMarginLoss(Tensor target, LossReduction reduction) {
    return Precision.compute(self(), x -> reduction.of(x.mul(target.cast(x.dtype()).neg()).exp().log1p()));
  }

  /// The mean over the classes of `max(0, margin - x[target] + x[class])^p`, the right class left out:
  /// `torch.nn.functional.multi_margin_loss`.
  /// ```java
  /// Tensor.of(0.5f, 1f).multiMarginLoss(Tensor.of(0L), 1, 1, null, LossReduction.MEAN);   // 0.75
  /// ```
  /// @param target one class for each row of scores (n, classes), or one for scores (classes)
  /// @param p 1 or 2
  /// @param weight (classes), by the right class, or null for 1
  /// @throws IllegalArgumentException if p is another, or the shapes do not fit
  default Tensor multiMarginLoss(Tensor target, int p, double margin, @Nullable Tensor weight, LossReduction reduction) {
    if (p != 1 && p != 2) {
      throw new IllegalArgumentException("multiMarginLoss: p is 1 or 2, not " + p);
    }
    if (self().rank() > 2 || self().numel() > 0 && self().rank() == 2 && self().size(1) == 0) {
      throw new IllegalArgumentException("multiMarginLoss: takes scores (n, classes) or (classes), not " + self().shape());
    }
    return Precision.compute(self(), x -> MultiClassMargins.oneOfMany(x, target, p, margin, weight, reduction));
  }

  /// The mean over the classes of `max(0, 1 - x[right] + x[wrong])`, added up over a sample's right classes:
  /// `torch.nn.functional.multilabel_margin_loss`.
  /// ```java
  /// Tensor.of(0.1f, 0.2f, 0.4f, 0.8f).multiLabelMarginLoss(Tensor.of(3L, 0L, -1L, 1L), LossReduction.MEAN);   // 0.85
  /// ```
  /// @param target right classes of each sample up to the first -1, in the shape of the scores, (n, classes) or (classes)
  /// @throws IllegalArgumentException if the shapes are others, or the targets are no integers
  default Tensor multiLabelMarginLoss(Tensor target, LossReduction reduction) {
    if (self().rank() > 2 || !self().shape().equals(target.shape()) || !target.dtype().isInteger()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "multiLabelMarginLoss: takes scores (n, classes) or (classes) and integers in that shape, "
          + "not %s and %s %s", self().shape(), target.dtype(), target.shape()));
    }
    return Precision.compute(self(), x -> MultiClassMargins.someOfMany(x, target, reduction));
  }

  /// The mean over the last axis of [Tensor#binaryCrossEntropyWithLogits(Tensor)]: several right classes a sample.
  /// `torch.nn.functional.multilabel_soft_margin_loss`.
  /// ```java
  /// Tensor.of(0f, 0f).multiLabelSoftMarginLoss(Tensor.of(1f, 0f), null, LossReduction.MEAN);   // 0.6931472
  /// ```
  /// @param target 1 for right, 0 for wrong, in this shape
  /// @param weight (classes), or null for 1
  /// @throws IllegalArgumentException if there is no axis
  default Tensor multiLabelSoftMarginLoss(Tensor target, @Nullable Tensor weight, LossReduction reduction) {
    if (self().rank() == 0) {
      throw new IllegalArgumentException("multiLabelSoftMarginLoss: takes (..., classes), not a scalar");
    }
    return Precision.compute(self(), x -> {
      Tensor t = target.cast(x.dtype());
      Tensor losses = t.mul(x.logSigmoid()).add(t.rsub(1).mul(x.neg().logSigmoid())).neg();
      return reduction.of((weight == null ? losses : losses.mul(weight)).mean(-1));
    });
  }

  /// `max(0, margin + d(x, positive) - d(x, negative))` with the distance of [Tensor#pairwiseDistance]:
  /// `torch.nn.functional.triplet_margin_loss`.
  /// ```java
  /// Tensor.of(0f, 0f).tripletMarginLoss(Tensor.of(0f, 1f), Tensor.of(3f, 4f), 5, 2, 0, false, LossReduction.MEAN);   // 1.0
  /// ```
  /// @param p of the norm
  /// @param eps added to each difference; PyTorch's default is 1e-6
  /// @param swap whether the distance of `positive` and `negative` counts where it is smaller than that of x and `negative`
  /// @throws IllegalArgumentException if the margin is not above 0, or the numbers of axes differ
  default Tensor tripletMarginLoss(
      Tensor positive, Tensor negative, double margin, double p, double eps, boolean swap, LossReduction reduction) {
    return tripletMarginLoss(positive, negative, (a, b) -> a.pairwiseDistance(b, p, eps), margin, swap, reduction);
  }

  /// As [#tripletMarginLoss(Tensor, Tensor, double, double, double, boolean, LossReduction)] with another distance:
  /// `torch.nn.functional.triplet_margin_with_distance_loss`.
  /// @param distance of two tensors, one number for each pair of vectors
  /// @throws IllegalArgumentException if the margin is not above 0, or the numbers of axes differ
  default Tensor tripletMarginLoss(
      Tensor positive, Tensor negative, BinaryOperator<Tensor> distance, double margin, boolean swap, LossReduction reduction) {
    if (!(margin > 0)) {
      throw new IllegalArgumentException("tripletMarginLoss: the margin must be above 0, not " + margin);
    }
    if (self().rank() != positive.rank() || self().rank() != negative.rank()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "tripletMarginLoss: %s, %s and %s differ in their numbers of axes",
          self().shape(), positive.shape(), negative.shape()));
    }
    return Precision.compute(self(), x -> {
      Tensor near = Precision.widen(positive);
      Tensor far = Precision.widen(negative);
      Tensor other = distance.apply(x, far);
      other = swap ? other.minimum(distance.apply(near, far)) : other;
      return reduction.of(distance.apply(x, near).sub(other).add(margin).clampMin(0));
    });
  }
}
