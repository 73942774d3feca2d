package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Mean square 1 over the last axis, then scale: PyTorch's `nn.RMSNorm`.
///
/// @param dim the size of the last axis
/// @param weight (dim), or null for none
public record RMSNorm(int dim, @Nullable Tensor weight, double eps) implements Layer {
  /// With weight, and eps 1e-6.
  public static RMSNorm of(int dim) {
    return new RMSNorm(dim, Init.ONES.parameter(dim), 1e-6);
  }

  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.rmsNorm(Shape.of(dim), weight, eps));
  }

  @Override
  public String toString() {
    return tree();
  }
}
