package org.teenygrad.linalg;

import java.util.stream.IntStream;

/// A matrix as a lower times an upper triangle, rows exchanged so that the largest pivot is taken.
///
/// Columns are halved: the left ones of all rows, what they leave of the right ones, these (Toledo, 1997; LAPACK's `getrf2`).
public final class Lu implements AutoCloseable {
  /// Columns that are no longer halved.
  private static final int SMALL = 8;

  private final Workspace workspace = new Workspace();
  private final Matrix lu;
  private final int m;
  private final int n;
  private final int[] order;
  private final int[] pivots;
  private final double[][] panel;
  private final double[] upperRow;
  private final double[] lowerRow;
  private double sign = 1;
  private int firstZero;

  public Lu(Matrix matrix) {
    m = matrix.rows;
    n = matrix.columns;
    lu = workspace.copy(matrix);
    order = IntStream.range(0, m).toArray();
    pivots = new int[Math.min(m, n)];
    panel = new double[SMALL][m];
    upperRow = new double[n];
    lowerRow = new double[n];
    factor(0, pivots.length);
    if (n > m) {
      eliminate(0, m, n);
    }
  }

  private void factor(int begin, int end) {
    if (end - begin <= SMALL) {
      factorColumns(begin, end);
      return;
    }
    int middle = begin + Math.ceilDiv(end - begin, 2 * SMALL) * SMALL;
    factor(begin, middle);
    eliminate(begin, middle, end);
    factor(middle, end);
  }

  /// Takes the rows and columns `begin` to `middle`, whose triangles are known, from the columns up to `end`.
  private void eliminate(int begin, int middle, int end) {
    Matrix known = lu.part(begin, middle, middle, end);
    Triangular.solveLower(lu.part(begin, middle, begin, middle), true, known);
    Gemm.add(lu.part(middle, m, middle, end), -1, lu.part(middle, m, begin, middle), known);
  }

  /// Column by column, each an array meanwhile.
  private void factorColumns(int begin, int end) {
    Matrix part = lu.part(begin, m, begin, end);
    part.copyColumns(panel);
    int length = m - begin;
    for (int k = begin; k < end; k++) {
      int top = k - begin;
      double[] column = panel[top];
      int pivot = top;
      for (int i = top + 1; i < length; i++) {
        pivot = Math.abs(column[i]) > Math.abs(column[pivot]) ? i : pivot;
      }
      pivots[k] = begin + pivot;
      if (pivot != top) {
        exchange(k, begin + pivot);
        for (double[] each : panel) {
          double x = each[top];
          each[top] = each[pivot];
          each[pivot] = x;
        }
      }
      if (column[top] == 0) {
        firstZero = firstZero == 0 ? k + 1 : firstZero;
        continue;
      }
      double diagonal = column[top];
      for (int i = top + 1; i < length; i++) {
        column[i] /= diagonal;
      }
      for (int j = top + 1; j < end - begin; j++) {
        Cholesky.addScaled(panel[j], top + 1, length, -panel[j][top], column);
      }
    }
    part.setColumns(panel);
  }

  private void exchange(int a, int b) {
    lu.copyRow(a, upperRow);
    lu.copyRow(b, lowerRow);
    lu.setRow(a, lowerRow);
    lu.setRow(b, upperRow);
    int place = order[a];
    order[a] = order[b];
    order[b] = place;
    sign = -sign;
  }

  public boolean singular() {
    return firstZero > 0;
  }

  /// Both triangles in one matrix; the lower one's diagonal of ones is left out.
  public Matrix both() {
    return lu;
  }

  /// For each step, with which row the step's own was exchanged.
  public int[] pivots() {
    return pivots.clone();
  }

  /// For each row of the triangles' product, which row of the matrix it is.
  public int[] order() {
    return order.clone();
  }

  /// The number of the first pivot that is 0, from 1 on; 0 if there is none.
  public int firstZero() {
    return firstZero;
  }

  /// 1 or -1 as the determinant has it, 0 if that is 0.
  public double sign() {
    return singular() ? 0 : IntStream.range(0, n).mapToDouble(i -> Math.signum(lu.get(i, i))).reduce(sign, (x, y) -> x * y);
  }

  /// The logarithm of the determinant's size.
  public double logDeterminant() {
    return IntStream.range(0, n).mapToDouble(i -> Math.log(Math.abs(lu.get(i, i)))).sum();
  }

  public double determinant() {
    double product = sign;
    for (int i = 0; i < n; i++) {
      product *= lu.get(i, i);
    }
    return product;
  }

  /// Writes X (n, k) with A X = B.
  public void solve(Matrix b, Matrix x) {
    Workspace.Mark mark = workspace.mark();
    Matrix sorted = workspace.matrix(n, b.columns);
    for (int i = 0; i < n; i++) {
      sorted.part(i, i + 1).set(b.part(order[i], order[i] + 1));
    }
    solve(sorted, mark, x);
  }

  /// Writes A⁻¹.
  public void inverse(Matrix inverse) {
    Workspace.Mark mark = workspace.mark();
    Matrix sorted = workspace.zeros(n, n);
    for (int i = 0; i < n; i++) {
      sorted.set(i, order[i], 1);
    }
    solve(sorted, mark, inverse);
  }

  private void solve(Matrix sorted, Workspace.Mark mark, Matrix x) {
    Triangular.solveLower(lu, true, sorted);
    Triangular.solveUpper(lu, sorted);
    x.set(sorted);
    workspace.release(mark);
  }

  /// Gives memory back; nothing can be asked any more.
  @Override
  public void close() {
    workspace.close();
  }
}
