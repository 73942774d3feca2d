package org.teenygrad.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Singular values by Jacobi's plane rotations, in one-sided form: slower than others for large matrices, and as exact for small values
/// as for large ones.
final class Jacobi {
  private static final int SWEEPS = 60;
  private static final double TOLERANCE = 1e-15;

  private Jacobi() {}

  /// Columns are turned against each other until they are orthogonal. Writes singular values (descending) and both kinds of vectors
  /// (columns).
  /// @param a square, whose squares do not overflow
  static void svd(Matrix a, Matrix values, Matrix left, Matrix right) {
    int n = a.rows;
    double[][] u = new double[n][n];
    a.copyColumns(u);
    double[][] v = identity(n);
    boolean turned = true;
    for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
      turned = sweep(u, v);
    }
    double[] lengths = Arrays.stream(u).mapToDouble(column -> Math.sqrt(dot(column, column))).toArray();
    int[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> -lengths[i])).mapToInt(i -> i).toArray();
    double[][] sorted = ordered(u, order);
    for (int j = 0; j < n; j++) {
      values.set(0, j, lengths[order[j]]);
      complete(sorted, j, lengths[order[j]], lengths[order[0]]);
    }
    left.setColumns(sorted);
    right.setColumns(ordered(v, order));
  }

  private static double[][] ordered(double[][] vectors, int[] order) {
    return Arrays.stream(order).mapToObj(i -> vectors[i]).toArray(double[][]::new);
  }

  private static double[][] identity(int n) {
    double[][] rows = new double[n][n];
    for (int i = 0; i < n; i++) {
      rows[i][i] = 1;
    }
    return rows;
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum = Math.fma(x[i], y[i], sum);
    }
    return sum;
  }

  /// Turns every two columns once; whether any needed it. Lengths are carried along within a sweep.
  private static boolean sweep(double[][] u, double[][] v) {
    double[] squares = Arrays.stream(u).mapToDouble(column -> dot(column, column)).toArray();
    boolean turned = false;
    for (int p = 0; p < u.length; p++) {
      for (int q = p + 1; q < u.length; q++) {
        double c = dot(u[p], u[q]);
        if (Math.abs(c) > TOLERANCE * Math.sqrt(squares[p]) * Math.sqrt(squares[q])) {
          turned = true;
          double zeta = (squares[q] - squares[p]) / (2 * c);
          double t = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
          rotate(u[p], u[q], t);
          rotate(v[p], v[q], t);
          squares[p] = Math.max(0, squares[p] - t * c);
          squares[q] += t * c;
        }
      }
    }
    return turned;
  }

  /// Column j to length 1; if it vanishes, to something orthogonal to all before it.
  private static void complete(double[][] u, int j, double length, double largest) {
    if (length > 1e-15 * largest) {
      scale(u[j], 1 / length);
      return;
    }
    double best = 0;
    for (int axis = 0; axis < u[j].length && best < 0.1 / Math.sqrt(u.length); axis++) {
      Arrays.fill(u[j], 0);
      u[j][axis] = 1;
      for (int pass = 0; pass < 2; pass++) {
        for (int other = 0; other < j; other++) {
          double dot = dot(u[other], u[j]);
          for (int i = 0; i < u[j].length; i++) {
            u[j][i] -= dot * u[other][i];
          }
        }
      }
      best = Math.sqrt(dot(u[j], u[j]));
      scale(u[j], best > 0 ? 1 / best : 0);
    }
  }

  private static void scale(double[] x, double factor) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
  }

  /// Two vectors turned by the angle with tangent t.
  private static void rotate(double[] x, double[] y, double t) {
    double cosine = 1 / Math.hypot(1, t);
    for (int i = 0; i < x.length; i++) {
      double left = x[i];
      double right = y[i];
      x[i] = cosine * (left - t * right);
      y[i] = cosine * (t * left + right);
    }
  }
}
