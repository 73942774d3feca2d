package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.Tensor;

/// The averages of as many parts of the last axes as named: PyTorch's `nn.AdaptiveAvgPool1d`, `2d` and `3d`.
///
/// ```java
/// AdaptiveAvgPool.of(1, 1).forward(Tensor.ones(8, 3, 5, 7)).shape();   // (8, 3, 1, 1)
/// ```
/// @param outputs the number of parts of each of the last axes
public record AdaptiveAvgPool(List<Integer> outputs) implements Layer {
  public AdaptiveAvgPool {
    outputs = List.copyOf(outputs);
  }

  public static AdaptiveAvgPool of(int... outputs) {
    return new AdaptiveAvgPool(Filters.boxed(outputs));
  }

  /// @param x (..., the axes that are pooled)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.adaptiveAvgPool(Filters.unboxed(outputs)));
  }

  @Override
  public String toString() {
    return tree();
  }
}
