package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// The maxima of windows over the last two axes: PyTorch's `nn.MaxPool2d`.
///
/// ```java
/// MaxPool2d.of(2).forward(Tensor.ones(3, 4, 4)).shape();   // (3, 2, 2)
/// ```
/// @param kernel one size for all axes, or one for each
/// @param window where the stride is not named it is the kernel's size
public record MaxPool2d(List<Integer> kernel, Window window) implements Layer {
  public MaxPool2d {
    kernel = List.copyOf(kernel);
  }

  /// Windows side by side.
  public static MaxPool2d of(int... kernel) {
    return of(Window.DEFAULT, kernel);
  }

  public static MaxPool2d of(Window window, int... kernel) {
    return new MaxPool2d(Filters.boxed(kernel), window);
  }

  /// @param x (..., height, width)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.maxPool2d(window, Filters.unboxed(kernel)));
  }

  @Override
  public String toString() {
    return tree();
  }
}
