package org.teenygrad.blas;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// The values that netlib's test programs go through (`sblat2.in`, `sblat3.in`), dense matrices, and their products in double.
final class Grid {
  static final int[] SIZES = {0, 1, 2, 3, 5, 9};
  static final int[] BANDS = {0, 1, 2, 4};
  static final int[] INCREMENTS = {1, 2, -1, -2};
  static final double[] ALPHAS = {0, 1, 0.7};
  static final double[] BETAS = {0, 1, 1.3};
  static final double[] BETAS_OF_VECTORS = {0, 1, 0.9};
  static final char[] TRANS = {'N', 'T', 'C'};
  static final char[] UPLO = {'U', 'L'};
  static final char[] DIAG = {'U', 'N'};
  static final char[] SIDE = {'L', 'R'};
  static final List<Call> BOTH = List.of(new Call('s'), new Call('d'));

  /// What errors netlib accepts, in its unit.
  static final double MOST = 16;

  private Grid() {}

  /// @param call in whose precision the numbers are
  static double[][] dense(Random random, Call call, int rows, int columns) {
    double[][] dense = new double[rows][columns];
    for (double[] row : dense) {
      for (int j = 0; j < columns; j++) {
        row[j] = call.rounded(random.nextDouble() - 0.5);
      }
    }
    return dense;
  }

  static double[] vector(Random random, Call call, int n) {
    double[] vector = new double[n];
    for (int i = 0; i < n; i++) {
      vector[i] = call.rounded(random.nextDouble() - 0.5);
    }
    return vector;
  }

  /// A triangle, of a band of k diagonals besides the main one; one that can be divided by.
  static double[][] triangular(Random random, Call call, int n, int k, boolean upper, boolean unit) {
    double[][] dense = dense(random, call, n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double value = i == j ? unit ? 1 : 1 + dense[i][j] : upper == i < j && Math.abs(i - j) <= k ? dense[i][j] / 8 : 0;
        dense[i][j] = call.rounded(value);
      }
    }
    return dense;
  }

  static double[][] symmetric(Random random, Call call, int n, int k) {
    double[][] dense = dense(random, call, n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        dense[i][j] = i - j <= k ? dense[i][j] : 0;
        dense[j][i] = dense[i][j];
      }
    }
    return dense;
  }

  static double[][] flipped(double[][] dense, int rows, int columns) {
    double[][] flipped = new double[columns][rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        flipped[j][i] = dense[i][j];
      }
    }
    return flipped;
  }

  static double[][] magnitudes(double[][] dense) {
    double[][] magnitudes = new double[dense.length][];
    for (int i = 0; i < dense.length; i++) {
      magnitudes[i] = Arrays.stream(dense[i]).map(Math::abs).toArray();
    }
    return magnitudes;
  }

  static double[][] column(double[] vector) {
    double[][] column = new double[vector.length][];
    Arrays.setAll(column, i -> new double[] {vector[i]});
    return column;
  }

  /// alpha A B + beta C of (m, k), (k, n) and (m, n), where beta 0 means without C.
  static double[][] product(int m, int n, int k, double alpha, double[][] a, double[][] b, double beta, double[][] c) {
    double[][] product = new double[m][n];
    for (int i = 0; i < m; i++) {
      for (int l = 0; l < k; l++) {
        for (int j = 0; j < n; j++) {
          product[i][j] += alpha * a[i][l] * b[l][j];
        }
      }
      for (int j = 0; j < n; j++) {
        product[i][j] += beta == 0 ? 0 : beta * c[i][j];
      }
    }
    return product;
  }
}
