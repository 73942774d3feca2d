package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// A convolution over two spatial axes: PyTorch's `nn.Conv2d`.
///
/// ```java
/// var conv = Conv2d.of(3, 8, Window.DEFAULT.samePadding(), 3);
/// conv.forward(Tensor.ones(1, 3, 5, 5)).shape();   // (1, 8, 5, 5)
/// ```
/// @param weight (out, in / groups, height, width)
/// @param bias (out), or null
/// @param window stride, padding and its mode, dilation and groups
public record Conv2d(Tensor weight, @Nullable Tensor bias, Window window) implements Layer {
  /// With bias, stride 1 and no padding; weight and bias uniform in ±1/sqrt(in / groups * kernel), as PyTorch starts them.
  /// @param kernel one size for all axes, or one for each
  public static Conv2d of(int in, int out, int... kernel) {
    return of(in, out, Window.DEFAULT, kernel);
  }

  /// As [#of(int, int, int...)], with that window.
  public static Conv2d of(int in, int out, Window window, int... kernel) {
    return of(in, out, true, window, kernel);
  }

  /// As [#of(int, int, Window, int...)], with or without bias.
  /// @throws IllegalArgumentException if a size is below 1, or the groups do not divide the channels
  public static Conv2d of(int in, int out, boolean bias, Window window, int... kernel) {
    Filters filters = Filters.of("Conv2d", in, out, bias, window.groups(), 2, kernel);
    return new Conv2d(filters.weight(), filters.bias(), window);
  }

  /// @param x (batch, channels, height, width), or without batch
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.conv2d(weight, bias, window));
  }

  @Override
  public String toString() {
    return tree();
  }
}
