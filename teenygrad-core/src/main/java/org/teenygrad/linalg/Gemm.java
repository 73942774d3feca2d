package org.teenygrad.linalg;

/// The product on which blocked factorizations spend their time: `C = C + alpha A B` of matrices that are arrays of rows.
///
/// Java's compiler writes vector instructions for a loop over several arrays where all have one index. So a column of C has the number
/// of the column of B
/// that it is made of, and rows are arrays of their own. Two rows of C by four rows of B are eight fused multiplications and additions
/// for six loads and two
/// stores; more in one loop would be too much for the compiler to unroll. Each element is summed in the order of the rows of B, one
/// rounding each,
/// whatever the blocks and the number of threads are.
final class Gemm {
  /// Rows and columns of a block of B, which stays in the second-level cache.
  private static final int INNER = 128;

  private static final int COLUMNS = 256;

  private Gemm() {}

  /// Adds to the columns `begin` to `end`, exclusively, of every row of C.
  /// @param a as many rows as C has; those columns from `column` on that B has rows for are read
  static void add(double[][] c, int begin, int end, double alpha, double[][] a, int column, double[][] b) {
    double flops = 2.0 * c.length * b.length * (end - begin);
    Parallel.ranges(c.length, flops, (first, last) -> {
      for (int l = 0; l < b.length; l += INNER) {
        for (int j = begin; j < end; j += COLUMNS) {
          block(c, first, last, j, Math.min(j + COLUMNS, end), alpha, a, column, b, l, Math.min(l + INNER, b.length));
        }
      }
    });
  }

  private static void block(
      double[][] c, int first, int last, int begin, int end, double alpha, double[][] a, int column, double[][] b, int from, int to) {
    int fours = from + (to - from) / 4 * 4;
    int i = first;
    for (; i + 1 < last; i += 2) {
      for (int l = from; l < fours; l += 4) {
        twoByFour(c[i], c[i + 1], begin, end, alpha, a[i], a[i + 1], column + l, b[l], b[l + 1], b[l + 2], b[l + 3]);
      }
    }
    if (i < last) {
      for (int l = from; l < fours; l += 4) {
        oneByFour(c[i], begin, end, alpha, a[i], column + l, b[l], b[l + 1], b[l + 2], b[l + 3]);
      }
    }
    for (i = first; i < last; i++) {
      for (int l = fours; l < to; l++) {
        addScaled(c[i], begin, end, alpha * a[i][column + l], b[l]);
      }
    }
  }

  private static void twoByFour(
      double[] c0, double[] c1, int begin, int end, double alpha, double[] a0, double[] a1, int l, double[] b0, double[] b1, double[] b2,
      double[] b3) {
    double x0 = alpha * a0[l];
    double x1 = alpha * a0[l + 1];
    double x2 = alpha * a0[l + 2];
    double x3 = alpha * a0[l + 3];
    double y0 = alpha * a1[l];
    double y1 = alpha * a1[l + 1];
    double y2 = alpha * a1[l + 2];
    double y3 = alpha * a1[l + 3];
    for (int j = begin; j < end; j++) {
      c0[j] = Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], c0[j]))));
      c1[j] = Math.fma(y3, b3[j], Math.fma(y2, b2[j], Math.fma(y1, b1[j], Math.fma(y0, b0[j], c1[j]))));
    }
  }

  private static void oneByFour(
      double[] c, int begin, int end, double alpha, double[] a, int l, double[] b0, double[] b1, double[] b2, double[] b3) {
    double x0 = alpha * a[l];
    double x1 = alpha * a[l + 1];
    double x2 = alpha * a[l + 2];
    double x3 = alpha * a[l + 3];
    for (int j = begin; j < end; j++) {
      c[j] = Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], c[j]))));
    }
  }

  /// `x = x + factor y` from `begin` to `end`, exclusively.
  static void addScaled(double[] x, int begin, int end, double factor, double[] y) {
    for (int j = begin; j < end; j++) {
      x[j] = Math.fma(factor, y[j], x[j]);
    }
  }

  /// The inner product from `begin` to `end`, exclusively, in eight sums, which need not wait for each other.
  static double dot(double[] x, double[] y, int begin, int end) {
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int i = begin;
    for (; i + 7 < end; i += 8) {
      s0 = Math.fma(x[i], y[i], s0);
      s1 = Math.fma(x[i + 1], y[i + 1], s1);
      s2 = Math.fma(x[i + 2], y[i + 2], s2);
      s3 = Math.fma(x[i + 3], y[i + 3], s3);
      s4 = Math.fma(x[i + 4], y[i + 4], s4);
      s5 = Math.fma(x[i + 5], y[i + 5], s5);
      s6 = Math.fma(x[i + 6], y[i + 6], s6);
      s7 = Math.fma(x[i + 7], y[i + 7], s7);
    }
    for (; i < end; i++) {
      s0 = Math.fma(x[i], y[i], s0);
    }
    return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7));
  }
}
