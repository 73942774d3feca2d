package org.teenygrad;

import java.util.stream.IntStream;

/// Gamma, error and Bessel functions of each element, and what statistics makes of them: `torch.special`.
///
/// They are computed in float64 and rounded to the tensor's type; integers become float32. Derivatives of any order flow.
sealed interface GammaAndBessel permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The logarithm of the gamma function's size: `torch.lgamma`, `torch.special.gammaln`.
  /// ```java
  /// Tensor.of(1f, 5f).lgamma().exp();   // [ 1. 24.]
  /// ```
  default Tensor lgamma() {
    return Wide.compute(self(), GammaFunctions::lgamma);
  }

  /// The derivative of [#lgamma()]: `torch.digamma`, `torch.special.psi`.
  /// ```java
  /// Tensor.of(1f).digamma();   // -0.5772157
  /// ```
  default Tensor digamma() {
    return Wide.compute(self(), GammaFunctions::digamma);
  }

  /// The n-th derivative of [#digamma()]: `torch.polygamma(n, x)`.
  /// ```java
  /// Tensor.of(1f).polygamma(1);   // 1.644934
  /// ```
  /// @throws IllegalArgumentException if `n` is negative
  default Tensor polygamma(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("polygamma: the derivative number " + n + " does not exist");
    }
    return Wide.compute(self(), x -> GammaFunctions.polygamma(n, x));
  }

  /// The logarithm of the gamma function of p dimensions, for elements above (p - 1) / 2: `torch.special.multigammaln`.
  /// ```java
  /// Tensor.of(3f).multigammaln(1).exp();   // 2.0
  /// ```
  /// @throws IllegalArgumentException if `p` is not positive
  default Tensor multigammaln(int p) {
    if (p < 1) {
      throw new IllegalArgumentException("multigammaln: needs a dimension at least, not " + p);
    }
    double constant = p * (p - 1) / 4.0 * Math.log(Math.PI);
    return Wide.compute(self(), x ->
        IntStream.range(0, p).mapToObj(j -> GammaFunctions.lgamma(x.sub(j / 2.0))).reduce(Tensor::add).orElseThrow().add(constant));
  }

  /// Hurwitz' zeta function of this and `q`, the sum of `(q + k)^-x` over k from 0 on; NaN below 1 and for q below 0: `torch.special.zeta`.
  /// ```java
  /// Tensor.of(2f).zeta(Tensor.of(1f));   // 1.644934
  /// ```
  default Tensor zeta(Tensor q) {
    return Wide.compute(self(), q, GammaFunctions::zeta);
  }

  /// 1 less the error function, to all digits: `torch.erfc`.
  /// ```java
  /// Tensor.of(0f, 5f).erfc();   // [1.0000000e+00 1.5374598e-12]
  /// ```
  default Tensor erfc() {
    return Wide.compute(self(), ErrorFunctions::erfc);
  }

  /// `e^(x²) erfc(x)`: `torch.special.erfcx`.
  /// ```java
  /// Tensor.of(0f, 100f).erfcx();   // [1.         0.00564161]
  /// ```
  default Tensor erfcx() {
    return Wide.compute(self(), ErrorFunctions::erfcx);
  }

  /// What [Transcendentals#erf()] undoes; infinite at -1 and 1, NaN beyond: `torch.erfinv`.
  /// ```java
  /// Tensor.of(0f, 1f).erfinv();   // [ 0. inf]
  /// ```
  default Tensor erfinv() {
    return Wide.compute(self(), ErrorFunctions::erfinv);
  }

  /// The normal distribution's integral up to each element: `torch.special.ndtr`.
  /// ```java
  /// Tensor.of(0f).ndtr();   // 0.5
  /// ```
  default Tensor ndtr() {
    return Wide.compute(self(), ErrorFunctions::ndtr);
  }

  /// The logarithm of [#ndtr()]: `torch.special.log_ndtr`.
  /// ```java
  /// Tensor.of(-10f).logNdtr();   // -53.231285
  /// ```
  default Tensor logNdtr() {
    return Wide.compute(self(), ErrorFunctions::logNdtr);
  }

  /// What [#ndtr()] undoes; infinite at 0 and 1, NaN outside: `torch.special.ndtri`.
  /// ```java
  /// Tensor.of(0.5f, 1f).ndtri();   // [ 0. inf]
  /// ```
  default Tensor ndtri() {
    return Wide.compute(self(), ErrorFunctions::ndtri);
  }

  /// `x log(1 + y)`, 0 where x is 0 unless y is NaN: `torch.special.xlog1py`.
  /// ```java
  /// Tensor.of(0f, 2f).xlog1py(Tensor.of(-1f, 0f));   // [0. 0.]
  /// ```
  default Tensor xlog1py(Tensor other) {
    Tensor x = Operations.toFloating(self());
    Tensor y = Operations.toFloating(other);
    Tensor nothing = x.eq(0).logicalAnd(y.le(-1).logicalOr(y.eq(Double.POSITIVE_INFINITY)));
    return nothing.where(0, x.mul(nothing.where(1, y).log1p()));
  }

  /// `-x log(x)`, 0 at 0, -inf below: `torch.special.entr`.
  /// ```java
  /// Tensor.of(0f, 1f).entr().abs();   // [0. 0.]
  /// ```
  default Tensor entr() {
    return Precision.compute(self(), x -> {
      Tensor inside = x.gt(0).or(x.isNan());
      Tensor positive = inside.where(x, 1);
      return inside.where(positive.log().mul(positive).neg(), x.eq(0).where(0, Tensor.full(Shape.SCALAR, Double.NEGATIVE_INFINITY, x.dtype())));
    });
  }

  /// The modified Bessel function of the first kind, order 0: `torch.i0`.
  /// ```java
  /// Tensor.of(0f).i0();   // 1.0
  /// ```
  default Tensor i0() {
    return Wide.compute(self(), BesselFunctions::i0);
  }

  /// `e^-|x|` [#i0()]: `torch.special.i0e`.
  /// ```java
  /// Tensor.of(0f).i0e();   // 1.0
  /// ```
  default Tensor i0e() {
    return Wide.compute(self(), BesselFunctions::i0e);
  }

  /// The modified Bessel function of the first kind, order 1: `torch.special.i1`.
  /// ```java
  /// Tensor.of(0f).i1();   // 0.0
  /// ```
  default Tensor i1() {
    return Wide.compute(self(), BesselFunctions::i1);
  }

  /// `e^-|x|` [#i1()]: `torch.special.i1e`.
  /// ```java
  /// Tensor.of(0f).i1e();   // 0.0
  /// ```
  default Tensor i1e() {
    return Wide.compute(self(), BesselFunctions::i1e);
  }

  /// The modified Bessel function of the second kind, order 0; infinite at 0, NaN below: `torch.special.modified_bessel_k0`.
  /// ```java
  /// Tensor.of(1f).k0();   // 0.42102444
  /// ```
  default Tensor k0() {
    return Wide.compute(self(), x -> BesselFunctions.k0(x, false));
  }

  /// `e^x` [#k0()]: `torch.special.scaled_modified_bessel_k0`.
  /// ```java
  /// Tensor.of(1f).k0e();   // 1.1444631
  /// ```
  default Tensor k0e() {
    return Wide.compute(self(), x -> BesselFunctions.k0(x, true));
  }

  /// The modified Bessel function of the second kind, order 1; infinite at 0, NaN below: `torch.special.modified_bessel_k1`.
  /// ```java
  /// Tensor.of(1f).k1();   // 0.60190725
  /// ```
  default Tensor k1() {
    return Wide.compute(self(), x -> BesselFunctions.k1(x, false));
  }

  /// `e^x` [#k1()]: `torch.special.scaled_modified_bessel_k1`.
  /// ```java
  /// Tensor.of(1f).k1e();   // 1.6361535
  /// ```
  default Tensor k1e() {
    return Wide.compute(self(), x -> BesselFunctions.k1(x, true));
  }

  /// The Bessel function of the first kind, order 0: `torch.special.bessel_j0`.
  /// ```java
  /// Tensor.of(0f).j0();   // 1.0
  /// ```
  default Tensor j0() {
    return Wide.compute(self(), OscillatingBessel::j0);
  }

  /// The Bessel function of the first kind, order 1: `torch.special.bessel_j1`.
  /// ```java
  /// Tensor.of(0f).j1();   // 0.0
  /// ```
  default Tensor j1() {
    return Wide.compute(self(), OscillatingBessel::j1);
  }

  /// The Bessel function of the second kind, order 0; -inf at 0, NaN below: `torch.special.bessel_y0`.
  /// ```java
  /// Tensor.of(1f).y0();   // 0.08825696
  /// ```
  default Tensor y0() {
    return Wide.compute(self(), OscillatingBessel::y0);
  }

  /// The Bessel function of the second kind, order 1; -inf at 0, NaN below: `torch.special.bessel_y1`.
  /// ```java
  /// Tensor.of(1f).y1();   // -0.7812128
  /// ```
  default Tensor y1() {
    return Wide.compute(self(), OscillatingBessel::y1);
  }

  /// `sin(x) / x`, 1 at 0: `torch.special.spherical_bessel_j0`.
  /// ```java
  /// Tensor.of(0f).sphericalJ0();   // 1.0
  /// ```
  default Tensor sphericalJ0() {
    return Wide.compute(self(), x -> x.isInf().where(0, x.isInf().where(0, x).div(Math.PI).sinc()));
  }

  /// An orthogonal polynomial of a degree: `torch.special.chebyshev_polynomial_t` and its kin.
  /// ```java
  /// Tensor.of(0.5f).polynomial(OrthogonalPolynomial.CHEBYSHEV_T, 3);   // -1.0
  /// ```
  /// @return 0 for negative degrees, as PyTorch's
  default Tensor polynomial(OrthogonalPolynomial family, int degree) {
    return Wide.compute(self(), x -> family.of(x, degree));
  }
}
