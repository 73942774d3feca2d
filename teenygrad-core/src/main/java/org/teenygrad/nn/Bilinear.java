package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// `x1ᵀ W x2 + b` for each of several matrices W: PyTorch's `nn.Bilinear`.
///
/// ```java
/// Bilinear.of(4, 3, 2).forward(Tensor.rand(8, 4), Tensor.rand(8, 3)).shape();   // (8, 2)
/// ```
/// @param weight (out, in1, in2)
/// @param bias (out), or null
public record Bilinear(Tensor weight, @Nullable Tensor bias) implements Module {
  /// With bias, both uniform in ±1/sqrt(in1), as PyTorch starts them.
  public static Bilinear of(int in1, int in2, int out) {
    double bound = 1 / Math.sqrt(Math.max(1, in1));
    Init init = Init.uniform(-bound, bound);
    return new Bilinear(init.parameter(out, in1, in2), init.parameter(out));
  }

  /// @param x1 (..., in1)
  /// @param x2 (..., in2)
  /// @return (..., out)
  public Tensor forward(Tensor x1, Tensor x2) {
    return ForwardHook.output(this, x1, x1.bilinear(x2, weight, bias));
  }

  @Override
  public String toString() {
    return tree();
  }
}
