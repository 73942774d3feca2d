package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.Interpolation;
import org.teenygrad.Tensor;

/// The last axes at other sizes: PyTorch's `nn.Upsample`, `nn.UpsamplingNearest2d` and `nn.UpsamplingBilinear2d`.
///
/// ```java
/// Upsample.of(Interpolation.NEAREST, 2, 2).forward(Tensor.rand(1, 3, 4, 5)).shape();   // (1, 3, 8, 10)
/// ```
/// @param factors what the sizes of the last axes are multiplied with
public record Upsample(Interpolation mode, List<Integer> factors) implements Layer {
  public Upsample {
    factors = List.copyOf(factors);
  }

  public static Upsample of(Interpolation mode, int... factors) {
    return new Upsample(mode, Filters.boxed(factors));
  }

  /// @param x (..., the axes that are scaled)
  @Override
  public Tensor forward(Tensor x) {
    int[] sizes = new int[factors.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.multiplyExact(x.size(i - sizes.length), factors.get(i));
    }
    return ForwardHook.output(this, x, x.interpolate(mode, sizes));
  }

  @Override
  public String toString() {
    return tree();
  }
}
