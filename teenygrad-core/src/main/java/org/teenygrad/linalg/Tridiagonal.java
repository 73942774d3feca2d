package org.teenygrad.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Eigenvalues and eigenvectors of a symmetric matrix: reflections make it tridiagonal, and rotations with Wilkinson's shift make
/// that diagonal (Golub and Van Loan, Matrix Computations, 8.3).
public final class Tridiagonal {
  private static final double EPSILON = 0x1p-53;
  private static final int STEPS_PER_VALUE = 50;

  private final int n;
  private final double[][] a;
  private final double[][] vectors; // as rows
  private final double[] diagonal;
  private final double[] beside;

  private Tridiagonal(double[][] a) {
    this.a = a;
    n = a.length;
    vectors = new double[n][n];
    diagonal = new double[n];
    beside = new double[n];
  }

  /// Eigenvalues (ascending) and eigenvectors (columns) of the symmetric matrix with this lower triangle.
  public static List<double[]> eigen(double[] matrix, int n) {
    double[][] a = new double[n][n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        largest = Math.max(largest, Math.abs(matrix[i * n + j]));
      }
    }
    double unit = largest == 0 ? 1 : largest; // neither squares nor their sums overflow
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i][j] = matrix[i * n + j] / unit;
        a[j][i] = a[i][j];
      }
      Jacobi.requireFinite("eigh", a[i]);
    }
    Tridiagonal found = new Tridiagonal(a);
    found.reduce();
    found.diagonalize();
    int[] order =
        IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> found.diagonal[i])).mapToInt(i -> i).toArray();
    double[] values = Arrays.stream(order).mapToDouble(i -> found.diagonal[i] * unit).toArray();
    return List.of(values, Jacobi.rows(Arrays.stream(order).mapToObj(i -> found.vectors[i]).toArray(double[][]::new)));
  }

  /// T = H A H, one reflection a column; each is kept in its row of `a`, where it leaves a zero.
  private void reduce() {
    double[] scale = new double[n];
    for (int k = 0; k + 2 < n; k++) {
      double[] v = new double[n];
      System.arraycopy(a[k], k + 1, v, k + 1, n - k - 1);
      double norm = Math.sqrt(Jacobi.dot(v, v));
      double head = v[k + 1];
      beside[k] = head > 0 ? -norm : norm;
      if (norm > 0) {
        v[k + 1] = head - beside[k];
        scale[k] = 1 / (norm * (norm + Math.abs(head)));
        reflectBothSides(k, v, scale[k]);
      }
      a[k] = changed(a[k], v, k + 1);
    }
    for (int i = 0; i < n; i++) {
      diagonal[i] = a[i][i];
      vectors[i][i] = 1;
    }
    if (n > 1) {
      beside[n - 2] = a[n - 1][n - 2];
    }
    for (int k = n - 3; k >= 0; k--) {
      accumulate(k, scale[k]);
    }
  }

  /// The row up to `begin`, then the reflection's vector.
  private static double[] changed(double[] row, double[] v, int begin) {
    double[] both = v.clone();
    System.arraycopy(row, 0, both, 0, begin);
    return both;
  }

  /// A - v wᵀ - w vᵀ for the part behind k.
  private void reflectBothSides(int k, double[] v, double scale) {
    double[] w = new double[n];
    double along = 0;
    for (int i = k + 1; i < n; i++) {
      double sum = 0;
      for (int j = k + 1; j < n; j++) {
        sum += a[i][j] * v[j];
      }
      w[i] = scale * sum;
      along += w[i] * v[i];
    }
    for (int i = k + 1; i < n; i++) {
      w[i] -= scale * along / 2 * v[i];
    }
    for (int i = k + 1; i < n; i++) {
      double left = v[i];
      double right = w[i];
      for (int j = k + 1; j < n; j++) {
        a[i][j] -= left * w[j] + right * v[j];
      }
    }
  }

  /// The vectors so far, which are those of the part behind k, reflected.
  private void accumulate(int k, double scale) {
    double[] v = a[k];
    for (int i = k + 1; i < n; i++) {
      double[] row = vectors[i];
      double dot = 0;
      for (int j = k + 1; j < n; j++) {
        dot += row[j] * v[j];
      }
      dot *= scale;
      for (int j = k + 1; j < n; j++) {
        row[j] -= dot * v[j];
      }
    }
  }

  private void diagonalize() {
    int end = n - 1;
    for (int steps = 0; end > 0; steps++) {
      if (vanishes(end - 1)) {
        end--;
        continue;
      }
      if (steps > STEPS_PER_VALUE * n) {
        throw new IllegalArgumentException("eigh: the rotations do not converge");
      }
      int start = end - 1;
      while (start > 0 && !vanishes(start - 1)) {
        start--;
      }
      step(start, end);
    }
  }

  private boolean vanishes(int i) {
    return Math.abs(beside[i]) <= EPSILON * (Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1])) + Double.MIN_NORMAL;
  }

  /// One implicit step with the eigenvalue of the last 2 x 2 block that is nearer to its end.
  private void step(int start, int end) {
    double half = (diagonal[end - 1] - diagonal[end]) / 2;
    double off = beside[end - 1];
    double shift = diagonal[end] - off / (half + Math.copySign(Math.hypot(half, off), half)) * off;
    double x = diagonal[start] - shift;
    double z = beside[start];
    for (int k = start; k < end; k++) {
      double length = Math.hypot(x, z);
      double c = length == 0 ? 1 : x / length;
      double s = length == 0 ? 0 : z / length;
      if (k > start) {
        beside[k - 1] = length;
      }
      double upper = diagonal[k];
      double lower = diagonal[k + 1];
      double between = beside[k];
      diagonal[k] = c * c * upper + 2 * c * s * between + s * s * lower;
      diagonal[k + 1] = s * s * upper - 2 * c * s * between + c * c * lower;
      beside[k] = c * s * (lower - upper) + (c * c - s * s) * between;
      x = beside[k];
      if (k + 1 < end) {
        z = s * beside[k + 1];
        beside[k + 1] *= c;
      }
      rotate(vectors[k], vectors[k + 1], c, s);
    }
  }

  private static void rotate(double[] x, double[] y, double c, double s) {
    for (int i = 0; i < x.length; i++) {
      double first = x[i];
      double second = y[i];
      x[i] = c * first + s * second;
      y[i] = c * second - s * first;
    }
  }
}
