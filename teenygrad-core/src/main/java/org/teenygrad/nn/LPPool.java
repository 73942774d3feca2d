package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// The p-norms of windows over the last axes: PyTorch's `nn.LPPool1d`, `2d` and `3d`.
///
/// ```java
/// LPPool.of(2, 2, 2).forward(Tensor.ones(3, 4, 4)).shape();   // (3, 2, 2)
/// ```
/// @param kernel a size for each of the last axes
/// @param window where the stride is not named it is the kernel's size
public record LPPool(double p, List<Integer> kernel, Window window) implements Layer {
  public LPPool {
    kernel = List.copyOf(kernel);
  }

  /// Windows side by side.
  public static LPPool of(double p, int... kernel) {
    return new LPPool(p, Filters.boxed(kernel), Window.DEFAULT);
  }

  /// @param x (..., the axes that are pooled)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.lpPool(p, window, Filters.unboxed(kernel)));
  }

  @Override
  public String toString() {
    return tree();
  }
}
