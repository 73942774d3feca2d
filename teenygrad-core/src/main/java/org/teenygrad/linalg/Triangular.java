package org.teenygrad.linalg;

/// Equations with triangular matrices and many right-hand sides: half of the rows are solved for, then taken from the others
/// (LAPACK's `trsm`).
public final class Triangular {
  /// Rows that are no longer halved.
  private static final int SMALL = 8;

  private Triangular() {}

  /// Solves L X = B, where L is a lower triangle and B becomes X.
  /// @param unit whether the diagonal is 1 and not looked at
  static void solveLower(Matrix lower, boolean unit, Matrix x) {
    int n = x.rows;
    if (n <= SMALL) {
      for (int i = 0; i < n; i++) {
        Gemm.add(x.part(i, i + 1), -1, lower.part(i, i + 1, 0, i), x.part(0, i));
        if (!unit) {
          x.divideRow(i, 0, lower.get(i, i));
        }
      }
      return;
    }
    int middle = n / 2;
    solveLower(lower.part(0, middle, 0, middle), unit, x.part(0, middle));
    Gemm.add(x.part(middle, n), -1, lower.part(middle, n, 0, middle), x.part(0, middle));
    solveLower(lower.part(middle, n, middle, n), unit, x.part(middle, n));
  }

  /// Solves U X = B, where B becomes X.
  static void solveUpper(Matrix upper, Matrix x) {
    int n = x.rows;
    if (n <= SMALL) {
      for (int i = n - 1; i >= 0; i--) {
        Gemm.add(x.part(i, i + 1), -1, upper.part(i, i + 1, i + 1, n), x.part(i + 1, n));
        x.divideRow(i, 0, upper.get(i, i));
      }
      return;
    }
    int middle = n / 2;
    solveUpper(upper.part(middle, n, middle, n), x.part(middle, n));
    Gemm.add(x.part(0, middle), -1, upper.part(0, middle, middle, n), x.part(middle, n));
    solveUpper(upper.part(0, middle, 0, middle), x.part(0, middle));
  }

  /// Writes T⁻¹ of a triangle.
  public static void inverse(Matrix triangle, boolean upper, Matrix inverse) {
    try (Workspace workspace = new Workspace()) {
      Matrix x = workspace.identity(triangle.rows);
      if (upper) {
        solveUpper(triangle, x);
      } else {
        solveLower(triangle, false, x);
      }
      inverse.set(x);
    }
  }
}
