package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// Mean 0 and variance 1 over the last axes, then scale and shift: PyTorch's `nn.LayerNorm`.
///
/// @param weight of the shape of those axes
/// @param bias as weight, or null
public record LayerNorm(Tensor weight, @Nullable Tensor bias, double eps) implements Layer {
  /// Over the last axis, of that size, with eps 1e-5.
  public static LayerNorm of(int dim) {
    return of(dim, true);
  }

  /// As [#of(int)], with or without bias.
  public static LayerNorm of(int dim, boolean bias) {
    return new LayerNorm(Init.ONES.parameter(dim), bias ? Init.ZEROS.parameter(dim) : null, 1e-5);
  }

  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.layerNorm(weight.shape(), weight, bias, eps));
  }

  @Override
  public String toString() {
    return tree();
  }
}
