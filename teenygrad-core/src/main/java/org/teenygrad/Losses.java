package org.teenygrad;

import org.jspecify.annotations.Nullable;

/// What training minimises: crossEntropy and its relatives.
///
/// Float16 and bfloat16 are computed in float32; the loss has the type of the input.
sealed interface Losses permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The mean cross-entropy of logits against the right classes, where the target is not -100:
  /// `torch.nn.functional.cross_entropy`.
  ///
  /// ```java
  /// model.forward(x).crossEntropy(labels).backward();   // logits (batch, classes), labels (batch)
  /// ```
  /// @see #crossEntropy(Tensor, long, LossReduction, double)
  default Tensor crossEntropy(Tensor targets) {
    return crossEntropy(targets, Classes.IGNORED, LossReduction.MEAN, 0);
  }

  /// As [#crossEntropy(Tensor)], with another reduction.
  default Tensor crossEntropy(Tensor targets, LossReduction reduction) {
    return crossEntropy(targets, Classes.IGNORED, reduction, 0);
  }

  /// The cross-entropy `log(sum(e^x)) - x[target]` of logits against the right classes.
  ///
  /// Logits are (classes), (n, classes), (n, classes, d1, ...) as in PyTorch, or (..., classes); targets are integers of that
  /// shape without the classes. Where both readings fit, as for (8, 64, 64) and (8, 64), reshape to (n, classes) and (n).
  /// No tensor of one-hot rows is built. A target that is neither a class nor `ignoreIndex` makes its loss NaN.
  ///
  /// @param ignoreIndex samples with this target have loss 0 and gradient 0, and do not count for the mean
  /// @param reduction the mean over no samples is NaN, with gradient 0, as PyTorch's
  /// @param labelSmoothing 0..1: how much of the target is spread evenly over all classes
  /// @throws IllegalArgumentException if the shapes do not fit or are ambiguous, or the targets are not integers
  default Tensor crossEntropy(Tensor targets, long ignoreIndex, LossReduction reduction, double labelSmoothing) {
    return crossEntropy(targets, null, ignoreIndex, reduction, labelSmoothing);
  }

  /// As [#crossEntropy(Tensor, long, LossReduction, double)], with a weight for each class, and targets that may also be
  /// probabilities: floating, in the logits' shape, the classes on axis 1 (axis 0 of a vector).
  /// @param weight (classes), or null for 1; the mean of single classes is weighted by it
  /// @throws IllegalArgumentException if the targets are not classes of these scores, or the weight is not one number for each class
  default Tensor crossEntropy(
      Tensor targets, @Nullable Tensor weight, long ignoreIndex, LossReduction reduction, double labelSmoothing) {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new IllegalArgumentException("crossEntropy: label smoothing must be in 0..1, not " + labelSmoothing);
    }
    Tensor logits = Precision.widen(self());
    DType type = Operations.toFloating(self()).dtype();
    if (targets.dtype().isFloating()) {
      return Weighted.crossEntropy(logits, targets.cast(logits.dtype()), weight, reduction, labelSmoothing).cast(type);
    }
    Classes classes = Classes.of("crossEntropy", logits, targets, ignoreIndex);
    Tensor normalizer = logits.logsumexp(classes.axis());
    Tensor losses = normalizer.sub(classes.pick(logits));
    if (weight != null) {
      return Weighted.ofClasses(classes, logits, losses, weight, reduction, labelSmoothing).cast(type);
    }
    if (labelSmoothing != 0) {
      Tensor spread = normalizer.sub(logits.mean(classes.axis()));
      losses = losses.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing));
    }
    return classes.reduce(losses, reduction).cast(type);
  }

  /// `x.linear(weight).crossEntropy(targets)` for so many classes that scores of all samples would not fit in memory, or be most of
  /// it: they are made, and forgotten again, some samples at a time, with the derivatives by x and the weight where any are wanted.
  /// What 16-bit types multiply is added up in float32, which is the loss's type then.
  ///
  /// ```java
  /// x.linearCrossEntropy(weight, labels, -100, 15.0, LossReduction.MEAN).backward();   // x (batch, dim), weight (classes, dim), labels (batch)
  /// ```
  /// Means and sums over parameters are made for derivatives: what only looks at them does so in [Tensor#noGrad], or most of that
  /// work is done in vain. For [LossReduction#NONE] each loss may get a cotangent of its own: where derivatives are wanted, the
  /// scores stay until it is known.
  ///
  /// @param weight (classes, dim)
  /// @param targets classes, of the shape of this tensor without its last axis; others make the loss NaN
  /// @param ignoreIndex samples with this target have loss 0 and gradient 0, and do not count for the mean
  /// @param softCap what scores are kept below: `softCap * tanh(score / softCap)`; null for no bound
  /// @param reduction the mean over no samples is NaN, with gradient 0, as PyTorch's
  /// @throws IllegalArgumentException if the shapes do not fit, the targets are not integers, or the bound is not positive
  default Tensor linearCrossEntropy(Tensor weight, Tensor targets, long ignoreIndex, @Nullable Double softCap, LossReduction reduction) {
    return LinearCrossEntropy.of(self(), weight, targets, ignoreIndex, softCap, reduction);
  }

  /// The mean of `-x[target]` where the target is not -100, for x of log-probabilities: `torch.nn.functional.nll_loss`.
  /// ```java
  /// x.logSoftmax(-1).nllLoss(labels).shape();   // ()
  /// ```
  default Tensor nllLoss(Tensor targets) {
    return nllLoss(targets, Classes.IGNORED, LossReduction.MEAN);
  }

  /// `-x[target]` for log-probabilities; shapes, ignored samples and errors as
  /// [#crossEntropy(Tensor, long, LossReduction, double)].
  default Tensor nllLoss(Tensor targets, long ignoreIndex, LossReduction reduction) {
    return nllLoss(targets, null, ignoreIndex, reduction);
  }

  /// As [#nllLoss(Tensor, long, LossReduction)], with a weight for each class, by which the mean is weighted.
  /// @param weight (classes), or null for 1
  /// @throws IllegalArgumentException if the targets are not classes of these scores, or the weight is not one number for each class
  default Tensor nllLoss(Tensor targets, @Nullable Tensor weight, long ignoreIndex, LossReduction reduction) {
    Tensor x = Precision.widen(self());
    Classes classes = Classes.of("nllLoss", x, targets, ignoreIndex);
    Tensor losses = classes.pick(x).neg();
    Tensor loss = weight == null
        ? classes.reduce(losses, reduction)
        : Weighted.ofClasses(classes, x, losses, weight, reduction, 0);
    return loss.cast(Operations.toFloating(self()).dtype());
  }

  /// The mean of the squared differences: `torch.nn.functional.mse_loss`.
  /// ```java
  /// Tensor.of(1f, 2f).mseLoss(Tensor.of(1f, 4f));   // 2.0
  /// ```
  default Tensor mseLoss(Tensor target) {
    return mseLoss(target, LossReduction.MEAN);
  }

  default Tensor mseLoss(Tensor target, LossReduction reduction) {
    return Precision.compute(self(), x -> reduction.of(x.sub(target).square()));
  }

  /// The mean of the absolute differences: `torch.nn.functional.l1_loss`.
  /// ```java
  /// Tensor.of(1f, 2f).l1Loss(Tensor.of(1f, 4f));   // 1.0
  /// ```
  default Tensor l1Loss(Tensor target) {
    return l1Loss(target, LossReduction.MEAN);
  }

  default Tensor l1Loss(Tensor target, LossReduction reduction) {
    return Precision.compute(self(), x -> reduction.of(x.sub(target).abs()));
  }

  /// Squared near the target, absolute farther than `delta` from it: `torch.nn.functional.huber_loss`.
  /// ```java
  /// Tensor.of(1f, 2f).huberLoss(Tensor.of(2f, 5f), 1, LossReduction.NONE);   // [0.5 2.5]
  /// ```
  /// @throws IllegalArgumentException if delta is not above 0
  default Tensor huberLoss(Tensor target, double delta, LossReduction reduction) {
    if (!(delta > 0)) {
      throw new IllegalArgumentException("huberLoss: delta must be above 0, not " + delta);
    }
    return Precision.compute(self(), x -> {
      Tensor distance = x.sub(target).abs();
      Tensor near = distance.square().mul(0.5);
      Tensor far = distance.sub(0.5 * delta).mul(delta);
      return reduction.of(distance.lt(delta).where(near, far));
    });
  }

  /// [#huberLoss] divided by `beta`: `torch.nn.functional.smooth_l1_loss`.
  /// ```java
  /// Tensor.of(1f, 2f).smoothL1Loss(Tensor.of(2f, 5f), 1, LossReduction.SUM);   // 3.0
  /// ```
  /// @throws IllegalArgumentException if beta is negative
  default Tensor smoothL1Loss(Tensor target, double beta, LossReduction reduction) {
    if (!(beta >= 0)) {
      throw new IllegalArgumentException("smoothL1Loss: beta must not be negative, but is " + beta);
    }
    return beta == 0 ? l1Loss(target, reduction) : Precision.compute(self(), x -> x.huberLoss(target, beta, reduction).div(beta));
  }

  /// `-t log(p) - (1 - t) log(1 - p)` of probabilities p against targets t in 0..1, the mean:
  /// `torch.nn.functional.binary_cross_entropy`. The logarithms are cut at -100.
  /// ```java
  /// Tensor.of(1f, 0f).binaryCrossEntropy(Tensor.of(1f, 0f));   // 0.0
  /// ```
  default Tensor binaryCrossEntropy(Tensor target) {
    return binaryCrossEntropy(target, LossReduction.MEAN);
  }

  default Tensor binaryCrossEntropy(Tensor target, LossReduction reduction) {
    return Precision.compute(self(), p -> {
      Tensor t = target.cast(p.dtype());
      Tensor yes = p.log().maximum(-100);
      Tensor no = p.neg().log1p().maximum(-100);
      return reduction.of(t.mul(yes).add(t.neg().add(1).mul(no)).neg());
    });
  }

  /// [#binaryCrossEntropy(Tensor)] of `sigmoid(x)`, without overflow:
  /// `torch.nn.functional.binary_cross_entropy_with_logits`.
  /// ```java
  /// Tensor.of(200f, -200f).binaryCrossEntropyWithLogits(Tensor.of(1f, 1f), LossReduction.NONE);   // [  0. 200.]
  /// ```
  default Tensor binaryCrossEntropyWithLogits(Tensor target) {
    return binaryCrossEntropyWithLogits(target, LossReduction.MEAN);
  }

  /// As [#binaryCrossEntropyWithLogits(Tensor, LossReduction)], where the part of the positive targets counts `positiveWeight` times.
  /// @param positiveWeight broadcasts with the target; null for 1
  default Tensor binaryCrossEntropyWithLogits(Tensor target, @Nullable Tensor positiveWeight, LossReduction reduction) {
    if (positiveWeight == null) {
      return binaryCrossEntropyWithLogits(target, reduction);
    }
    return Precision.compute(self(), x -> {
      Tensor t = target.cast(x.dtype());
      Tensor factor = positiveWeight.sub(1).mul(t).add(1);
      return reduction.of(t.rsub(1).mul(x).add(factor.mul(x.neg().softplus())));
    });
  }

  default Tensor binaryCrossEntropyWithLogits(Tensor target, LossReduction reduction) {
    return Precision.compute(self(), x -> reduction.of(x.softplus().sub(x.mul(target.cast(x.dtype())))));
  }

  /// `t (log(t) - x)` of log-probabilities x against probabilities t, 0 where t is 0: `torch.nn.functional.kl_div`.
  ///
  /// PyTorch's `batchmean` is SUM divided by the size of the first axis.
  /// ```java
  /// Tensor.of(0.5f, 0.5f).log().klDiv(Tensor.of(0.5f, 0.5f), LossReduction.SUM);   // 0.0
  /// ```
  default Tensor klDiv(Tensor target, LossReduction reduction) {
    return Precision.compute(self(), x -> {
      Tensor t = target.cast(x.dtype());
      Tensor entropy = t.gt(0).where(t.mul(t.gt(0).where(t, 1).log()), 0);
      return reduction.of(entropy.sub(t.mul(x)));
    });
  }
}
