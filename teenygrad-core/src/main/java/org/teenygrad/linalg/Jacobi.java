package org.teenygrad.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// Singular values by Jacobi's plane rotations, in one-sided form: slower than others for large matrices, and accurate for all.
public final class Jacobi {
  private static final int SWEEPS = 60;
  private static final double TOLERANCE = 1e-15;

  private Jacobi() {}

  /// Singular values (descending, n), U (m, n) and V (n, n) of an m x n matrix with m >= n: columns are turned against
  /// each other until they are orthogonal. Those of a tall matrix are those of its triangle.
  public static List<double[]> svd(double[] matrix, int m, int n) {
    requireFinite("svd", matrix);
    if (m > n) {
      Householder qr = new Householder(matrix, m, n);
      List<double[]> inner = svd(qr.r(), n, n);
      return List.of(inner.get(0), DenseMatrix.product(qr.q(), inner.get(1), m, n, n), inner.get(2));
    }
    double largest = Arrays.stream(matrix).map(Math::abs).max().orElse(0);
    double unit = largest == 0 ? 1 : largest; // no square overflows or vanishes
    double[][] u = columns(Arrays.stream(matrix).map(x -> x / unit).toArray(), n);
    double[][] v = columns(DenseMatrix.identity(n), n);
    boolean turned = true;
    for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
      turned = sweep(u, v);
    }
    double[] lengths = Arrays.stream(u).mapToDouble(column -> Math.sqrt(dot(column, column))).toArray();
    int[] order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> -lengths[i])).mapToInt(i -> i).toArray();
    double[] values = Arrays.stream(order).mapToDouble(j -> lengths[j] * unit).toArray();
    double[][] left = Arrays.stream(order).mapToObj(j -> u[j]).toArray(double[][]::new);
    double[][] right = Arrays.stream(order).mapToObj(j -> v[j]).toArray(double[][]::new);
    for (int j = 0; j < n; j++) {
      complete(left, j, lengths[order[j]], lengths[order[0]]);
    }
    return List.of(values, rows(left), rows(right));
  }

  /// The pseudo-inverse (n, m) of an m x n matrix: singular values up to a bound, or to a part of the largest, count as zero.
  public static double[] pseudoInverse(double[] matrix, int m, int n, double absolute, double relative) {
    if (m < n) {
      return DenseMatrix.transposed(pseudoInverse(DenseMatrix.transposed(matrix, m, n), n, m, absolute, relative), m, n);
    }
    List<double[]> svd = svd(matrix, m, n);
    double[] s = svd.get(0);
    return scaledProduct(svd, m, n, i -> s[i] > Math.max(absolute, relative * s[0]) ? 1 / s[i] : 0);
  }

  /// The transposed matrix of cofactors of a square matrix: the determinant times the inverse, where there is one.
  public static double[] adjugate(double[] matrix, int n) {
    List<double[]> svd = svd(matrix, n, n);
    double[] s = svd.get(0);
    double sign = new Lu(svd.get(1), n).determinant() * new Lu(svd.get(2), n).determinant();
    return scaledProduct(
        svd, n, n, i -> sign * IntStream.range(0, n).filter(j -> j != i).mapToDouble(j -> s[j]).reduce(1, (x, y) -> x * y));
  }

  /// V diag(f) Uᵀ.
  private static double[] scaledProduct(List<double[]> svd, int m, int n, IntToDoubleFunction f) {
    double[] scaled = svd.get(2).clone();
    for (int j = 0; j < n; j++) {
      double factor = f.applyAsDouble(j);
      for (int i = 0; i < n; i++) {
        scaled[i * n + j] *= factor;
      }
    }
    return DenseMatrix.product(scaled, DenseMatrix.transposed(svd.get(1), m, n), n, n, m);
  }

  static void requireFinite(String name, double[] matrix) {
    if (!Arrays.stream(matrix).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(name + ": a matrix holds NaN or infinities");
    }
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

  /// In four sums, which need not wait for each other.
  static double dot(double[] x, double[] y) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < x.length; i += 4) {
      a += x[i] * y[i];
      b += x[i + 1] * y[i + 1];
      c += x[i + 2] * y[i + 2];
      d += x[i + 3] * y[i + 3];
    }
    for (; i < x.length; i++) {
      a += x[i] * y[i];
    }
    return a + b + (c + d);
  }

  /// The columns of a matrix with n of them, each by itself.
  private static double[][] columns(double[] matrix, int n) {
    double[][] columns = new double[n][n == 0 ? 0 : matrix.length / n];
    for (int i = 0; i < matrix.length; i++) {
      columns[i % n][i / n] = matrix[i];
    }
    return columns;
  }

  /// The matrix with these columns.
  static double[] rows(double[][] columns) {
    int n = columns.length;
    double[] matrix = new double[n == 0 ? 0 : n * columns[0].length];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = columns[i % n][i / n];
    }
    return matrix;
  }
}
