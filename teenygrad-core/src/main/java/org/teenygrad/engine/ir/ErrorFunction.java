package org.teenygrad.engine.ir;

/// The error function in double precision by the rational Chebyshev approximations of W. J. Cody
/// ("Rational Chebyshev approximations for the error function", Mathematics of Computation 23, 1969):
/// one fraction for erf near 0 and two for erfc further out.
final class ErrorFunction {
  /// erf(x) / x as a fraction in x², for |x| <= 0.46875; highest power first.
  private static final double[] NEAR_TOP = {
    1.85777706184603153e-1,
    3.16112374387056560e+0,
    1.13864154151050156e+2,
    3.77485237685302021e+2,
    3.20937758913846947e+3
  };

  private static final double[] NEAR_BOTTOM = {
    1, 2.36012909523441209e+1, 2.44024637934444173e+2, 1.28261652607737228e+3, 2.84423683343917062e+3
  };

  /// exp(x²) erfc(x) as a fraction in x, for 0.46875 <= x <= 4.
  private static final double[] MIDDLE_TOP = {
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594e+0,
    6.61191906371416295e+1,
    2.98635138197400131e+2,
    8.81952221241769090e+2,
    1.71204761263407058e+3,
    2.05107837782607147e+3,
    1.23033935479799725e+3
  };

  private static final double[] MIDDLE_BOTTOM = {
    1,
    1.57449261107098347e+1,
    1.17693950891312499e+2,
    5.37181101862009858e+2,
    1.62138957456669019e+3,
    3.29079923573345963e+3,
    4.36261909014324716e+3,
    3.43936767414372164e+3,
    1.23033935480374942e+3
  };

  /// The correction to 1 / (x √π) in exp(x²) erfc(x), as a fraction in 1/x², for x >= 4.
  private static final double[] FAR_TOP = {
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4
  };

  private static final double[] FAR_BOTTOM = {
    1,
    2.56852019228982242e+0,
    1.87295284992346725e+0,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3
  };

  private static final double ONE_BY_ROOT_PI = 1 / Math.sqrt(Math.PI);

  private ErrorFunction() {}

  static double erf(double x) {
    double size = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    if (size <= 0.46875) {
      return x * polynomial(NEAR_TOP, x * x) / polynomial(NEAR_BOTTOM, x * x);
    }
    return Math.copySign(size > 6 ? 1 : 1 - complement(size), x);
  }

  /// erfc(x) for x from 0.46875 to 6.
  private static double complement(double x) {
    double scaled;
    if (x <= 4) {
      scaled = polynomial(MIDDLE_TOP, x) / polynomial(MIDDLE_BOTTOM, x);
    } else {
      double z = 1 / (x * x);
      scaled = (ONE_BY_ROOT_PI - z * polynomial(FAR_TOP, z) / polynomial(FAR_BOTTOM, z)) / x;
    }
    // exp(-x²) in two factors, of which the first has an exact argument.
    double coarse = Math.floor(x * 16) / 16;
    return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse)) * scaled;
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = 0;
    for (double coefficient : coefficients) {
      sum = sum * x + coefficient;
    }
    return sum;
  }
}
