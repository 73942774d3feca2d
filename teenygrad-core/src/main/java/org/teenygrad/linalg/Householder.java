package org.teenygrad.linalg;

import java.util.Arrays;

/// The QR factors of an m x n matrix by Householder's reflections.
///
/// Inner products are summed as if in twice the precision and rounded once (Ogita, Rump and Oishi, 2005), and solutions
/// are refined once, so that what limits least squares is the condition of the problem, not the number of rows.
public final class Householder {
  private final double[] matrix;
  private final double[] r; // the triangle, and the reflections' vectors below it
  private final double[] diagonal;
  private final double[] scale; // 2 / vᵀv of each reflection
  private final int m;
  private final int n;

  public Householder(double[] matrix, int m, int n) {
    this.m = m;
    this.n = n;
    this.matrix = matrix;
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
      reflect(k, r, n, k + 1);
    }
  }

  /// The columns of a matrix of `width` columns from `begin` on, reflected: row by row, as they lie in memory.
  private void reflect(int k, double[] x, int width, int begin) {
    double[] dots = new double[width];
    double[] errors = new double[width];
    for (int i = k; i < m; i++) {
      accumulate(dots, errors, begin, r[i * n + k], x, i * width);
    }
    for (int j = begin; j < width; j++) {
      dots[j] = (dots[j] + errors[j]) * scale[k];
    }
    for (int i = k; i < m; i++) {
      double v = -r[i * n + k];
      for (int j = begin; j < width; j++) {
        x[i * width + j] = Math.fma(v, dots[j], x[i * width + j]);
      }
    }
  }

  /// Adds v times a row of x to the sums from `begin` on, and to `errors` what rounding takes from products and sums.
  private static void accumulate(double[] sums, double[] errors, int begin, double v, double[] x, int row) {
    for (int j = begin; j < sums.length; j++) {
      double product = v * x[row + j];
      double sum = sums[j] + product;
      double added = sum - sums[j];
      errors[j] += (sums[j] - (sum - added)) + (product - added) + Math.fma(v, x[row + j], -product);
      sums[j] = sum;
    }
  }

  /// Whether an element of R's diagonal is no more than that part of the largest.
  public boolean rankDeficient(double tolerance) {
    double largest = Arrays.stream(diagonal).map(Math::abs).max().orElse(0);
    return Arrays.stream(diagonal).anyMatch(d -> Math.abs(d) <= tolerance * largest);
  }

  /// The first min(m, n) columns of Q.
  public double[] q() {
    int k = diagonal.length;
    double[] q = new double[m * k];
    for (int j = 0; j < k; j++) {
      q[j * k + j] = 1;
    }
    for (int step = k - 1; step >= 0; step--) {
      if (scale[step] != 0) {
        reflect(step, q, k, step);
      }
    }
    return q;
  }

  /// The triangle (min(m, n), n).
  public double[] r() {
    double[] result = new double[diagonal.length * n];
    for (int i = 0; i < diagonal.length; i++) {
      result[i * n + i] = diagonal[i];
      System.arraycopy(r, i * n + i + 1, result, i * n + i + 1, n - i - 1);
    }
    return result;
  }

  /// X (n, k) with R X = the first n rows of b.
  public double[] solveUpper(double[] b, int k) {
    double[] x = Arrays.copyOf(b, n * k);
    for (int i = n - 1; i >= 0; i--) {
      for (int j = i + 1; j < n; j++) {
        for (int c = 0; c < k; c++) {
          x[i * k + c] -= r[i * n + j] * x[j * k + c];
        }
      }
      for (int c = 0; c < k; c++) {
        x[i * k + c] /= diagonal[i];
      }
    }
    return x;
  }

  /// X (n, k) that makes |A X - B| least.
  public double[] leastSquares(double[] b, int k) {
    double[] x = leastReflected(b.clone(), k);
    double[] correction = leastReflected(residual(b, x, k), k);
    for (int i = 0; i < x.length; i++) {
      x[i] += Double.isFinite(correction[i]) ? correction[i] : 0; // products of the residual may overflow where those of x did not
    }
    return x;
  }

  private double[] leastReflected(double[] b, int k) {
    for (int step = 0; step < diagonal.length; step++) {
      if (scale[step] != 0) {
        reflect(step, b, k, 0);
      }
    }
    return solveUpper(b, k);
  }

  /// B - A X (m, k).
  private double[] residual(double[] b, double[] x, int k) {
    double[] residual = new double[m * k];
    for (int i = 0; i < m; i++) {
      double[] sums = Arrays.copyOfRange(b, i * k, (i + 1) * k);
      double[] errors = new double[k];
      for (int j = 0; j < n; j++) {
        accumulate(sums, errors, 0, -matrix[i * n + j], x, j * k);
      }
      for (int c = 0; c < k; c++) {
        residual[i * k + c] = sums[c] + errors[c];
      }
    }
    return residual;
  }
}
