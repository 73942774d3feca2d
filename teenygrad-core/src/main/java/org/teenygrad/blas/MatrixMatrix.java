package org.teenygrad.blas;

import org.teenygrad.blas.MatrixVector.Vector;

/// Level 3: matrices of full columns. What is symmetric or triangular is halved until it is small: the off-diagonal
/// blocks are general products, on which nearly all of the time is spent, and the small blocks on the diagonal go
/// through level 2.
final class MatrixMatrix {
  /// Up to here a symmetric or triangular matrix is not halved.
  private static final int SMALL = 64;

  private MatrixMatrix() {}

  /// A matrix whose element (i, j) is `numbers[i + j * leading]`, or its transpose.
  record Matrix(Numbers numbers, int leading, boolean transposed) {
    /// The part whose first element is (row, column) of what is meant.
    Matrix from(int row, int column) {
      return new Matrix(numbers.from(transposed ? column + row * leading : row + column * leading), leading, transposed);
    }

    Matrix flipped() {
      return new Matrix(numbers, leading, !transposed);
    }

    double get(int row, int column) {
      return numbers.get(transposed ? column + row * leading : row + column * leading);
    }

    Vector column(int j) {
      return transposed ? new Vector(numbers, j, leading) : new Vector(numbers, j * leading, 1);
    }
  }

  /// C = alpha A B + beta C, of (m, k) and (k, n).
  static void general(int m, int n, int k, double alpha, Matrix a, Matrix b, double beta, Matrix c) {
    c.numbers().scale(beta, Columns.general(m, n, c.leading()), n);
    if (alpha == 0 || m == 0 || n == 0 || k == 0) {
      return;
    }
    if (CompiledProduct.pays(m, n, k)) {
      CompiledProduct.add(m, n, k, alpha, a, b, c);
    } else {
      c.numbers().addProduct(m, n, k, alpha, a, b, c.leading());
    }
  }

  /// C = alpha A B + beta C, or alpha B A + beta C, where A is symmetric of n rows; `others` is the other size of B and C.
  static void symmetric(boolean left, boolean upper, int n, int others, double alpha, Matrix a, Matrix b, double beta, Matrix c) {
    c.numbers().scale(beta, left ? Columns.general(n, others, c.leading()) : Columns.general(others, n, c.leading()), left ? others : n);
    if (alpha != 0) {
      // (B A)ᵀ = A Bᵀ: from the right it is the same of the transposes.
      addSymmetric(upper, n, others, alpha, a, left ? b : b.flipped(), left ? c : c.flipped());
    }
  }

  private static void addSymmetric(boolean upper, int n, int others, double alpha, Matrix a, Matrix b, Matrix c) {
    if (n <= SMALL) {
      for (int j = 0; j < others; j++) {
        MatrixVector.symmetric(upper, n, alpha, a.numbers(), Columns.triangle(upper, n, a.leading()), b.column(j), 1, c.column(j));
      }
      return;
    }
    int half = half(n);
    Matrix corner = upper ? a.from(0, half) : a.from(half, 0).flipped(); // rows 0 to half, columns half to n
    addSymmetric(upper, half, others, alpha, a, b, c);
    addSymmetric(upper, n - half, others, alpha, a.from(half, half), b.from(half, 0), c.from(half, 0));
    add(half, others, n - half, alpha, corner, b.from(half, 0), c);
    add(n - half, others, half, alpha, corner.flipped(), b, c.from(half, 0));
  }

  /// C = C + alpha A B for any of them transposed: where C is, its transpose is computed.
  private static void add(int m, int n, int k, double alpha, Matrix a, Matrix b, Matrix c) {
    if (c.transposed()) {
      general(n, m, k, alpha, b.flipped(), a.flipped(), 1, c.flipped());
    } else {
      general(m, n, k, alpha, a, b, 1, c);
    }
  }

  /// A triangle of C = alpha A Bᵀ + C, of (n, k) each.
  static void rankK(boolean upper, int n, int k, double alpha, Matrix a, Matrix b, Matrix c) {
    if (n <= SMALL) {
      for (int l = 0; alpha != 0 && l < k; l++) {
        MatrixVector.rankOne(n, alpha, a.column(l), b.column(l), c.numbers(), Columns.triangle(upper, n, c.leading()));
      }
      return;
    }
    int half = half(n);
    rankK(upper, half, k, alpha, a, b, c);
    rankK(upper, n - half, k, alpha, a.from(half, 0), b.from(half, 0), c.from(half, half));
    if (upper) {
      general(half, n - half, k, alpha, a, b.from(half, 0).flipped(), 1, c.from(0, half));
    } else {
      general(n - half, half, k, alpha, a.from(half, 0), b.flipped(), 1, c.from(half, 0));
    }
  }

  /// B = op(A) B, where A is triangular of n rows; from the right by the transposes: (B A)ᵀ = Aᵀ Bᵀ.
  static void multiplyTriangular(boolean upper, boolean unit, int n, int others, Matrix a, Matrix b) {
    if (n <= SMALL) {
      for (int j = 0; j < others; j++) {
        MatrixVector.multiplyTriangular(upper, a.transposed(), unit, n, a.numbers(), Columns.triangle(upper, n, a.leading()), b.column(j));
      }
      return;
    }
    int half = half(n);
    Matrix below = b.from(half, 0);
    if (upper != a.transposed()) { // op(A) is upper triangular: the rows above need those below as they were
      multiplyTriangular(upper, unit, half, others, a, b);
      add(half, others, n - half, 1, a.from(0, half), below, b);
      multiplyTriangular(upper, unit, n - half, others, a.from(half, half), below);
    } else {
      multiplyTriangular(upper, unit, n - half, others, a.from(half, half), below);
      add(n - half, others, half, 1, a.from(half, 0), b, below);
      multiplyTriangular(upper, unit, half, others, a, b);
    }
  }

  /// Solves op(A) X = B, where A is triangular of n rows and B becomes X.
  static void solveTriangular(boolean upper, boolean unit, int n, int others, Matrix a, Matrix b) {
    if (n <= SMALL) {
      for (int j = 0; j < others; j++) {
        MatrixVector.solveTriangular(upper, a.transposed(), unit, n, a.numbers(), Columns.triangle(upper, n, a.leading()), b.column(j));
      }
      return;
    }
    int half = half(n);
    Matrix below = b.from(half, 0);
    if (upper != a.transposed()) { // op(A) is upper triangular: the last rows are known first
      solveTriangular(upper, unit, n - half, others, a.from(half, half), below);
      add(half, others, n - half, -1, a.from(0, half), below, b);
      solveTriangular(upper, unit, half, others, a, b);
    } else {
      solveTriangular(upper, unit, half, others, a, b);
      add(n - half, others, half, -1, a.from(half, 0), b, below);
      solveTriangular(upper, unit, n - half, others, a.from(half, half), below);
    }
  }

  /// A whole number of small blocks, so that few sizes of general products occur.
  private static int half(int n) {
    return Math.ceilDiv(n, 2 * SMALL) * SMALL;
  }
}
