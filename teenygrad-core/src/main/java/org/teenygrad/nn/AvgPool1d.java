package org.teenygrad.nn;

import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// The averages of windows over the last axis: PyTorch's `nn.AvgPool1d`.
///
/// ```java
/// AvgPool1d.of(2).forward(Tensor.of(1f, 3f, 2f, 6f).unsqueeze(0));   // [[2. 4.]]
/// ```
/// @param window where the stride is not named it is the kernel's size
public record AvgPool1d(int kernel, Window window) implements Layer {
  /// Windows side by side.
  public static AvgPool1d of(int kernel) {
    return of(Window.DEFAULT, kernel);
  }

  public static AvgPool1d of(Window window, int kernel) {
    return new AvgPool1d(kernel, window);
  }

  /// @param x (..., width)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.avgPool1d(window, kernel));
  }

  @Override
  public String toString() {
    return tree();
  }
}
