package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// The averages of windows over the last three axes: PyTorch's `nn.AvgPool3d`.
///
/// ```java
/// AvgPool3d.of(2).forward(Tensor.ones(3, 4, 4, 4)).shape();   // (3, 2, 2, 2)
/// ```
/// @param kernel one size for all axes, or one for each
/// @param window where the stride is not named it is the kernel's size
public record AvgPool3d(List<Integer> kernel, Window window) implements Layer {
  public AvgPool3d {
    kernel = List.copyOf(kernel);
  }

  /// Windows side by side.
  public static AvgPool3d of(int... kernel) {
    return of(Window.DEFAULT, kernel);
  }

  public static AvgPool3d of(Window window, int... kernel) {
    return new AvgPool3d(Filters.boxed(kernel), window);
  }

  /// @param x (..., depth, height, width)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.avgPool3d(window, Filters.unboxed(kernel)));
  }

  @Override
  public String toString() {
    return tree();
  }
}
