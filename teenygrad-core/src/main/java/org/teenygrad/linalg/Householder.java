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
public final class Householder implements AutoCloseable {
  private static final int BLOCK = 32;

  private final Workspace workspace = new Workspace();
  private final Matrix matrix;
  private final Matrix r; // the triangle, with zeros below
  private final List<Reflectors> blocks = new ArrayList<>(); // of rows from BLOCK times its number on
  private final int m;
  private final int n;

  /// @param matrix which stays as it is while this is used
  public Householder(Matrix matrix) {
    this.matrix = matrix;
    m = matrix.rows;
    n = matrix.columns;
    r = workspace.copy(matrix);
    int steps = Math.min(m, n);
    for (int begin = 0; begin < steps; begin += BLOCK) {
      int end = Math.min(begin + BLOCK, steps);
      Reflectors block = factor(r.part(begin, m, begin, end), isExact());
      block.apply(true, r.part(begin, m, end, n));
      blocks.add(block);
    }
  }

  private boolean isExact() {
    return n <= BLOCK;
  }

  /// The reflections that make of these columns a triangle, which is written there.
  private Reflectors factor(Matrix panel, boolean exact) {
    Matrix columns = workspace.transposed(panel);
    int count = columns.rows;
    int length = columns.columns;
    double[] tau = new double[count];
    double[] row = exact ? new double[length] : new double[0];
    double[] other = row.clone();
    Workspace.Mark mark = workspace.mark();
    panel.clear();
    for (int j = 0; j < count; j++) {
      Matrix mine = columns.part(j, j + 1, j, length);
      Matrix others = columns.part(j + 1, count, j, length);
      for (int i = 0; i < j; i++) {
        panel.set(i, j, columns.get(j, i));
        columns.set(j, i, 0);
      }
      panel.set(j, j, Reflectors.reflector(mine, tau, j));
      Matrix along = workspace.zeros(others.rows, 1);
      if (exact) {
        mine.copyRow(0, row);
        for (int i = 0; i < others.rows; i++) {
          others.copyRow(i, other);
          along.set(i, 0, exactDot(row, other, length - j));
        }
      } else {
        Gemm.addInner(along, 1, others, mine);
      }
      Gemm.add(others, -tau[j], along, mine);
      workspace.release(mark);
    }
    return Reflectors.of(workspace, columns, tau);
  }

  /// The inner product, with what rounding takes from products and sums added at the end.
  private static double exactDot(double[] x, double[] y, int length) {
    double sum = 0;
    double error = 0;
    double otherSum = 0;
    double otherError = 0;
    int i = 0;
    for (; i + 1 < length; i += 2) {
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
    double last = i < length ? x[i] * y[i] : 0;
    double both = sum + otherSum;
    double added = both - sum;
    error += (sum - (both - added)) + (otherSum - added);
    return both + (last + (error + otherError));
  }

  /// Whether an element of R's diagonal is no more than that part of the largest.
  public boolean rankDeficient(double tolerance) {
    double[] diagonal = IntStream.range(0, Math.min(m, n)).mapToDouble(i -> Math.abs(r.get(i, i))).toArray();
    double largest = Arrays.stream(diagonal).max().orElse(0);
    return Arrays.stream(diagonal).anyMatch(d -> d <= tolerance * largest);
  }

  /// Writes the first min(m, n) columns of Q.
  public void q(Matrix q) {
    int k = q.columns;
    Matrix x = workspace.matrix(m, k);
    x.setIdentity();
    for (int block = blocks.size() - 1; block >= 0; block--) {
      blocks.get(block).apply(false, x.part(block * BLOCK, m, block * BLOCK, k));
    }
    q.set(x);
  }

  /// Writes Q X (m, k) of X (min(m, n), k).
  void multiply(Matrix x, Matrix result) {
    Matrix product = workspace.zeros(m, x.columns);
    product.part(0, x.rows).set(x);
    for (int block = blocks.size() - 1; block >= 0; block--) {
      blocks.get(block).apply(false, product.part(block * BLOCK, m));
    }
    result.set(product);
  }

  /// Writes the triangle (min(m, n), n).
  public void r(Matrix triangle) {
    triangle.set(r.part(0, Math.min(m, n)));
  }

  /// Writes X (n, k) that makes |A X - B| least.
  public void leastSquares(Matrix b, Matrix x) {
    x.set(leastReflected(workspace.copy(b)));
    if (isExact()) {
      Matrix correction = leastReflected(residual(b, x));
      for (int i = 0; i < x.rows; i++) {
        for (int j = 0; j < x.columns; j++) { // products of the residual may overflow where those of x did not
          x.set(i, j, x.get(i, j) + (Double.isFinite(correction.get(i, j)) ? correction.get(i, j) : 0));
        }
      }
    }
  }

  /// Writes the X (n, m) that [#leastSquares] multiplies by, if the columns are independent.
  public void pseudoInverse(Matrix inverse) {
    Matrix q = workspace.matrix(m, n);
    q(q);
    Matrix x = workspace.transposed(q);
    Triangular.solveUpper(r.part(0, n), x);
    inverse.set(x);
  }

  private Matrix leastReflected(Matrix b) {
    for (int block = 0; block < blocks.size(); block++) {
      blocks.get(block).apply(true, b.part(block * BLOCK, m));
    }
    Matrix x = b.part(0, n);
    Triangular.solveUpper(r.part(0, n), x);
    return x;
  }

  /// B - A X (m, k), summed as if in twice the precision.
  private Matrix residual(Matrix b, Matrix x) {
    int k = b.columns;
    Matrix residual = workspace.matrix(m, k);
    double[][] rows = new double[n][k];
    for (int j = 0; j < n; j++) {
      x.copyRow(j, rows[j]);
    }
    double[] sums = new double[k];
    double[] errors = new double[k];
    for (int i = 0; i < m; i++) {
      b.copyRow(i, sums);
      Arrays.fill(errors, 0);
      for (int j = 0; j < n; j++) {
        accumulate(sums, errors, -matrix.get(i, j), rows[j]);
      }
      for (int c = 0; c < k; c++) {
        sums[c] += errors[c];
      }
      residual.setRow(i, sums);
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

  /// Gives memory back; nothing can be asked any more.
  @Override
  public void close() {
    workspace.close();
  }
}
