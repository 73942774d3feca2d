package org.teenygrad.blas;

import org.teenygrad.blas.Columns.Form;
import org.teenygrad.blas.MatrixMatrix.Matrix;

/// Level 2: a matrix and vectors. One routine for general, banded and packed matrices alike, column by column:
/// [Columns] says what is where. Vectors are given by the place of their first element and an increment.
final class MatrixVector {
  /// From so many rows on several columns are added at once, so that a result is read and written less often.
  private static final int BLOCKED = 32;

  private MatrixVector() {}

  /// A vector: the element i is `numbers[first + i * inc]`.
  record Vector(Numbers numbers, int first, int inc) {
    double get(int i) {
      return numbers.get(first + i * inc);
    }

    void set(int i, double value) {
      numbers.set(first + i * inc, value);
    }

    /// Adds alpha times a run of a column to the elements from `begin` on.
    void add(int begin, int n, double alpha, Numbers a, int position) {
      numbers.add(n, alpha, a, position, 1, first + begin * inc, inc);
    }

    /// The sum of the products of a run of a column with the elements from `begin` on.
    double dot(int begin, int n, Numbers a, int position) {
      return a.dot(n, position, 1, numbers, first + begin * inc, inc);
    }

    void scale(int n, double alpha) {
      if (alpha != 1) {
        numbers.scale(n, alpha, first, inc);
      }
    }
  }

  /// y = alpha op(A) x + beta y, where A has n columns.
  static void general(boolean transposed, int n, double alpha, Numbers a, Columns columns, Vector x, double beta, Vector y) {
    y.scale(transposed ? n : columns.rows(), beta);
    if (alpha != 0 && !transposed && columns.form() == Form.FULL && columns.rows() >= BLOCKED && y.inc() == 1) {
      // x is a column whose elements are `inc` apart: a transposed row.
      y.numbers().from(y.first()).addProduct(columns.rows(), 1, n, alpha, new Matrix(a, columns.leading(), false),
          new Matrix(x.numbers().from(x.first()), x.inc(), true), 0);
      return;
    }
    for (int j = 0; alpha != 0 && j < n; j++) {
      int begin = columns.begin(j);
      int count = columns.end(j) - begin;
      int position = columns.base(j) + begin;
      if (count > 0 && transposed) {
        y.set(j, y.get(j) + alpha * x.dot(begin, count, a, position));
      } else if (count > 0) {
        y.add(begin, count, alpha * x.get(j), a, position);
      }
    }
  }

  /// y = alpha A x + beta y, where A is symmetric and one triangle of it is held: each column there is a row of the other, too.
  static void symmetric(boolean upper, int n, double alpha, Numbers a, Columns columns, Vector x, double beta, Vector y) {
    y.scale(n, beta);
    for (int j = 0; alpha != 0 && j < n; j++) {
      int begin = offDiagonal(upper, columns, j);
      int count = offDiagonals(upper, columns, j);
      int position = columns.base(j) + begin;
      y.add(begin, count, alpha * x.get(j), a, position);
      y.set(j, y.get(j) + alpha * (a.get(columns.base(j) + j) * x.get(j) + x.dot(begin, count, a, position)));
    }
  }

  /// x = op(A) x, where A is triangular. The order of the columns is that in which an element is read before it is replaced.
  static void multiplyTriangular(boolean upper, boolean transposed, boolean unit, int n, Numbers a, Columns columns, Vector x) {
    for (int step = 0; step < n; step++) {
      int j = upper == transposed ? n - 1 - step : step;
      int begin = offDiagonal(upper, columns, j);
      int count = offDiagonals(upper, columns, j);
      int position = columns.base(j) + begin;
      double xj = x.get(j);
      double product = unit ? xj : a.get(columns.base(j) + j) * xj;
      if (transposed) {
        x.set(j, product + x.dot(begin, count, a, position));
      } else {
        x.add(begin, count, xj, a, position);
        x.set(j, product);
      }
    }
  }

  /// Solves op(A) x = b, where A is triangular and x holds b: substitution, in the order in which elements become known.
  static void solveTriangular(boolean upper, boolean transposed, boolean unit, int n, Numbers a, Columns columns, Vector x) {
    for (int step = 0; step < n; step++) {
      int j = upper == transposed ? step : n - 1 - step;
      int begin = offDiagonal(upper, columns, j);
      int count = offDiagonals(upper, columns, j);
      int position = columns.base(j) + begin;
      double rest = transposed ? x.get(j) - x.dot(begin, count, a, position) : x.get(j);
      x.set(j, unit ? rest : rest / a.get(columns.base(j) + j));
      if (!transposed) {
        x.add(begin, count, -x.get(j), a, position);
      }
    }
  }

  /// A = alpha x yᵀ + A in what is held of A.
  static void rankOne(int n, double alpha, Vector x, Vector y, Numbers a, Columns columns) {
    for (int j = 0; alpha != 0 && j < n; j++) {
      int begin = columns.begin(j);
      a.add(columns.end(j) - begin, alpha * y.get(j), x.numbers(), x.first() + begin * x.inc(), x.inc(), columns.base(j) + begin, 1);
    }
  }

  /// The first row of a triangle's column j that is not on the diagonal.
  private static int offDiagonal(boolean upper, Columns columns, int j) {
    return upper ? columns.begin(j) : j + 1;
  }

  private static int offDiagonals(boolean upper, Columns columns, int j) {
    return upper ? j - columns.begin(j) : columns.end(j) - j - 1;
  }
}
