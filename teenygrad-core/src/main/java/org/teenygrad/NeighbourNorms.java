package org.teenygrad;

import java.util.Locale;
import java.util.stream.IntStream;

/// Norms of neighbours: of windows over the last axes, and of channels.
sealed interface NeighbourNorms permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `(x1^p + x2^p + ...)^(1/p)` of windows over the last axes: `torch.nn.functional.lp_pool1d`, `2d` and `3d`.
  ///
  /// Parts of a window that reach over the end with [Window#ceilMode] count as the mean of the others, as in PyTorch. For infinite p the
  /// largest absolute value.
  /// ```java
  /// Tensor.of(3f, 4f, 0f, 1f).unsqueeze(0).lpPool(2, Window.DEFAULT, 2);   // [[5. 1.]]
  /// ```
  /// @param window stride, which is the kernel's size where it is not named, and mode of rounding
  /// @param kernel a size for each of the last axes: one, two or three
  /// @throws IllegalArgumentException if the kernel does not fit the shape
  default Tensor lpPool(double p, Window window, int... kernel) {
    if (kernel.length < 1 || kernel.length > 3) {
      throw new IllegalArgumentException("lpPool: takes a kernel over one, two or three axes, not " + kernel.length);
    }
    if (Double.isInfinite(p)) {
      Tensor largest = Pools.max("lpPool", p > 0 ? self().abs() : self().abs().neg(), window, kernel.length, kernel);
      return p > 0 ? largest : largest.neg();
    }
    int elements = IntStream.of(kernel).reduce(1, Math::multiplyExact);
    return Precision.compute(self(), x -> {
      Tensor mean = Pools.average("lpPool", p == 1 ? x : p == 2 ? x.square() : x.pow(p), window, kernel.length, kernel);
      return mean.sign().mul(mean.abs().relu()).mul(elements).pow(1 / p);
    });
  }

  /// x over `(k + alpha mean(x²))^beta`, the mean being that of `size` channels around each: `torch.nn.functional.local_response_norm`.
  /// ```java
  /// Tensor.of(1f, 1f).reshape(1, 2, 1).localResponseNorm(1, 3, 1, 1);   // [[[0.25]
  ///                                                                    //   [0.25]]]
  /// ```
  /// @param size how many channels, half of them before; beyond the first and last are zeros
  /// @throws IllegalArgumentException if this is not (batch, channels, ...) with an axis behind the channels, or the size is below 1
  default Tensor localResponseNorm(int size, double alpha, double beta, double k) {
    if (self().rank() < 3 || size < 1) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "localResponseNorm: takes (batch, channels, ...) and a size of at least 1, not %s and %d",
          self().shape(), size));
    }
    return Precision.compute(self(), x -> {
      int channels = x.size(1);
      Tensor squares = x.square().padAxis(1, size / 2, (size - 1) / 2);
      Tensor sum = squares.slice(1, 0, channels);
      for (int i = 1; i < size; i++) {
        sum = sum.add(squares.slice(1, i, i + channels));
      }
      return x.div(sum.mul(alpha / size).add(k).pow(beta));
    });
  }
}
