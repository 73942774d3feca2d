package org.teenygrad;

import java.util.List;

/// Normal numbers after G. E. P. Box and M. E. Muller, *A Note on the Generation of Random Normal Deviates* (1958): a point with a
/// random angle and the radius sqrt(-2 ln u) has two normal coordinates.
///
/// Logarithm, sine and cosine are made of sums, products, quotients and roots here, which every device rounds alike: so the bits are
/// the same everywhere, where each device has elementary functions of its own.
final class NormalPairs {
  private static final int FRACTION_BITS = 23;

  private NormalPairs() {}

  /// @param radius numbers in (0, 1], float32
  /// @param angle numbers in [0, 1), float32: the share of a whole turn
  /// @return (n, 2)
  static Tensor of(Tensor radius, Tensor angle) {
    Tensor length = naturalLog(radius).mul(-2).sqrt();
    Tensor quarters = angle.mul(4);
    Tensor nearest = quarters.round();
    Tensor rest = quarters.sub(nearest).mul(Math.PI / 2);
    Tensor quadrant = nearest.cast(DType.INT32);
    Tensor sine = odd(rest);
    Tensor cosine = even(rest);
    Tensor turned = quadrant.and(1).eq(1);
    Tensor x = signed(quadrant.add(1), turned.where(sine, cosine));
    Tensor y = signed(quadrant, turned.where(cosine, sine));
    return Tensor.stack(List.of(x, y), 1).mul(length.unsqueeze(1));
  }

  /// Negative in the third and fourth quadrant.
  private static Tensor signed(Tensor quadrant, Tensor size) {
    return quadrant.and(2).eq(2).where(size.neg(), size);
  }

  /// ln(2^e m) = e ln 2 + 2 atanh s with s = (m - 1) / (m + 1), for m in sqrt(1/2)..sqrt(2); of positive normal numbers.
  private static Tensor naturalLog(Tensor x) {
    Tensor bits = x.bitcast(DType.INT32);
    Tensor exponent = bits.sub(Float.floatToRawIntBits((float) Math.sqrt(0.5))).shiftRight(FRACTION_BITS);
    Tensor m = bits.sub(exponent.shiftLeft(FRACTION_BITS)).bitcast(DType.FLOAT32);
    Tensor s = m.sub(1).div(m.add(1));
    return exponent.cast(DType.FLOAT32).mul(Math.log(2)).add(series(s.square(), 2, 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9).mul(s));
  }

  /// The sine of -π/4..π/4.
  private static Tensor odd(Tensor x) {
    return series(x.square(), 1, -1.0 / 6, 1.0 / 120, -1.0 / 5_040, 1.0 / 362_880).mul(x);
  }

  /// The cosine of -π/4..π/4.
  private static Tensor even(Tensor x) {
    return series(x.square(), 1, -1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40_320, -1.0 / 3_628_800);
  }

  private static Tensor series(Tensor x, double... coefficients) {
    Tensor sum = x.mul(coefficients[coefficients.length - 1]);
    for (int i = coefficients.length - 2; i > 0; i--) {
      sum = sum.add(coefficients[i]).mul(x);
    }
    return sum.add(coefficients[0]);
  }
}
