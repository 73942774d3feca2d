package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.Tensor;

/// The maxima of as many parts of the last axes as named: PyTorch's `nn.AdaptiveMaxPool1d`, `2d` and `3d`.
///
/// ```java
/// AdaptiveMaxPool.of(1, 1).forward(Tensor.ones(8, 3, 5, 7)).shape();   // (8, 3, 1, 1)
/// ```
/// @param outputs the number of parts of each of the last axes
public record AdaptiveMaxPool(List<Integer> outputs) implements Layer {
  public AdaptiveMaxPool {
    outputs = List.copyOf(outputs);
  }

  public static AdaptiveMaxPool of(int... outputs) {
    return new AdaptiveMaxPool(Filters.boxed(outputs));
  }

  /// @param x (..., the axes that are pooled)
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.adaptiveMaxPool(Filters.unboxed(outputs)));
  }

  @Override
  public String toString() {
    return tree();
  }
}
