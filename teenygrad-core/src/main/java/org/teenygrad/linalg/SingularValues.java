package org.teenygrad.linalg;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// The singular value decomposition, and what follows from it: of small matrices by [Jacobi], of others by [Bidiagonal].
public final class SingularValues {
  /// Columns up to which rotations of whole columns are as fast, and small values have all of their digits.
  private static final int SMALL = 32;

  private SingularValues() {}

  /// Singular values (descending, n), U (m, n) and V (n, n) of an m x n matrix with m >= n. Those of a tall matrix are those of its
  /// triangle.
  /// @throws IllegalArgumentException if the matrix holds NaN or infinities
  public static List<double[]> svd(double[] matrix, int m, int n) {
    double largest = 0;
    for (double x : matrix) {
      largest = Math.max(largest, Math.abs(x)); // NaN if one is
    }
    if (!Double.isFinite(largest)) {
      throw new IllegalArgumentException("svd: a matrix holds NaN or infinities");
    }
    if (m > n) {
      Householder qr = new Householder(matrix, m, n);
      List<double[]> inner = svd(qr.r(), n, n);
      return List.of(inner.get(0), DenseMatrix.product(qr.q(), inner.get(1), m, n, n), inner.get(2));
    }
    double unit = largest == 0 ? 1 : largest; // no square overflows or vanishes
    double[][] rows = DenseMatrix.rows(matrix, n, n);
    for (double[] row : rows) {
      Triangular.divide(row, 0, n, unit);
    }
    SingularVectors found = n <= SMALL ? Jacobi.svd(DenseMatrix.flipped(rows, 0, n)) : Bidiagonal.svd(rows);
    double[] values = Arrays.stream(found.values()).map(value -> value * unit).toArray();
    return List.of(values, columns(found.u()), columns(found.v()));
  }

  private static double[] columns(double[][] vectors) {
    int n = vectors.length;
    return DenseMatrix.flat(DenseMatrix.flipped(vectors, 0, n), n);
  }

  /// The pseudo-inverse (n, m) of an m x n matrix: singular values up to a bound, or to a part of the largest, count as zero.
  public static double[] pseudoInverse(double[] matrix, int m, int n, double absolute, double relative) {
    if (m < n) {
      return DenseMatrix.transposed(pseudoInverse(DenseMatrix.transposed(matrix, m, n), n, m, absolute, relative), m, n);
    }
    List<double[]> svd = svd(matrix, m, n);
    double[] s = svd.get(0);
    return scaledProduct(svd, m, n, i -> s[i] > Math.max(absolute, relative * s[0]) ? 1 / s[i] : 0);
  }

  /// The transposed matrix of cofactors of a square matrix: the determinant times the inverse, where there is one.
  public static double[] adjugate(double[] matrix, int n) {
    List<double[]> svd = svd(matrix, n, n);
    double[] s = svd.get(0);
    double sign = new Lu(svd.get(1), n).determinant() * new Lu(svd.get(2), n).determinant();
    return scaledProduct(
        svd, n, n, i -> sign * IntStream.range(0, n).filter(j -> j != i).mapToDouble(j -> s[j]).reduce(1, (x, y) -> x * y));
  }

  /// V diag(f) Uᵀ.
  private static double[] scaledProduct(List<double[]> svd, int m, int n, IntToDoubleFunction f) {
    double[] scaled = svd.get(2).clone();
    for (int j = 0; j < n; j++) {
      double factor = f.applyAsDouble(j);
      for (int i = 0; i < n; i++) {
        scaled[i * n + j] *= factor;
      }
    }
    return DenseMatrix.product(scaled, DenseMatrix.transposed(svd.get(1), m, n), n, n, m);
  }
}
