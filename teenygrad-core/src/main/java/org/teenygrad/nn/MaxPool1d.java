package org.teenygrad.nn;

import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// The maxima of windows over the last axis: PyTorch's `nn.MaxPool1d`.
///
/// ```java
/// MaxPool1d.of(2).forward(Tensor.of(1f, 3f, 2f, 6f).unsqueeze(0));   // [[3. 6.]]
/// ```
/// @param window where the stride is not named it is the kernel's size
public record MaxPool1d(int kernel, Window window) implements Layer {
  /// Windows side by side.
  public static MaxPool1d of(int kernel) {
    return of(Window.DEFAULT, kernel);
  }

  public static MaxPool1d of(Window window, int kernel) {
    return new MaxPool1d(kernel, window);
  }

  /// @param x (..., width)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.maxPool1d(window, kernel));
  }

  @Override
  public String toString() {
    return tree();
  }
}
