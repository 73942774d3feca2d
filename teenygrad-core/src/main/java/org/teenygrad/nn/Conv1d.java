package org.teenygrad.nn;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// A convolution over one spatial axis: PyTorch's `nn.Conv1d`.
///
/// ```java
/// var conv = Conv1d.of(3, 8, Window.DEFAULT.samePadding(), 3);
/// conv.forward(Tensor.ones(1, 3, 5)).shape();   // (1, 8, 5)
/// ```
/// @param weight (out, in / groups, width)
/// @param bias (out), or null
/// @param window stride, padding and its mode, dilation and groups
public record Conv1d(Tensor weight, @Nullable Tensor bias, Window window) implements Layer {
  /// With bias, stride 1 and no padding; weight and bias uniform in ±1/sqrt(in / groups * kernel), as PyTorch starts them.
  public static Conv1d of(int in, int out, int kernel) {
    return of(in, out, Window.DEFAULT, kernel);
  }

  /// As [#of(int, int, int)], with that window.
  public static Conv1d of(int in, int out, Window window, int kernel) {
    return of(in, out, true, window, kernel);
  }

  /// As [#of(int, int, Window, int)], with or without bias.
  /// @throws IllegalArgumentException if a size is below 1, or the groups do not divide the channels
  public static Conv1d of(int in, int out, boolean bias, Window window, int kernel) {
    Filters filters = Filters.of("Conv1d", in, out, bias, window.groups(), 1, kernel);
    return new Conv1d(filters.weight(), filters.bias(), window);
  }

  /// @param x (batch, channels, width), or without batch
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.conv1d(weight, bias, window));
  }

  @Override
  public String toString() {
    return tree();
  }
}
