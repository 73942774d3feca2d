package org.teenygrad.linalg;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// The singular value decomposition, and what follows from it: of small matrices by [Jacobi], of others by [Bidiagonal].
public final class SingularValues {
  /// Columns up to which rotations of whole columns are as fast, and small values have all of their digits.
  private static final int SMALL = 32;

  private SingularValues() {}

  /// Writes singular values (descending, n), U (m, n) and V (n, n) of an m x n matrix with m >= n. Those of a tall matrix are those of its
  /// triangle.
  /// @throws IllegalArgumentException if the matrix holds NaN or infinities
  public static void svd(Matrix matrix, Matrix values, Matrix u, Matrix v) {
    double largest = matrix.largest();
    if (!Double.isFinite(largest)) {
      throw new IllegalArgumentException("svd: a matrix holds NaN or infinities");
    }
    int n = matrix.columns;
    try (Workspace workspace = new Workspace()) {
      if (matrix.rows > n) {
        try (Householder qr = new Householder(matrix)) {
          Matrix triangle = workspace.matrix(n, n);
          qr.r(triangle);
          Matrix inner = workspace.matrix(n, n);
          svd(triangle, values, inner, v);
          qr.multiply(inner, u);
        }
        return;
      }
      double unit = largest == 0 ? 1 : largest; // no square overflows or vanishes
      Matrix scaled = workspace.copy(matrix);
      for (int i = 0; i < n; i++) {
        scaled.divideRow(i, 0, unit);
      }
      if (n <= SMALL) {
        Jacobi.svd(scaled, values, u, v);
      } else {
        Bidiagonal.svd(workspace, scaled, values, u, v);
      }
      values.scale(unit);
    }
  }

  /// The factors of one matrix, for as long as a computation goes on.
  private record Svd(Workspace workspace, Matrix values, Matrix u, Matrix v) {
    static Svd of(Workspace workspace, Matrix matrix) {
      int n = matrix.columns;
      Svd svd = new Svd(workspace, workspace.matrix(1, n), workspace.matrix(matrix.rows, n), workspace.matrix(n, n));
      svd(matrix, svd.values, svd.u, svd.v);
      return svd;
    }

    /// Writes V diag(f) Uᵀ.
    void product(IntToDoubleFunction f, Matrix result) {
      int n = v.rows;
      Matrix scaled = workspace.matrix(n, n);
      for (int j = 0; j < n; j++) {
        double factor = f.applyAsDouble(j);
        for (int i = 0; i < n; i++) {
          scaled.set(i, j, v.get(i, j) * factor);
        }
      }
      result.clear();
      Gemm.addInner(result, 1, scaled, u);
    }
  }

  /// Writes the pseudo-inverse (n, m) of an m x n matrix: singular values up to a bound, or to a part of the largest, count as zero.
  public static void pseudoInverse(Matrix matrix, double absolute, double relative, Matrix inverse) {
    try (Workspace workspace = new Workspace()) {
      if (matrix.rows < matrix.columns) {
        Matrix turned = workspace.matrix(matrix.rows, matrix.columns);
        pseudoInverse(workspace.transposed(matrix), absolute, relative, turned);
        turned.transposeTo(inverse);
        return;
      }
      Svd svd = Svd.of(workspace, matrix);
      Matrix s = svd.values;
      svd.product(i -> s.get(0, i) > Math.max(absolute, relative * s.get(0, 0)) ? 1 / s.get(0, i) : 0, inverse);
    }
  }

  /// Writes the shortest X that makes |A X - B| least; singular values up to a part of the largest count as zero.
  public static void leastSquares(Matrix a, Matrix b, double relative, Matrix x) {
    try (Workspace workspace = new Workspace()) {
      Matrix inverse = workspace.matrix(a.columns, a.rows);
      pseudoInverse(a, 0, relative, inverse);
      x.clear();
      Gemm.add(x, 1, inverse, b);
    }
  }

  /// Writes the transposed matrix of cofactors of a square matrix: the determinant times the inverse, where there is one.
  public static void adjugate(Matrix matrix, Matrix result) {
    int n = matrix.rows;
    try (Workspace workspace = new Workspace()) {
      Svd svd = Svd.of(workspace, matrix);
      double sign = determinant(svd.u) * determinant(svd.v);
      Matrix s = svd.values;
      svd.product(i -> sign * IntStream.range(0, n).filter(j -> j != i).mapToDouble(j -> s.get(0, j)).reduce(1, (x, y) -> x * y), result);
    }
  }

  private static double determinant(Matrix matrix) {
    try (Lu lu = new Lu(matrix)) {
      return lu.determinant();
    }
  }
}
