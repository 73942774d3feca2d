package org.teenygrad.linalg;

import java.util.Arrays;

/// Equations with triangular matrices and many right-hand sides: a few rows are solved for, then taken from those that follow (LAPACK's
/// `trsm`).
public final class Triangular {
  private static final int BLOCK = 8;

  private Triangular() {}

  /// Solves L X = B, where L is the lower triangle of n rows and B becomes X.
  /// @param lower of which the columns from `column` on are read
  /// @param unit whether the diagonal is 1 and not looked at
  /// @param x of which the columns `begin` to `end`, exclusively, are solved for
  static void solveLower(double[][] lower, int column, boolean unit, double[][] x, int begin, int end) {
    for (int first = 0; first < x.length; first += BLOCK) {
      int last = Math.min(first + BLOCK, x.length);
      Gemm.add(part(x, first, last), begin, end, -1, part(lower, first, last), column, part(x, 0, first));
      for (int i = first; i < last; i++) {
        for (int j = first; j < i; j++) {
          Gemm.addScaled(x[i], begin, end, -lower[i][column + j], x[j]);
        }
        if (!unit) {
          divide(x[i], begin, end, lower[i][column + i]);
        }
      }
    }
  }

  /// Solves U X = B of n rows, where B becomes X.
  static void solveUpper(double[][] upper, double[][] x, int columns) {
    int n = x.length;
    for (int last = n; last > 0; last -= BLOCK) {
      int first = Math.max(0, last - BLOCK);
      Gemm.add(part(x, first, last), 0, columns, -1, part(upper, first, last), last, part(x, last, n));
      for (int i = last - 1; i >= first; i--) {
        for (int j = i + 1; j < last; j++) {
          Gemm.addScaled(x[i], 0, columns, -upper[i][j], x[j]);
        }
        divide(x[i], 0, columns, upper[i][i]);
      }
    }
  }

  /// T⁻¹ of a triangle of n rows.
  public static double[] inverse(double[] triangle, int n, boolean upper) {
    double[][] t = DenseMatrix.rows(triangle, n, n);
    double[][] x = DenseMatrix.rows(DenseMatrix.identity(n), n, n);
    if (upper) {
      solveUpper(t, x, n);
    } else {
      solveLower(t, 0, false, x, 0, n);
    }
    return DenseMatrix.flat(x, n);
  }

  static void divide(double[] x, int begin, int end, double divisor) {
    for (int j = begin; j < end; j++) {
      x[j] /= divisor;
    }
  }

  /// The rows from `first` to `last`, exclusively: the same arrays.
  static double[][] part(double[][] rows, int first, int last) {
    return Arrays.copyOfRange(rows, first, last);
  }
}
