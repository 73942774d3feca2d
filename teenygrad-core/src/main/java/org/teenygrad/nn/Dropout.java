package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// Zeroes elements at random in [Mode#TRAINING], and does nothing in [Mode#EVALUATION]: PyTorch's `nn.Dropout`.
///
/// ```java
/// Mode.EVALUATION.call(() -> Dropout.of(0.5).forward(Tensor.ones(3)));   // [1. 1. 1.]
/// ```
/// @param p the probability of a zero
public record Dropout(double p) implements Layer {
  /// @throws IllegalArgumentException if `p` is not in 0..1
  public Dropout {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("dropout: the probability must be in 0..1, not " + p);
    }
  }

  /// @throws IllegalArgumentException if `p` is not in 0..1
  public static Dropout of(double p) {
    return new Dropout(p);
  }

  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.dropout(p, Mode.current() == Mode.TRAINING));
  }

  @Override
  public String toString() {
    return tree();
  }
}
