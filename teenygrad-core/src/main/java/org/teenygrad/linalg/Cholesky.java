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

  private final Matrix upper;
  private final int n;
  private final double[][] rows;

  private Cholesky(Matrix upper) {
    this.upper = upper;
    n = upper.rows;
    rows = new double[SMALL][n];
  }

  /// The size of the first leading part that is not positive definite; 0 if there is none.
  public static int failure(Matrix a) {
    try (Workspace workspace = new Workspace()) {
      return new Cholesky(workspace.transposed(a)).factor(0, a.rows);
    }
  }

  /// Writes L of A, of which only the lower triangle is read.
  /// @throws IllegalArgumentException if the matrix is not positive definite
  public static void lower(Matrix a, Matrix lower) {
    try (Workspace workspace = new Workspace()) {
      Cholesky factor = new Cholesky(workspace.transposed(a));
      int failure = factor.factor(0, a.rows);
      if (failure > 0) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "cholesky: the leading %d x %d part is not positive definite", failure, failure));
      }
      factor.upper.transposeTo(lower);
      for (int i = 0; i < lower.rows; i++) {
        lower.part(i, i + 1, i + 1, lower.columns).clear();
      }
    }
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
    Matrix known = upper.part(begin, middle);
    for (int first = middle; first < end; first += BLOCK) {
      int last = Math.min(first + BLOCK, end);
      Gemm.addTransposed(upper.part(first, last, first, n), -1, known.part(0, known.rows, first, last), known.part(0, known.rows, first, n));
    }
    return factor(middle, end);
  }

  private int factorRows(int begin, int end) {
    for (int k = begin; k < end; k++) {
      double[] row = rows[k - begin];
      upper.copyRow(k, row);
      for (int before = 0; before < k - begin; before++) {
        addScaled(row, k, n, -rows[before][k], rows[before]);
      }
      if (!(row[k] > 0)) {
        return k + 1;
      }
      double root = Math.sqrt(row[k]);
      for (int j = k; j < n; j++) {
        row[j] /= root;
      }
      upper.setRow(k, row);
    }
    return 0;
  }

  /// `x = x + factor y` from `begin` to `end`, exclusively.
  static void addScaled(double[] x, int begin, int end, double factor, double[] y) {
    for (int j = begin; j < end; j++) {
      x[j] = Math.fma(factor, y[j], x[j]);
    }
  }
}
