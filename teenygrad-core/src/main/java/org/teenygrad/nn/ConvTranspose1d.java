package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// A transposed convolution over one spatial axis: PyTorch's `nn.ConvTranspose1d`.
///
/// ```java
/// var up = ConvTranspose1d.of(8, 3, Window.DEFAULT.stride(2), 2);
/// up.forward(Tensor.ones(1, 8, 5)).shape();   // (1, 3, 10)
/// ```
/// @param weight (in, out / groups, width)
/// @param bias (out), or null
/// @param window stride, padding, dilation, groups and output padding
public record ConvTranspose1d(Tensor weight, @Nullable Tensor bias, Window window) implements Layer {
  /// With bias; weight and bias uniform in ±1/sqrt(out / groups * kernel), as PyTorch starts them.
  public static ConvTranspose1d of(int in, int out, Window window, int kernel) {
    return of(in, out, true, window, kernel);
  }

  /// As [#of(int, int, Window, int)], with or without bias.
  /// @throws IllegalArgumentException if a size is below 1, or the groups do not divide the channels
  public static ConvTranspose1d of(int in, int out, boolean bias, Window window, int kernel) {
    Filters filters = Filters.transposed("ConvTranspose1d", in, out, bias, window.groups(), 1, kernel);
    return new ConvTranspose1d(filters.weight(), filters.bias(), window);
  }

  /// @param x (batch, channels, width), or without batch
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.convTranspose1d(weight, bias, window));
  }

  @Override
  public String toString() {
    return tree();
  }
}
