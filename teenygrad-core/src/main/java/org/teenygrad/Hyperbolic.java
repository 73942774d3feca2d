package org.teenygrad;

/// Hyperbolic functions and their inverses from exponentials and logarithms, without cancellation and early overflow; near 0
/// odd polynomials.
final class Hyperbolic {
  /// From here on 1 + x² rounds to x² in every floating type.
  private static final double LARGE = 1e9;

  /// (sinh(x) / x - 1) / x² as a polynomial in x², for |x| <= 1: interpolated at Chebyshev's points, error of sinh 2^-56.
  private static final double[] SINH = {
    0.16666666666666666, 0.008333333333333299, 0.00019841269841324198, 2.7557319191381816e-06, 2.5052117695907823e-08,
    1.6057679623801638e-10, 7.746178593018827e-13
  };

  /// (asinh(x) / x - 1) / x² as a polynomial in x², for |x| <= 1/2, likewise: error of asinh 2^-58.
  private static final double[] ASINH = {
    -0.16666666666666666, 0.0749999999999864, -0.044642857140252436, 0.030381944248546365, -0.022372151449922602,
    0.01735258771519257, -0.013962235682232349, 0.011526210169675569, -0.009591452221673173, 0.007622309427481728,
    -0.004992717198142511, 0.0018854117655039003
  };

  private Hyperbolic() {}

  static Tensor sinh(Tensor x) {
    Tensor size = Angles.size(x);
    Tensor large = size.gt(1);
    Tensor small = Angles.odd(large.where(1, size), SINH);
    Tensor half = halfOfExp(large.where(size, 1));
    return Angles.signed(x, large.where(half.sub(half.reciprocal().mul(0.25)), small));
  }

  static Tensor cosh(Tensor x) {
    Tensor half = halfOfExp(Angles.size(x));
    return half.add(half.reciprocal().mul(0.25));
  }

  /// e^x / 2: where e^x alone is close to overflowing, or does, from its root.
  private static Tensor halfOfExp(Tensor x) {
    Tensor huge = x.gt(x.dtype() == DType.FLOAT64 ? 709 : 88);
    Tensor root = huge.where(x, 0).mul(0.5).exp();
    return huge.where(root.mul(0.5).mul(root), huge.where(0, x).exp().mul(0.5));
  }

  /// log(|x| + sqrt(x² + 1)).
  static Tensor asinh(Tensor x) {
    Tensor size = Angles.size(x);
    Tensor near = size.le(0.5);
    Tensor large = size.gt(LARGE);
    Tensor between = near.logicalOr(large).where(1, size);
    Rounded root = Rounded.product(between, between).plus(between.onesLike()).sqrt();
    Tensor far = large.where(large.where(size, 1).log().add(Math.log(2)), root.plus(between).log());
    return Angles.signed(x, near.where(Angles.odd(near.where(size, 0), ASINH), far));
  }

  /// log(x + sqrt(x² - 1)), where x - 1 is exact and 1 is added to it last. The derivative is 1 / sqrt(x² - 1) for x < -1, too,
  /// where there is no value: PyTorch's.
  static Tensor acosh(Tensor x) {
    Tensor size = Angles.size(x);
    Tensor large = size.gt(LARGE);
    Tensor beyond = large.where(1, size.sub(1));
    Rounded root = Rounded.sum(beyond, beyond.onesLike().mul(2)).times(beyond).sqrt();
    Tensor small = root.plus(beyond).log1p();
    Tensor ofSize = large.where(large.where(size, 1).log().add(Math.log(2)), small);
    return Angles.signed(x, ofSize).add(x.lt(0).where(Double.NaN, x.zerosLike()));
  }

  /// Half of log(1 + 2|x| / (1 - |x|)).
  static Tensor atanh(Tensor x) {
    Tensor size = Angles.size(x);
    Rounded quotient = Rounded.sum(size.onesLike(), size.neg()).dividing(size.mul(2));
    return Angles.signed(x, quotient.log1p().mul(0.5));
  }
}
