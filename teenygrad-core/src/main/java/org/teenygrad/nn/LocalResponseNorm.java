package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// Each channel divided by a power of the mean square of the channels around it (Krizhevsky et al., 2012): PyTorch's
/// `nn.LocalResponseNorm`.
///
/// ```java
/// LocalResponseNorm.of(2).forward(Tensor.rand(8, 3, 5, 5)).shape();   // (8, 3, 5, 5)
/// ```
/// @param size how many channels count
public record LocalResponseNorm(int size, double alpha, double beta, double k) implements Layer {
  /// With PyTorch's defaults: alpha 1e-4, beta 0.75, k 1.
  public static LocalResponseNorm of(int size) {
    return new LocalResponseNorm(size, 1e-4, 0.75, 1);
  }

  /// @param x (batch, channels, ...)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.localResponseNorm(size, alpha, beta, k));
  }

  @Override
  public String toString() {
    return tree();
  }
}
