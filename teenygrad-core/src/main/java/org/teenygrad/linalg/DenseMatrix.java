package org.teenygrad.linalg;

import java.util.stream.IntStream;

/// What every factorization needs of matrices that are plain arrays in row-major order.
public final class DenseMatrix {
  private DenseMatrix() {}

  /// (m, k) times (k, n).
  public static double[] product(double[] a, double[] b, int m, int k, int n) {
    double[] result = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int inner = 0; inner < k; inner++) {
        double factor = a[i * k + inner];
        for (int j = 0; j < n; j++) {
          result[i * n + j] += factor * b[inner * n + j];
        }
      }
    }
    return result;
  }

  /// Aᵀ of an m x n matrix.
  public static double[] transposed(double[] a, int m, int n) {
    return IntStream.range(0, m * n).mapToDouble(i -> a[i % m * n + i / m]).toArray();
  }

  /// The columns `begin` to `end`, exclusively, of a matrix with as many rows and columns as said.
  public static double[] columns(double[] matrix, int rows, int columns, int begin, int end) {
    int width = end - begin;
    return IntStream.range(0, rows * width).mapToDouble(i -> matrix[i / width * columns + begin + i % width]).toArray();
  }

  /// The n x n matrix of ones on the diagonal.
  public static double[] identity(int n) {
    return IntStream.range(0, n * n).mapToDouble(i -> i / n == i % n ? 1 : 0).toArray();
  }
}
