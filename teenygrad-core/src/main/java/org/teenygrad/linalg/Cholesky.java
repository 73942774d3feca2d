package org.teenygrad.linalg;

import java.util.Locale;

/// The Cholesky factor of a symmetric positive definite matrix: the lower triangle L with A = L Lᵀ.
public final class Cholesky {
  private Cholesky() {}

  /// The size of the first leading part that is not positive definite; 0 if there is none.
  public static int failure(double[] a, int n) {
    return factor(a, n, new double[n * n]);
  }

  /// L (n, n) of A (n, n), of which only the lower triangle is read.
  /// @throws IllegalArgumentException if the matrix is not positive definite
  public static double[] lower(double[] a, int n) {
    double[] lower = new double[n * n];
    int failure = factor(a, n, lower);
    if (failure > 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "cholesky: the leading %d x %d part is not positive definite", failure, failure));
    }
    return lower;
  }

  private static int factor(double[] a, int n, double[] lower) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i * n + k] * lower[j * n + k];
        }
        if (i == j && !(sum > 0)) {
          return i + 1;
        }
        lower[i * n + j] = i == j ? Math.sqrt(sum) : sum / lower[j * n + j];
      }
    }
    return 0;
  }
}
