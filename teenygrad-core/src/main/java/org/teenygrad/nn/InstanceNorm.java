package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// Mean 0 and variance 1 over each channel of each sample: PyTorch's `nn.InstanceNorm1d`, `2d` and `3d`, always by the sample's own
/// statistics.
///
/// ```java
/// InstanceNorm.of().forward(Tensor.rand(8, 3, 5, 5));
/// ```
/// @param weight (channels), or null
/// @param bias (channels), or null
public record InstanceNorm(@Nullable Tensor weight, @Nullable Tensor bias, double eps) implements Layer {
  /// Without weight and bias, as is PyTorch's default, with eps 1e-5.
  public static InstanceNorm of() {
    return new InstanceNorm(null, null, 1e-5);
  }

  /// With weight and bias, PyTorch's `affine=True`, and eps 1e-5.
  public static InstanceNorm of(int channels) {
    return new InstanceNorm(Init.ONES.parameter(channels), Init.ZEROS.parameter(channels), 1e-5);
  }

  /// @param x (batch, channels, ...)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.instanceNorm(weight, bias, eps));
  }

  @Override
  public String toString() {
    return tree();
  }
}
