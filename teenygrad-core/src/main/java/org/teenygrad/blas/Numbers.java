package org.teenygrad.blas;

import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.blas.MatrixMatrix.Matrix;

/// A pointer to numbers in an array, and the loops over vectors there that everything else is made of. Positions count
/// from the pointer. Scalars are doubles, and are rounded where they meet floats.
sealed interface Numbers permits Floats, Doubles {

  /// The first letter of routines on such numbers.
  char letter();

  /// Where in its array this points to.
  int start();

  /// How many elements the array has from here on.
  int available();

  double get(int position);

  void set(int position, double value);

  /// A pointer to an element.
  Numbers from(int position);

  /// Adds alpha times n elements of x, from a position on with an increment, to elements here.
  void add(int n, double alpha, Numbers x, int xFrom, int incx, int from, int inc);

  /// C = C + alpha A B of (m, k) and (k, n), where C begins here.
  void addProduct(int m, int n, int k, double alpha, Matrix a, Matrix b, int leading);

  /// The sum of the products of n elements here with n elements of y.
  double dot(int n, int from, int inc, Numbers y, int yFrom, int incy);

  /// Multiplies n elements; by 0 they become 0 whatever they were, so that a result that is only written may hold NaN before.
  void scale(int n, double alpha, int from, int inc);

  /// A matrix of full columns as a tensor, a row for each column: (paddedColumns, paddedRows), with zeros behind what there is.
  Tensor tensor(int rows, int columns, int leading, int paddedRows, int paddedColumns, Device device);

  /// The elements of a tensor as numbers of this kind.
  Numbers values(Tensor tensor);

  /// The scaling of a matrix's columns by beta.
  default void scale(double beta, Columns columns, int n) {
    for (int j = 0; beta != 1 && j < n; j++) {
      scale(columns.end(j) - columns.begin(j), beta, columns.base(j) + columns.begin(j), 1);
    }
  }
}
