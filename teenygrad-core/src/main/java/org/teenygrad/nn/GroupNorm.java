package org.teenygrad.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// Mean 0 and variance 1 over groups of channels of each sample, then scale and shift of each channel: PyTorch's `nn.GroupNorm`.
///
/// ```java
/// GroupNorm.of(2, 4).forward(Tensor.rand(8, 4, 5, 5));
/// ```
/// @param groups divides the channels
/// @param weight (channels), or null
/// @param bias (channels), or null
public record GroupNorm(int groups, @Nullable Tensor weight, @Nullable Tensor bias, double eps) implements Layer {
  /// With weight and bias, and eps 1e-5.
  /// @throws IllegalArgumentException if the groups do not divide the channels
  public static GroupNorm of(int groups, int channels) {
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "GroupNorm: %d channels do not divide into %d groups", channels, groups));
    }
    return new GroupNorm(groups, Init.ONES.parameter(channels), Init.ZEROS.parameter(channels), 1e-5);
  }

  /// @param x (batch, channels, ...)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.groupNorm(groups, weight, bias, eps));
  }

  @Override
  public String toString() {
    return tree();
  }
}
