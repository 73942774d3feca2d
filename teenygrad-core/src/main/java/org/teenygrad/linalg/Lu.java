package org.teenygrad.linalg;

import java.util.stream.IntStream;

/// A matrix as a lower times an upper triangle, rows exchanged so that the largest pivot is taken.
public final class Lu {
  private final double[] lu;
  private final int n;
  private final int[] order;
  private final int[] pivots;
  private double sign = 1;
  private int firstZero;

  public Lu(double[] matrix, int n) {
    this(matrix, n, n);
  }

  public Lu(double[] matrix, int rows, int columns) {
    n = columns;
    lu = matrix.clone();
    order = IntStream.range(0, rows).toArray();
    pivots = new int[Math.min(rows, columns)];
    for (int k = 0; k < pivots.length; k++) {
      int pivot = k;
      for (int i = k + 1; i < rows; i++) {
        pivot = Math.abs(lu[i * n + k]) > Math.abs(lu[pivot * n + k]) ? i : pivot;
      }
      pivots[k] = pivot;
      if (pivot != k) {
        exchange(pivot, k);
      }
      double top = lu[k * n + k];
      if (top == 0) {
        firstZero = firstZero == 0 ? k + 1 : firstZero;
        continue;
      }
      for (int i = k + 1; i < rows; i++) {
        double factor = lu[i * n + k] /= top;
        for (int j = k + 1; j < n; j++) {
          lu[i * n + j] -= factor * lu[k * n + j];
        }
      }
    }
  }

  private void exchange(int a, int b) {
    for (int j = 0; j < n; j++) {
      double x = lu[a * n + j];
      lu[a * n + j] = lu[b * n + j];
      lu[b * n + j] = x;
    }
    int row = order[a];
    order[a] = order[b];
    order[b] = row;
    sign = -sign;
  }

  public boolean singular() {
    return firstZero > 0;
  }

  /// Both triangles in one matrix; the lower one's diagonal of ones is left out.
  public double[] both() {
    return lu.clone();
  }

  /// For each step, with which row the step's own was exchanged.
  public int[] pivots() {
    return pivots.clone();
  }

  /// For each row of the triangles' product, which row of the matrix it is.
  public int[] order() {
    return order.clone();
  }

  /// The number of the first pivot that is 0, from 1 on; 0 if there is none.
  public int firstZero() {
    return firstZero;
  }

  /// 1 or -1 as the determinant has it, 0 if that is 0.
  public double sign() {
    return singular() ? 0 : IntStream.range(0, n).mapToDouble(i -> Math.signum(lu[i * n + i])).reduce(sign, (x, y) -> x * y);
  }

  /// The logarithm of the determinant's size.
  public double logDeterminant() {
    return IntStream.range(0, n).mapToDouble(i -> Math.log(Math.abs(lu[i * n + i]))).sum();
  }

  public double determinant() {
    double product = sign;
    for (int i = 0; i < n; i++) {
      product *= lu[i * n + i];
    }
    return product;
  }

  /// X (n, k) with A X = B.
  public double[] solve(double[] b, int k) {
    double[] x = new double[n * k];
    for (int i = 0; i < n; i++) {
      System.arraycopy(b, order[i] * k, x, i * k, k);
      for (int j = 0; j < i; j++) {
        subtract(x, k, i, j, lu[i * n + j]);
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int j = i + 1; j < n; j++) {
        subtract(x, k, i, j, lu[i * n + j]);
      }
      for (int c = 0; c < k; c++) {
        x[i * k + c] /= lu[i * n + i];
      }
    }
    return x;
  }

  private static void subtract(double[] x, int k, int row, int other, double factor) {
    for (int c = 0; c < k; c++) {
      x[row * k + c] -= factor * x[other * k + c];
    }
  }
}
