package org.teenygrad.linalg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The QR factors of an m x n matrix by Householder's reflections: those of a block of columns are found one by one, and reflect what is
/// to
/// the right of them together (LAPACK's `geqrf`).
///
/// Of a matrix that is one block, as a regression's is, inner products are summed as if in twice the precision and rounded once (Ogita,
/// Rump
/// and Oishi, 2005), and solutions are refined once, so that what limits least squares is the condition of the problem, not the number
/// of rows.
public final class Householder {
  private static final int BLOCK = 32;

  private final double[] matrix;
  private final double[][] r; // the triangle, with zeros below
  private final List<Reflectors> blocks = new ArrayList<>(); // of rows from BLOCK times its number on
  private final int m;
  private final int n;

  public Householder(double[] matrix, int m, int n) {
    this.m = m;
    this.n = n;
    this.matrix = matrix;
    r = DenseMatrix.rows(matrix, m, n);
    int steps = Math.min(m, n);
    for (int begin = 0; begin < steps; begin += BLOCK) {
      int end = Math.min(begin + BLOCK, steps);
      double[][] below = Triangular.part(r, begin, m);
      Reflectors block = factor(below, begin, end, isExact());
      block.apply(true, below, end, n);
      blocks.add(block);
    }
  }

  private boolean isExact() {
    return n <= BLOCK;
  }

  /// The reflections that make the columns `begin` to `end` a triangle, which is written there.
  private static Reflectors factor(double[][] rows, int begin, int end, boolean exact) {
    double[][] columns = DenseMatrix.flipped(rows, begin, end);
    double[] tau = new double[columns.length];
    for (int j = 0; j < columns.length; j++) {
      double[] column = columns[j];
      double diagonal = reflector(column, j, tau);
      for (int other = j + 1; other < columns.length; other++) {
        double along = exact ? exactDot(column, columns[other], j) : Gemm.dot(column, columns[other], j, column.length);
        Gemm.addScaled(columns[other], j, column.length, -tau[j] * along, column);
      }
      for (int i = 0; i < rows.length; i++) {
        rows[i][begin + j] = i < j ? column[i] : i == j ? diagonal : 0;
      }
      Arrays.fill(column, 0, j, 0);
    }
    return Reflectors.of(columns, tau);
  }

  /// Makes of the elements from `head` on the vector v, with 1 as its first, of a reflection `I - tau v vᵀ` that leaves only the first.
  /// @return what that becomes
  static double reflector(double[] x, int head, double[] tau) {
    double largest = 0;
    for (int i = head; i < x.length; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    double squares = 0;
    for (int i = head; i < x.length && largest > 0; i++) {
      double part = x[i] / largest;
      squares += part * part;
    }
    double norm = Math.sqrt(squares) * largest;
    double first = x[head];
    x[head] = 1;
    if (norm == 0 || head == x.length - 1) {
      return first; // nothing to reflect
    }
    double becomes = first > 0 ? -norm : norm;
    tau[head] = (becomes - first) / becomes;
    Triangular.divide(x, head + 1, x.length, first - becomes);
    return becomes;
  }

  /// The inner product from `begin` on, with what rounding takes from products and sums added at the end.
  private static double exactDot(double[] x, double[] y, int begin) {
    double sum = 0;
    double error = 0;
    double otherSum = 0;
    double otherError = 0;
    int i = begin;
    for (; i + 1 < x.length; i += 2) {
      double product = x[i] * y[i];
      double next = sum + product;
      double added = next - sum;
      error += (sum - (next - added)) + (product - added) + Math.fma(x[i], y[i], -product);
      sum = next;
      double otherProduct = x[i + 1] * y[i + 1];
      double otherNext = otherSum + otherProduct;
      double otherAdded = otherNext - otherSum;
      otherError += (otherSum - (otherNext - otherAdded)) + (otherProduct - otherAdded) + Math.fma(x[i + 1], y[i + 1], -otherProduct);
      otherSum = otherNext;
    }
    double last = i < x.length ? x[i] * y[i] : 0;
    double both = sum + otherSum;
    double added = both - sum;
    error += (sum - (both - added)) + (otherSum - added);
    return both + (last + (error + otherError));
  }

  /// Whether an element of R's diagonal is no more than that part of the largest.
  public boolean rankDeficient(double tolerance) {
    double[] diagonal = IntStream.range(0, Math.min(m, n)).mapToDouble(i -> Math.abs(r[i][i])).toArray();
    double largest = Arrays.stream(diagonal).max().orElse(0);
    return Arrays.stream(diagonal).anyMatch(d -> d <= tolerance * largest);
  }

  /// The first min(m, n) columns of Q.
  public double[] q() {
    int k = Math.min(m, n);
    double[][] q = DenseMatrix.rows(new double[m * k], m, k);
    for (int j = 0; j < k; j++) {
      q[j][j] = 1;
    }
    for (int block = blocks.size() - 1; block >= 0; block--) {
      blocks.get(block).apply(false, Triangular.part(q, block * BLOCK, m), block * BLOCK, k);
    }
    return DenseMatrix.flat(q, k);
  }

  /// The triangle (min(m, n), n).
  public double[] r() {
    return DenseMatrix.flat(Triangular.part(r, 0, Math.min(m, n)), n);
  }

  /// X (n, k) with R X = the first n rows of b.
  public double[] solveUpper(double[] b, int k) {
    double[][] x = DenseMatrix.rows(b, n, k);
    Triangular.solveUpper(r, x, k);
    return DenseMatrix.flat(x, k);
  }

  /// X (n, k) that makes |A X - B| least.
  public double[] leastSquares(double[] b, int k) {
    double[][] x = leastReflected(DenseMatrix.rows(b, m, k), k);
    if (isExact()) {
      double[][] correction = leastReflected(residual(b, x, k), k);
      for (int i = 0; i < n; i++) {
        for (int c = 0; c < k; c++) {
          x[i][c] += Double.isFinite(correction[i][c]) ? correction[i][c]
              : 0; // products of the residual may overflow where those of x did not
        }
      }
    }
    return DenseMatrix.flat(x, k);
  }

  private double[][] leastReflected(double[][] b, int k) {
    for (int block = 0; block < blocks.size(); block++) {
      blocks.get(block).apply(true, Triangular.part(b, block * BLOCK, m), 0, k);
    }
    double[][] x = Triangular.part(b, 0, n);
    Triangular.solveUpper(r, x, k);
    return x;
  }

  /// B - A X (m, k), summed as if in twice the precision.
  private double[][] residual(double[] b, double[][] x, int k) {
    double[][] residual = DenseMatrix.rows(b, m, k);
    double[] errors = new double[k];
    for (int i = 0; i < m; i++) {
      Arrays.fill(errors, 0);
      for (int j = 0; j < n; j++) {
        accumulate(residual[i], errors, -matrix[i * n + j], x[j]);
      }
      for (int c = 0; c < k; c++) {
        residual[i][c] += errors[c];
      }
    }
    return residual;
  }

  /// Adds a y to the sums, and to `errors` what rounding takes from products and sums.
  private static void accumulate(double[] sums, double[] errors, double a, double[] y) {
    for (int j = 0; j < sums.length; j++) {
      double product = a * y[j];
      double sum = sums[j] + product;
      double added = sum - sums[j];
      errors[j] += (sums[j] - (sum - added)) + (product - added) + Math.fma(a, y[j], -product);
      sums[j] = sum;
    }
  }
}
