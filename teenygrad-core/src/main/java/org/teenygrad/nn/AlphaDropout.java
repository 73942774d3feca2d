package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// Dropout that keeps mean and variance of what [Tensor#selu] makes (Klambauer et al., *Self-Normalizing Neural Networks*, 2017): PyTorch's
/// `nn.AlphaDropout`, or `nn.FeatureAlphaDropout` of whole channels.
///
/// ```java
/// Mode.EVALUATION.call(() -> new AlphaDropout(0.5, false).forward(Tensor.ones(3)));   // [1. 1. 1.]
/// ```
/// @param p the probability with which an element is dropped
/// @param features whether whole channels are dropped
public record AlphaDropout(double p, boolean features) implements Layer {
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.alphaDropout(p, features, Mode.current() == Mode.TRAINING));
  }

  @Override
  public String toString() {
    return tree();
  }
}
