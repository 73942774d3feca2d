package org.teenygrad.linalg;

import java.util.Locale;

/// The Cholesky factor of a symmetric positive definite matrix: the lower triangle L with A = L Lᵀ.
///
/// What is computed is U = Lᵀ, row by row, halving: U's first rows, what they leave of the others, the others (Gustavson, 1997; LAPACK's
/// `potrf2`).
public final class Cholesky {
  /// Rows that are no longer halved.
  private static final int SMALL = 8;

  /// Rows of an update that begin with the same column: those left of the diagonal are computed and not used.
  private static final int BLOCK = 32;

  private final double[][] upper;
  private final int n;

  private Cholesky(double[] a, int n) {
    this.n = n;
    upper = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        upper[j][i] = a[i * n + j];
      }
    }
  }

  /// The size of the first leading part that is not positive definite; 0 if there is none.
  public static int failure(double[] a, int n) {
    return new Cholesky(a, n).factor(0, n);
  }

  /// L (n, n) of A (n, n), of which only the lower triangle is read.
  /// @throws IllegalArgumentException if the matrix is not positive definite
  public static double[] lower(double[] a, int n) {
    Cholesky factor = new Cholesky(a, n);
    int failure = factor.factor(0, n);
    if (failure > 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "cholesky: the leading %d x %d part is not positive definite", failure, failure));
    }
    double[] lower = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        lower[i * n + j] = factor.upper[j][i];
      }
    }
    return lower;
  }

  /// The rows of U from `begin` to `end`, exclusively, from which those before are taken.
  /// @return the number, from 1 on, of the first row with a pivot that is not positive; 0 if there is none
  private int factor(int begin, int end) {
    if (end - begin <= SMALL) {
      return factorRows(begin, end);
    }
    int middle = begin + Math.ceilDiv(end - begin, 2 * SMALL) * SMALL;
    int failure = factor(begin, middle);
    if (failure > 0) {
      return failure;
    }
    double[][] known = Triangular.part(upper, begin, middle);
    double[][] left = DenseMatrix.flipped(known, middle, end); // the rows of L beside
    for (int first = middle; first < end; first += BLOCK) {
      int last = Math.min(first + BLOCK, end);
      Gemm.add(Triangular.part(upper, first, last), first, n, -1, Triangular.part(left, first - middle, last - middle), 0, known);
    }
    return factor(middle, end);
  }

  private int factorRows(int begin, int end) {
    for (int k = begin; k < end; k++) {
      double[] row = upper[k];
      if (!(row[k] > 0)) {
        return k + 1;
      }
      Triangular.divide(row, k, n, Math.sqrt(row[k]));
      for (int i = k + 1; i < end; i++) {
        Gemm.addScaled(upper[i], i, n, -row[i], row);
      }
    }
    return 0;
  }
}
