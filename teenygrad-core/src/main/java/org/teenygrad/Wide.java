package org.teenygrad;

import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// Special functions are computed in float64 and rounded once: one set of coefficients serves all types, and derivatives, which follow the
/// approximations, keep their digits.
///
/// Coefficients of polynomials stand in t, from -1 to 1 over the interval, that of the lowest power first. They were found by
/// interpolation at Chebyshev's points in 50 digits, of a degree at which the error is below a float64's rounding.
final class Wide {
  private Wide() {}

  static Tensor compute(Tensor x, UnaryOperator<Tensor> function) {
    return function.apply(x.toDouble()).cast(Operations.toFloating(x).dtype());
  }

  /// A function of two tensors, in the floating type that they promote to.
  static Tensor compute(Tensor x, Tensor y, BinaryOperator<Tensor> function) {
    DType type = Broadcasting.type(x, y);
    return function.apply(x.toDouble(), y.toDouble()).cast(type.isFloating() ? type : DType.FLOAT32);
  }

  /// A polynomial at x in low..high.
  static Tensor between(Tensor x, double low, double high, double... coefficients) {
    Tensor t = x.sub((low + high) / 2).mul(2 / (high - low));
    Tensor sum = t.mul(coefficients[coefficients.length - 1]);
    for (int i = coefficients.length - 2; i > 0; i--) {
      sum = sum.add(coefficients[i]).mul(t);
    }
    return sum.add(coefficients[0]);
  }

  /// The value, but NaN where a function is not defined; so is the derivative there.
  static Tensor outside(Tensor outside, Tensor value) {
    return value.mul(outside.where(Double.NaN, Operations.constant(DType.FLOAT64, 1)));
  }
}
