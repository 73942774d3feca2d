package org.teenygrad.distributions;

import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// Logarithms of the gamma function of positive numbers, by Stirling's series (Abramowitz and Stegun, 6.1.40) eight steps further on.
final class GammaFunction {
  private static final int STEPS = 8;

  /// `B(2k) / (2k (2k - 1))` of Bernoulli's numbers B.
  private static final double[] SERIES = {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156};

  private GammaFunction() {}

  static Tensor log(Tensor x) {
    Tensor wide = x.cast(DType.FLOAT64);
    Tensor z = wide.add(STEPS);
    Tensor product = wide;
    for (int i = 1; i < STEPS; i++) {
      product = product.mul(wide.add(i));
    }
    Tensor inverse = z.reciprocal();
    Tensor square = inverse.square();
    Tensor series = square.mul(SERIES[SERIES.length - 1]);
    for (int i = SERIES.length - 2; i > 0; i--) {
      series = series.add(SERIES[i]).mul(square);
    }
    Tensor stirling = z.sub(0.5).mul(z.log()).sub(z).add(0.5 * Math.log(2 * Math.PI)).add(series.add(SERIES[0]).mul(inverse));
    return stirling.sub(product.log()).cast(x.dtype());
  }

  /// The derivative of [#log].
  static Tensor digamma(Tensor x) {
    Tensor wide = x.cast(DType.FLOAT64);
    Tensor z = wide.add(STEPS);
    Tensor before = wide.reciprocal();
    for (int i = 1; i < STEPS; i++) {
      before = before.add(wide.add(i).reciprocal());
    }
    Tensor square = z.square().reciprocal();
    Tensor series = square.mul((2 * SERIES.length - 1) * SERIES[SERIES.length - 1]);
    for (int i = SERIES.length - 2; i >= 0; i--) {
      series = series.add((2 * i + 1) * SERIES[i]).mul(square);
    }
    return z.log().sub(z.reciprocal().mul(0.5)).sub(series).sub(before).cast(x.dtype());
  }
}
