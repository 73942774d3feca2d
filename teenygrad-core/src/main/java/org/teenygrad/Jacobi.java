package org.teenygrad;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Spectra by plane rotations, which are slow for large matrices and accurate for all.
final class Jacobi {
  private static final int SWEEPS = 60;

  private Jacobi() {}

  /// Singular values (descending, n), U (m, n) and V (n, n) of an m x n matrix with m >= n: columns are turned against each other until they
  /// are orthogonal.
  static List<double[]> svd(double[] matrix, int m, int n) {
    double[] u = matrix.clone();
    double[] v = Equations.identity(n);
    boolean turned = true;
    for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
      turned = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          double a = dot(u, m, n, p, p);
          double b = dot(u, m, n, q, q);
          double c = dot(u, m, n, p, q);
          if (Math.abs(c) > 1e-16 * Math.sqrt(a * b)) {
            turned = true;
            double zeta = (b - a) / (2 * c);
            double t = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
            rotate(u, m, n, p, q, t);
            rotate(v, n, n, p, q, t);
          }
        }
      }
    }
    double[] lengths = IntStream.range(0, n).mapToDouble(j -> Math.sqrt(dot(u, m, n, j, j))).toArray();
    int[] order = order(lengths, true);
    double[] values = Arrays.stream(order).mapToDouble(j -> lengths[j]).toArray();
    double[] left = sorted(u, m, n, order);
    for (int j = 0; j < n; j++) {
      complete(left, m, n, j, values[j], values.length == 0 ? 0 : values[0]);
    }
    return List.of(values, left, sorted(v, n, n, order));
  }

  /// Column j to length 1; if it vanishes, to something orthogonal to all before it.
  private static void complete(double[] u, int m, int n, int j, double length, double largest) {
    if (length > 1e-15 * largest) {
      for (int i = 0; i < m; i++) {
        u[i * n + j] /= length;
      }
      return;
    }
    double best = 0;
    for (int axis = 0; axis < m && best < 0.1; axis++) {
      for (int i = 0; i < m; i++) {
        u[i * n + j] = i == axis ? 1 : 0;
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int other = 0; other < j; other++) {
          double dot = dot(u, m, n, other, j);
          for (int i = 0; i < m; i++) {
            u[i * n + j] -= dot * u[i * n + other];
          }
        }
      }
      best = Math.sqrt(dot(u, m, n, j, j));
      for (int i = 0; i < m && best > 0; i++) {
        u[i * n + j] /= best;
      }
    }
  }

  /// Eigenvalues (ascending) and eigenvectors (columns) of the symmetric matrix with this lower triangle.
  static List<double[]> eigen(double[] matrix, int n) {
    double[] a = IntStream.range(0, n * n)
        .mapToDouble(i -> matrix[Math.max(i / n, i % n) * n + Math.min(i / n, i % n)])
        .toArray();
    double[] v = Equations.identity(n);
    boolean turned = true;
    for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
      turned = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          double c = a[p * n + q];
          if (Math.abs(c) > 1e-17 * (Math.abs(a[p * n + p]) + Math.abs(a[q * n + q])) && c != 0) {
            turned = true;
            double zeta = (a[q * n + q] - a[p * n + p]) / (2 * c);
            double t = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
            rotate(a, n, n, p, q, t);
            rotateRows(a, n, p, q, t);
            rotate(v, n, n, p, q, t);
          }
        }
      }
    }
    double[] diagonal = IntStream.range(0, n).mapToDouble(i -> a[i * n + i]).toArray();
    int[] order = order(diagonal, false);
    return List.of(Arrays.stream(order).mapToDouble(i -> diagonal[i]).toArray(), sorted(v, n, n, order));
  }

  /// Columns p and q turned by the angle with tangent t.
  private static void rotate(double[] x, int rows, int columns, int p, int q, double t) {
    double cosine = 1 / Math.hypot(1, t);
    for (int i = 0; i < rows; i++) {
      double left = x[i * columns + p];
      double right = x[i * columns + q];
      x[i * columns + p] = cosine * (left - t * right);
      x[i * columns + q] = cosine * (t * left + right);
    }
  }

  private static void rotateRows(double[] x, int n, int p, int q, double t) {
    double cosine = 1 / Math.hypot(1, t);
    for (int j = 0; j < n; j++) {
      double upper = x[p * n + j];
      double lower = x[q * n + j];
      x[p * n + j] = cosine * (upper - t * lower);
      x[q * n + j] = cosine * (t * upper + lower);
    }
  }

  private static double dot(double[] x, int rows, int columns, int p, int q) {
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      sum += x[i * columns + p] * x[i * columns + q];
    }
    return sum;
  }

  private static int[] order(double[] values, boolean descending) {
    Comparator<Integer> ascending = Comparator.comparingDouble(i -> values[i]);
    return IntStream.range(0, values.length).boxed()
        .sorted(descending ? ascending.reversed() : ascending).mapToInt(Integer::intValue).toArray();
  }

  private static double[] sorted(double[] x, int rows, int columns, int[] order) {
    return IntStream.range(0, rows * columns).mapToDouble(i -> x[i / columns * columns + order[i % columns]]).toArray();
  }
}
