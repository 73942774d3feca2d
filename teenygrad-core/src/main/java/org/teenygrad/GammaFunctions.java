package org.teenygrad;

import java.util.stream.IntStream;

/// The gamma function's logarithm and its derivatives, and Hurwitz' zeta function, by their asymptotic series: arguments are made large by
/// recurrences first, negative ones reflected (*Digital Library of Mathematical Functions*, 5.5, 5.11, 5.15, 25.11).
final class GammaFunctions {
  /// Bernoulli's numbers B2, B4...
  private static final double[] BERNOULLI = {
    1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330,
    854513.0 / 138, -236364091.0 / 2730
  };

  /// From here on eight terms of a series are exact.
  private static final int LARGE = 8;

  private static final int ZETA_TERMS = 10;

  private GammaFunctions() {}

  static Tensor lgamma(Tensor x) {
    Tensor reflected = x.lt(0);
    Tensor positive = reflected.where(x.rsub(1), x);
    Tensor right = lgammaOfPositive(positive);
    Tensor sine = reflected.where(sinOfPi(x), 1);
    Tensor left = right.rsub(Math.log(Math.PI)).sub(sine.abs().log());
    return x.isInf().where(Double.POSITIVE_INFINITY, reflected.where(left, right));
  }

  private static Tensor lgammaOfPositive(Tensor x) {
    Tensor small = x.lt(LARGE);
    Tensor z = small.where(x.add(LARGE), x);
    Tensor start = small.where(x, 1);
    Tensor product = start;
    for (int k = 1; k < LARGE; k++) {
      product = product.mul(start.add(k));
    }
    Tensor inverse = z.reciprocal();
    Tensor square = inverse.square();
    Tensor series = series(square, k -> BERNOULLI[k - 1] / (2 * k * (2 * k - 1.0))).mul(inverse);
    Tensor stirling = z.sub(0.5).mul(z.log()).sub(z).add(0.5 * Math.log(2 * Math.PI)).add(series);
    return stirling.sub(small.where(product.log(), 0));
  }

  static Tensor digamma(Tensor x) {
    Tensor reflected = x.lt(0);
    Tensor right = digammaOfPositive(reflected.where(x.rsub(1), x));
    Tensor turned = fraction(reflected.where(x, 0.25)).mul(Math.PI);
    Tensor pole = x.lt(0).and(x.eq(x.floor()));
    Tensor value = reflected.where(right.sub(turned.cos().div(turned.sin()).mul(Math.PI)), right);
    return x.eq(0).where(x.signbit().where(Double.POSITIVE_INFINITY, constant(Double.NEGATIVE_INFINITY)), pole.where(Double.NaN, value));
  }

  private static Tensor digammaOfPositive(Tensor x) {
    Tensor small = x.lt(LARGE);
    Tensor z = small.where(x.add(LARGE), x);
    Tensor start = small.where(x, 1);
    Tensor recurrence = start.reciprocal();
    for (int k = 1; k < LARGE; k++) {
      recurrence = recurrence.add(start.add(k).reciprocal());
    }
    Tensor inverse = z.reciprocal();
    Tensor square = inverse.square();
    Tensor series = series(square, k -> BERNOULLI[k - 1] / (2.0 * k)).mul(square);
    return z.log().sub(inverse.mul(0.5)).sub(series).sub(small.where(recurrence, 0));
  }

  private interface Coefficient {
    double of(int k);
  }

  /// The first terms of c1 + c2 z + c3 z²...
  private static Tensor series(Tensor z, Coefficient coefficient) {
    Tensor sum = z.mul(coefficient.of(LARGE));
    for (int k = LARGE - 1; k > 1; k--) {
      sum = sum.add(coefficient.of(k)).mul(z);
    }
    return sum.add(coefficient.of(1));
  }

  /// The n-th derivative of [#digamma]. Reflected, that of the cotangent is a polynomial of it.
  static Tensor polygamma(int n, Tensor x) {
    if (n == 0) {
      return digamma(x);
    }
    double factorial = IntStream.rangeClosed(1, n).mapToDouble(k -> k).reduce(1, (a, b) -> a * b);
    Tensor reflected = x.lt(0);
    double sign = n % 2 == 0 ? -1 : 1;
    Tensor order = constant(n + 1.0);
    Tensor right = zeta(order, reflected.where(x.rsub(1), x)).mul(sign * factorial);
    Tensor turned = fraction(reflected.where(x, 0.25)).mul(Math.PI);
    double[] slope = cotangentDerivative(n);
    Tensor cotangent = turned.cos().div(turned.sin());
    Tensor change = cotangent.mul(slope[slope.length - 1]);
    for (int i = slope.length - 2; i > 0; i--) {
      change = change.add(slope[i]).mul(cotangent);
    }
    change = change.add(slope[0]).mul(Math.pow(Math.PI, n + 1.0));
    return reflected.where(right.mul(-sign).sub(change), right);
  }

  /// The n-th derivative of cot by its argument, as a polynomial of cot: each derivative of c^k is -k c^(k-1) (1 + c²).
  private static double[] cotangentDerivative(int n) {
    double[] polynomial = {0, 1};
    for (int i = 0; i < n; i++) {
      double[] next = new double[polynomial.length + 1];
      for (int k = 1; k < polynomial.length; k++) {
        next[k - 1] -= k * polynomial[k];
        next[k + 1] -= k * polynomial[k];
      }
      polynomial = next;
    }
    return polynomial;
  }

  /// The sum of (q + k)^-s over k >= 0: the first terms, and Euler and Maclaurin's formula for the rest.
  static Tensor zeta(Tensor s, Tensor q) {
    Tensor defined = s.gt(1).and(q.gt(0));
    Tensor power = defined.where(s, 2);
    Tensor start = defined.where(q, 1);
    Tensor minus = power.neg();
    Tensor sum = start.pow(minus);
    for (int k = 1; k < ZETA_TERMS; k++) {
      sum = sum.add(start.add(k).pow(minus));
    }
    Tensor last = start.add(ZETA_TERMS);
    Tensor tail = last.pow(minus);
    Tensor rest = last.mul(tail).div(power.sub(1)).add(tail.mul(0.5));
    Tensor factor = power.div(last);
    double factorial = 2;
    for (int j = 1; j <= BERNOULLI.length; j++) {
      rest = rest.add(tail.mul(factor).mul(BERNOULLI[j - 1] / factorial));
      factorial *= (2.0 * j + 1) * (2 * j + 2);
      factor = factor.mul(power.add(2 * j - 1.0)).mul(power.add(2.0 * j)).div(last.square());
    }
    Tensor pole = s.eq(1).or(s.lt(1).logicalNot().and(q.le(0)).and(q.eq(q.floor())));
    return defined.where(sum.add(rest), pole.where(Double.POSITIVE_INFINITY, constant(Double.NaN)));
  }

  private static Tensor constant(double value) {
    return Operations.constant(DType.FLOAT64, value);
  }

  /// The part of x behind its nearest whole number, which is exact.
  private static Tensor fraction(Tensor x) {
    return x.sub(x.detach().round());
  }

  /// |sin(πx)|, but for the sign.
  private static Tensor sinOfPi(Tensor x) {
    return fraction(x.isInf().where(0.5, x)).mul(Math.PI).sin();
  }
}
