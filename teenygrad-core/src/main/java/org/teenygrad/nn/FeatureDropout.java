package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// Zeroes whole channels at random in [Mode#TRAINING]: PyTorch's `nn.Dropout1d`, `2d` and `3d`.
///
/// ```java
/// Mode.EVALUATION.call(() -> new FeatureDropout(0.5).forward(Tensor.ones(1, 1, 2)));   // [[[1. 1.]]]
/// ```
/// @param p the probability with which a channel is zeroed
public record FeatureDropout(double p) implements Layer {
  /// @param x (batch, channels, ...)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.featureDropout(p, Mode.current() == Mode.TRAINING));
  }

  @Override
  public String toString() {
    return tree();
  }
}
