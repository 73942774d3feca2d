package org.teenygrad;

/// The QR factors of an m x n matrix by Householder's reflections.
final class Householder {
  private final double[] r; // the triangle, and the reflections' vectors below it
  private final double[] diagonal;
  private final double[] scale; // 2 / vᵀv of each reflection
  private final int m;
  private final int n;

  Householder(double[] matrix, int m, int n) {
    this.m = m;
    this.n = n;
    r = matrix.clone();
    int steps = Math.min(m, n);
    diagonal = new double[steps];
    scale = new double[steps];
    for (int k = 0; k < steps; k++) {
      double largest = 0;
      for (int i = k; i < m; i++) {
        largest = Math.max(largest, Math.abs(r[i * n + k]));
      }
      double squares = 0;
      for (int i = k; i < m && largest > 0; i++) {
        double part = r[i * n + k] / largest;
        squares += part * part;
      }
      double norm = Math.sqrt(squares) * largest;
      double head = r[k * n + k];
      diagonal[k] = head > 0 ? -norm : norm;
      if (norm == 0 || k == m - 1) {
        diagonal[k] = head;
        continue; // nothing to reflect
      }
      r[k * n + k] = head - diagonal[k];
      scale[k] = 1 / (norm * (norm + Math.abs(head)));
      for (int j = k + 1; j < n; j++) {
        reflect(k, r, n, j);
      }
    }
  }

  /// Column j of a matrix of `width` columns, reflected.
  private void reflect(int k, double[] x, int width, int j) {
    double dot = 0;
    for (int i = k; i < m; i++) {
      dot += r[i * n + k] * x[i * width + j];
    }
    dot *= scale[k];
    for (int i = k; i < m && dot != 0; i++) {
      x[i * width + j] -= dot * r[i * n + k];
    }
  }

  boolean rankDeficient() {
    for (double d : diagonal) {
      if (d == 0) {
        return true;
      }
    }
    return false;
  }

  /// The first min(m, n) columns of Q.
  double[] q() {
    int k = diagonal.length;
    double[] q = new double[m * k];
    for (int j = 0; j < k; j++) {
      q[j * k + j] = 1;
      for (int step = k - 1; step >= 0; step--) {
        reflect(step, q, k, j);
      }
    }
    return q;
  }

  /// The triangle (min(m, n), n).
  double[] r() {
    double[] result = new double[diagonal.length * n];
    for (int i = 0; i < diagonal.length; i++) {
      result[i * n + i] = diagonal[i];
      System.arraycopy(r, i * n + i + 1, result, i * n + i + 1, n - i - 1);
    }
    return result;
  }

  /// X (n, k) with R X = the first n rows of b.
  double[] solveUpper(double[] b, int k) {
    double[] x = new double[n * k];
    for (int c = 0; c < k; c++) {
      for (int i = n - 1; i >= 0; i--) {
        double sum = b[i * k + c];
        for (int j = i + 1; j < n; j++) {
          sum -= r[i * n + j] * x[j * k + c];
        }
        x[i * k + c] = sum / diagonal[i];
      }
    }
    return x;
  }

  /// X (n, k) that makes |A X - B| least.
  double[] leastSquares(double[] b, int k) {
    double[] turned = b.clone();
    for (int c = 0; c < k; c++) {
      for (int step = 0; step < diagonal.length; step++) {
        reflect(step, turned, k, c);
      }
    }
    return solveUpper(turned, k);
  }
}
