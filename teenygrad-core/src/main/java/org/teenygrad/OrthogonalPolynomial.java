package org.teenygrad;

/// Families of orthogonal polynomials, each by its recurrence over degrees (*Digital Library of Mathematical Functions*, 18.9).
public enum OrthogonalPolynomial {
  /// cos(n acos(x)): `chebyshev_polynomial_t`.
  CHEBYSHEV_T,
  /// `chebyshev_polynomial_u`.
  CHEBYSHEV_U,
  /// `chebyshev_polynomial_v`.
  CHEBYSHEV_V,
  /// `chebyshev_polynomial_w`.
  CHEBYSHEV_W,
  /// [#CHEBYSHEV_T] of 2x - 1.
  SHIFTED_CHEBYSHEV_T,
  /// [#CHEBYSHEV_U] of 2x - 1.
  SHIFTED_CHEBYSHEV_U,
  /// [#CHEBYSHEV_V] of 2x - 1.
  SHIFTED_CHEBYSHEV_V,
  /// [#CHEBYSHEV_W] of 2x - 1.
  SHIFTED_CHEBYSHEV_W,
  /// The physicists': `hermite_polynomial_h`.
  HERMITE_H,
  /// The statisticians': `hermite_polynomial_he`.
  HERMITE_HE,
  /// `laguerre_polynomial_l`.
  LAGUERRE,
  /// `legendre_polynomial_p`.
  LEGENDRE;

  private Tensor argument(Tensor x) {
    return switch (this) {
      case SHIFTED_CHEBYSHEV_T, SHIFTED_CHEBYSHEV_U, SHIFTED_CHEBYSHEV_V, SHIFTED_CHEBYSHEV_W -> x.mul(2).sub(1);
      default -> x;
    };
  }

  private Tensor first(Tensor x) {
    return switch (this) {
      case CHEBYSHEV_T, SHIFTED_CHEBYSHEV_T, HERMITE_HE, LEGENDRE -> x;
      case CHEBYSHEV_U, SHIFTED_CHEBYSHEV_U, HERMITE_H -> x.mul(2);
      case CHEBYSHEV_V, SHIFTED_CHEBYSHEV_V -> x.mul(2).sub(1);
      case CHEBYSHEV_W, SHIFTED_CHEBYSHEV_W -> x.mul(2).add(1);
      case LAGUERRE -> x.rsub(1);
    };
  }

  /// The polynomial of degree k + 1 from those of k and k - 1.
  private Tensor next(Tensor x, int k, Tensor current, Tensor before) {
    return switch (this) {
      case HERMITE_H -> x.mul(current).sub(before.mul(k)).mul(2);
      case HERMITE_HE -> x.mul(current).sub(before.mul(k));
      case LAGUERRE -> x.rsub(2 * k + 1).mul(current).sub(before.mul(k)).div(k + 1);
      case LEGENDRE -> x.mul(current).mul(2 * k + 1).sub(before.mul(k)).div(k + 1);
      default -> x.mul(current).mul(2).sub(before);
    };
  }

  Tensor of(Tensor input, int degree) {
    Tensor x = argument(input);
    if (degree < 1) {
      return degree < 0 ? x.zerosLike() : x.onesLike();
    }
    Tensor before = x.onesLike();
    Tensor current = first(x);
    for (int k = 1; k < degree; k++) {
      Tensor next = next(x, k, current, before);
      before = current;
      current = next;
    }
    return current;
  }
}
