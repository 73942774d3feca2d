package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// Zeroes elements at random in [Mode#TRAINING], and does nothing in [Mode#EVALUATION]: PyTorch's `nn.Dropout`.
///
/// @param p the probability of a zero
public record Dropout(double p) implements Layer {
  public Dropout {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("dropout: the probability must be in 0..1, not " + p);
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.dropout(p, Mode.current() == Mode.TRAINING);
  }
}
