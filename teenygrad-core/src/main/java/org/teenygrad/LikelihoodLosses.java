package org.teenygrad;

import java.util.Locale;

/// How unlikely data are under distributions that a model describes: counts, normal errors, sequences without an alignment.
///
/// Float16 and bfloat16 are computed in float32; the loss has the type of the input.
sealed interface LikelihoodLosses permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `e^x - target x` for x the logarithms of rates: `torch.nn.functional.poisson_nll_loss`.
  /// ```java
  /// Tensor.of(0f, 0f).poissonNllLoss(Tensor.of(2f, 3f), true, false, 1e-8, LossReduction.NONE);   // [1. 1.]
  /// ```
  /// @param logInput whether x are logarithms; else the loss is `x - target log(x + eps)`
  /// @param full whether Stirling's approximation of `log(target!)` is added for targets above 1
  default Tensor poissonNllLoss(Tensor target, boolean logInput, boolean full, double eps, LossReduction reduction) {
    return Precision.compute(self(), x -> {
      Tensor t = target.cast(x.dtype());
      Tensor losses = logInput ? x.exp().sub(t.mul(x)) : x.sub(t.mul(x.add(eps).log()));
      if (full) {
        Tensor large = t.gt(1);
        Tensor counted = large.where(t, 1);
        Tensor stirling = counted.mul(counted.log()).sub(counted).add(counted.mul(2 * Math.PI).log().mul(0.5));
        losses = losses.add(large.where(stirling, 0));
      }
      return reduction.of(losses);
    });
  }

  /// `(log(variance) + (x - target)² / variance) / 2`: `torch.nn.functional.gaussian_nll_loss`.
  ///
  /// PyTorch also looks whether a variance is negative, which waits for the values; here it counts as `eps`.
  /// ```java
  /// Tensor.of(1f, 2f).gaussianNllLoss(Tensor.of(1f, 4f), Tensor.of(1f, 1f), false, 1e-6, LossReduction.NONE);   // [0. 2.]
  /// ```
  /// @param variance in the shape of x, or without its last axis, or with one axis of size 1
  /// @param full whether the constant `log(2 pi) / 2` is added
  /// @param eps the least that a variance counts as; derivatives do not notice
  /// @throws IllegalArgumentException if the variance has another shape, or `eps` is not above 0
  default Tensor gaussianNllLoss(Tensor target, Tensor variance, boolean full, double eps, LossReduction reduction) {
    if (!(eps > 0)) {
      throw new IllegalArgumentException("gaussianNllLoss: eps must be above 0, not " + eps);
    }
    Tensor each = Precision.widen(Likelihoods.variance(self(), variance));
    return Precision.compute(self(), x -> {
      Tensor v = Likelihoods.surrogate(each.clampMin(eps), each);
      Tensor losses = v.log().add(x.sub(target).square().div(v)).mul(0.5);
      return reduction.of(full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses);
    });
  }

  /// Connectionist temporal classification (Graves et al., 2006): how unlikely label sequences are, whatever their alignment to the
  /// time steps. `torch.nn.functional.ctc_loss`.
  ///
  /// This tensor are log-probabilities (time, batch, classes), or (time, classes) of one sample. The recursion over time is one of
  /// tensors, in the logarithm: a few kernels for each time step, nothing on the host. Derivatives by these log-probabilities are,
  /// as PyTorch's, those by the scores in front of [Tensor#logSoftmax].
  /// ```java
  /// var y = Tensor.of(new float[] {0.5f, 0.5f, 0.5f, 0.5f}, 2, 1, 2).log();
  /// y.ctcLoss(Tensor.of(new long[] {1}, 1, 1), Tensor.of(2L), Tensor.of(1L), 0, LossReduction.SUM, false).exp();   // 1.3333334
  /// ```
  /// @param targets (batch, longest) labels, whatever behind a sequence's end; or all sequences' labels in one vector, for which their
  ///     lengths are read on the host
  /// @param inputLengths (batch), how many time steps count
  /// @param targetLengths (batch)
  /// @param blank the class that stands for no label
  /// @param reduction the mean is that of the losses divided by their targets' lengths
  /// @param zeroInfinity whether a sequence longer than its time has the loss 0, not infinity
  /// @throws IllegalArgumentException if the shapes do not fit, or targets or lengths are no integers
  default Tensor ctcLoss(
      Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, LossReduction reduction, boolean zeroInfinity) {
    if (self().rank() != 3 && self().rank() != 2 || !targets.dtype().isInteger() || targets.rank() > 2) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "ctcLoss: takes (time, batch, classes) and labels (batch, longest), integers, not %s and %s %s",
          self().shape(), targets.dtype(), targets.shape()));
    }
    return Precision.compute(self(), x -> Ctc.loss(x, targets, inputLengths, targetLengths, blank, reduction, zeroInfinity));
  }
}
