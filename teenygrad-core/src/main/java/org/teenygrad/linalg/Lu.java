package org.teenygrad.linalg;

/// A square matrix as a lower times an upper triangle, rows exchanged so that the largest pivot is taken.
public final class Lu {
  private final double[] lu;
  private final int n;
  private final int[] order;
  private double sign = 1;
  private boolean singular;

  public Lu(double[] matrix, int n) {
    this.n = n;
    lu = matrix.clone();
    order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k + 1; i < n; i++) {
        pivot = Math.abs(lu[i * n + k]) > Math.abs(lu[pivot * n + k]) ? i : pivot;
      }
      if (pivot != k) {
        exchange(pivot, k);
      }
      double top = lu[k * n + k];
      if (top == 0) {
        singular = true;
        continue;
      }
      for (int i = k + 1; i < n; i++) {
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
    return singular;
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
