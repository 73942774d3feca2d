package org.teenygrad;

/// What becomes of the losses of single samples: PyTorch's `reduction`.
public enum LossReduction {
  /// Their mean, a scalar. Where some samples do not count, the mean of the others; NaN if none counts.
  MEAN,
  /// Their sum, a scalar.
  SUM,
  /// The losses themselves, one for each sample.
  NONE;

  Tensor of(Tensor losses) {
    return switch (this) {
      case MEAN -> losses.mean();
      case SUM -> losses.sum();
      case NONE -> losses;
    };
  }

  /// @param counts true where a loss counts; the losses are 0 elsewhere. Of distributed losses, all ranks' are counted
  Tensor of(Tensor losses, Tensor counts) {
    return this == MEAN ? losses.sum().div(counts.cast(losses.dtype()).sum().gather()) : of(losses);
  }
}
