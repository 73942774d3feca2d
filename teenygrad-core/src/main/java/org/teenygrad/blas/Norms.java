package org.teenygrad.blas;

/// Magnitudes of vectors.
final class Norms {
  /// Squares between these neither overflow nor lose digits, however many are added.
  private static final double SMALL = 0x1p-480;

  private static final double LARGE = 0x1p480;

  private Norms() {}

  static double euclidean(int n, Numbers x, int incx) {
    double greatest = 0;
    for (int i = 0; i < n; i++) {
      greatest = Math.max(greatest, Math.abs(x.get(i * incx))); // NaN stays
    }
    if (!(greatest > 0 && greatest < Double.POSITIVE_INFINITY)) {
      return greatest;
    }
    double scale = greatest < SMALL || greatest > LARGE ? Math.scalb(1.0, Math.getExponent(greatest)) : 1;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double part = x.get(i * incx) / scale;
      sum += part * part;
    }
    return scale * Math.sqrt(sum);
  }

  static double sum(int n, Numbers x, int incx) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.abs(x.get(i * incx));
    }
    return sum;
  }

  static int greatest(int n, Numbers x, int incx, String routine) {
    if (n < 1 || incx < 1) {
      return -1;
    }
    new Parameters(routine).vector("x", x, n, incx);
    int greatest = 0;
    for (int i = 1; i < n; i++) {
      if (Math.abs(x.get(i * incx)) > Math.abs(x.get(greatest * incx))) {
        greatest = i;
      }
    }
    return greatest;
  }
}
