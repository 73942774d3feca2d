package org.teenygrad.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;

/// A matrix as a lower times an upper triangle, rows exchanged so that the largest pivot is taken.
///
/// Columns are halved: the left ones of all rows, what they leave of the right ones, these (Toledo, 1997; LAPACK's `getrf2`). Rows are
/// arrays of their own, so
/// that to exchange two costs nothing.
public final class Lu {
  /// Columns that are no longer halved.
  private static final int SMALL = 8;

  private final double[][] lu;
  private final int m;
  private final int n;
  private final int[] order;
  private final int[] pivots;
  private double sign = 1;
  private int firstZero;

  public Lu(double[] matrix, int n) {
    this(matrix, n, n);
  }

  public Lu(double[] matrix, int rows, int columns) {
    m = rows;
    n = columns;
    lu = DenseMatrix.rows(matrix, m, n);
    order = IntStream.range(0, m).toArray();
    pivots = new int[Math.min(m, n)];
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
    double[][] known = Triangular.part(lu, begin, middle);
    Triangular.solveLower(known, begin, true, known, middle, end);
    double[][] rest = Triangular.part(lu, middle, m);
    Gemm.add(rest, middle, end, -1, rest, begin, known);
  }

  /// Column by column, each an array meanwhile.
  private void factorColumns(int begin, int end) {
    double[][] columns = DenseMatrix.flipped(Triangular.part(lu, begin, m), begin, end);
    for (int k = begin; k < end; k++) {
      int top = k - begin;
      double[] column = columns[top];
      int pivot = top;
      for (int i = top + 1; i < column.length; i++) {
        pivot = Math.abs(column[i]) > Math.abs(column[pivot]) ? i : pivot;
      }
      pivots[k] = begin + pivot;
      if (pivot != top) {
        exchange(k, begin + pivot);
        for (double[] each : columns) {
          double x = each[top];
          each[top] = each[pivot];
          each[pivot] = x;
        }
      }
      if (column[top] == 0) {
        firstZero = firstZero == 0 ? k + 1 : firstZero;
        continue;
      }
      Triangular.divide(column, top + 1, column.length, column[top]);
      for (int j = top + 1; j < columns.length; j++) {
        Gemm.addScaled(columns[j], top + 1, column.length, -columns[j][top], column);
      }
    }
    for (int j = 0; j < columns.length; j++) {
      for (int i = 0; i < columns[j].length; i++) {
        lu[begin + i][begin + j] = columns[j][i];
      }
    }
  }

  private void exchange(int a, int b) {
    double[] row = lu[a];
    lu[a] = lu[b];
    lu[b] = row;
    int place = order[a];
    order[a] = order[b];
    order[b] = place;
    sign = -sign;
  }

  public boolean singular() {
    return firstZero > 0;
  }

  /// Both triangles in one matrix; the lower one's diagonal of ones is left out.
  public double[] both() {
    return DenseMatrix.flat(lu, n);
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
    return singular() ? 0 : IntStream.range(0, n).mapToDouble(i -> Math.signum(lu[i][i])).reduce(sign, (x, y) -> x * y);
  }

  /// The logarithm of the determinant's size.
  public double logDeterminant() {
    return IntStream.range(0, n).mapToDouble(i -> Math.log(Math.abs(lu[i][i]))).sum();
  }

  public double determinant() {
    double product = sign;
    for (int i = 0; i < n; i++) {
      product *= lu[i][i];
    }
    return product;
  }

  /// X (n, k) with A X = B.
  public double[] solve(double[] b, int k) {
    double[][] x = new double[n][];
    for (int i = 0; i < n; i++) {
      x[i] = Arrays.copyOfRange(b, order[i] * k, (order[i] + 1) * k);
    }
    Triangular.solveLower(lu, 0, true, x, 0, k);
    Triangular.solveUpper(lu, x, k);
    return DenseMatrix.flat(x, k);
  }
}
