package org.teenygrad.linalg;

import java.util.Arrays;

/// What every factorization needs of matrices: plain arrays in row-major order outside, an array for each row within.
public final class DenseMatrix {
  /// Rows and columns of a block that is transposed at once, so that lines of the cache are used whole.
  private static final int TILE = 16;

  private DenseMatrix() {}

  /// (m, k) times (k, n).
  public static double[] product(double[] a, double[] b, int m, int k, int n) {
    double[][] result = new double[m][n];
    Gemm.add(result, 0, n, 1, rows(a, m, k), 0, rows(b, k, n));
    return flat(result, n);
  }

  /// Aᵀ of an m x n matrix.
  public static double[] transposed(double[] a, int m, int n) {
    double[] result = new double[m * n];
    for (int first = 0; first < m; first += TILE) {
      int last = Math.min(first + TILE, m);
      for (int j = 0; j < n; j++) {
        for (int i = first; i < last; i++) {
          result[j * m + i] = a[i * n + j];
        }
      }
    }
    return result;
  }

  /// The columns `begin` to `end`, exclusively, of a matrix with as many rows and columns as said.
  public static double[] columns(double[] matrix, int rows, int columns, int begin, int end) {
    int width = end - begin;
    double[] result = new double[rows * width];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(matrix, i * columns + begin, result, i * width, width);
    }
    return result;
  }

  /// The n x n matrix of ones on the diagonal.
  public static double[] identity(int n) {
    double[] result = new double[n * n];
    for (int i = 0; i < n; i++) {
      result[i * n + i] = 1;
    }
    return result;
  }

  /// An array for each row of an m x n matrix.
  static double[][] rows(double[] matrix, int m, int n) {
    double[][] rows = new double[m][];
    for (int i = 0; i < m; i++) {
      rows[i] = Arrays.copyOfRange(matrix, i * n, (i + 1) * n);
    }
    return rows;
  }

  /// The first n columns of rows, one after the other.
  static double[] flat(double[][] rows, int n) {
    double[] matrix = new double[rows.length * n];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, matrix, i * n, n);
    }
    return matrix;
  }

  /// The columns `begin` to `end`, exclusively, of all rows, as rows.
  static double[][] flipped(double[][] rows, int begin, int end) {
    double[][] columns = new double[end - begin][rows.length];
    for (int first = 0; first < rows.length; first += TILE) {
      int last = Math.min(first + TILE, rows.length);
      for (int j = begin; j < end; j++) {
        double[] column = columns[j - begin];
        for (int i = first; i < last; i++) {
          column[i] = rows[i][j];
        }
      }
    }
    return columns;
  }
}
