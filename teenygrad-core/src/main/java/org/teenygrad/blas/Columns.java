package org.teenygrad.blas;

/// How an array holds the columns of a matrix: each is a run of consecutive elements, the rows `begin(j)` to before `end(j)`, and row i of
/// column j is element `base(j) + i`. All of BLAS's forms are this: general, triangles and bands, in arrays of full columns or packed.
///
/// @param rows of the matrix
/// @param below how many diagonals below the main one are held
/// @param above how many diagonals above the main one are held
/// @param leading elements from column to column; of no meaning where columns are packed
record Columns(Form form, int rows, int below, int above, int leading) {

  /// Where a column's run begins.
  enum Form {
    /// Element (i, j) at `i + j * leading`.
    FULL,
    /// Element (i, j) at `above + i - j + j * leading`: diagonals are rows of the array.
    BAND,
    /// The columns of a triangle, one after the other.
    PACKED
  }

  static Columns general(int rows, int columns, int leading) {
    return new Columns(Form.FULL, rows, rows, columns, leading);
  }

  static Columns band(int rows, int below, int above, int leading) {
    return new Columns(Form.BAND, rows, below, above, leading);
  }

  static Columns triangle(boolean upper, int n, int leading) {
    return new Columns(Form.FULL, n, upper ? 0 : n, upper ? n : 0, leading);
  }

  static Columns bandTriangle(boolean upper, int n, int diagonals, int leading) {
    return new Columns(Form.BAND, n, upper ? 0 : diagonals, upper ? diagonals : 0, leading);
  }

  static Columns packedTriangle(boolean upper, int n) {
    return new Columns(Form.PACKED, n, upper ? 0 : n, upper ? n : 0, 0);
  }

  int begin(int j) {
    return Math.max(0, j - above);
  }

  int end(int j) {
    return (int) Math.min(rows, j + below + 1L);
  }

  int base(int j) {
    return (int) place(j);
  }

  private long place(long j) {
    return switch (form) {
      case FULL -> j * leading;
      case BAND -> j * leading + above - j;
      case PACKED -> below == 0 ? j * (j + 1) / 2 : j * (2L * rows - j - 1) / 2;
    };
  }

  /// How many elements of the array n columns reach over.
  long reach(int n) {
    long reach = 0;
    for (int j = n - 1; j >= 0 && reach == 0; j--) {
      reach = end(j) > begin(j) ? place(j) + end(j) : 0; // columns outside of a band hold nothing
    }
    return reach;
  }
}
