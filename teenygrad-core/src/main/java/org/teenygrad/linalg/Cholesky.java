package org.teenygrad.linalg;

import java.util.Locale;

/// The Cholesky factor of a symmetric positive definite matrix: the lower triangle L with A = L Lᵀ.
public final class Cholesky {
  private Cholesky() {}

  /// L (n, n) of A (n, n), of which only the lower triangle is read.
  /// @throws IllegalArgumentException if the matrix is not positive definite
  public static double[] lower(double[] a, int n) {
    double[] lower = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i * n + k] * lower[j * n + k];
        }
        if (i == j && !(sum > 0)) {
          throw new IllegalArgumentException(
              String.format(Locale.ROOT, "cholesky: the leading %d x %d part is not positive definite", i + 1, i + 1));
        }
        lower[i * n + j] = i == j ? Math.sqrt(sum) : sum / lower[j * n + j];
      }
    }
    return lower;
  }
}
