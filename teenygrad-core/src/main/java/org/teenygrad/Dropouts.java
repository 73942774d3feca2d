package org.teenygrad;

/// What is random while a network learns, besides [Tensor#dropout].
sealed interface Dropouts permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// [Tensor#dropout] of whole channels: `torch.nn.functional.dropout1d`, `dropout2d` and `dropout3d`.
  /// ```java
  /// Tensor.ones(2, 3, 4).featureDropout(0.5, false).sum();   // 24.0
  /// ```
  /// @throws IllegalArgumentException if p is not in 0..1, or this is not (batch, channels, ...)
  default Tensor featureDropout(double p, boolean training) {
    Shape channels = Scaling.features("featureDropout", self(), true);
    return self().mul(Tensor.ones(channels.toArray()).to(self().device()).cast(self().dtype()).dropout(p, training));
  }

  /// Dropout to the least value of [Tensor#selu] instead of 0, scaled and shifted so that mean 0 and variance 1 stay:
  /// `torch.nn.functional.alpha_dropout` and `feature_alpha_dropout`.
  /// ```java
  /// Tensor.ones(3).alphaDropout(0.5, false, false);   // [1. 1. 1.]
  /// ```
  /// @param features whether whole channels of (batch, channels, ...) are dropped
  /// @throws IllegalArgumentException if p is not in 0..1, or there are no channels to drop
  default Tensor alphaDropout(double p, boolean features, boolean training) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("alphaDropout: the probability must be in 0..1, not " + p);
    }
    Shape shape = Scaling.features("alphaDropout", self(), features);
    if (!training || p == 0) {
      return self().alias();
    }
    double least = -1.7580993408473766; // that of selu
    double scale = p == 1 ? 0 : 1 / Math.sqrt((least * least * p + 1) * (1 - p));
    Tensor kept = RandomState.shared().rand(shape, self().device()).ge(p);
    return Precision.compute(self(), x -> kept.where(x, least).mul(scale).sub(p == 1 ? 0 : least * scale * p));
  }

  /// x where it is positive, else x times a slope: `torch.nn.functional.rrelu`.
  /// ```java
  /// Tensor.of(-8f, 2f).rrelu(0.25, 0.75, false);   // [-4.  2.]
  /// ```
  /// @param training whether each element's slope is uniform in lower..upper; else it is the middle
  /// @throws IllegalArgumentException if lower is above upper
  default Tensor rrelu(double lower, double upper, boolean training) {
    if (!(lower <= upper)) {
      throw new IllegalArgumentException("rrelu: slopes from " + lower + " to " + upper + ": the first must not be larger");
    }
    if (!training) {
      return self().leakyRelu((lower + upper) / 2);
    }
    Tensor slope = RandomState.shared().rand(self().shape(), self().device()).mul(upper - lower).add(lower);
    return Precision.compute(self(), x -> x.gt(0).where(x, x.mul(slope.cast(x.dtype()))));
  }
}
