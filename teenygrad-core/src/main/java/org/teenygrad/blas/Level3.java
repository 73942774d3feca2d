package org.teenygrad.blas;

import org.teenygrad.blas.MatrixMatrix.Matrix;

/// Level 3: matrices, O(n³) operations on O(n²) numbers. What they compute with is in [MatrixMatrix].
abstract sealed class Level3 extends Level2Updates permits Blas {
  Level3() {}

  /// C = alpha op(A) op(B) + beta C, where op(X) is X or, for `T` and `C`, Xᵀ.
  ///
  /// ```java
  /// double[] a = {1, 3, 2, 4};            // the columns of [[1, 2], [3, 4]]
  /// double[] b = {5, 7, 6, 8};            // of [[5, 6], [7, 8]]
  /// double[] c = new double[4];
  /// Blas.dgemm('N', 'N', 2, 2, 2, 1, a, 0, 2, b, 0, 2, 0, c, 0, 2);
  /// Arrays.toString(c);                   // [19.0, 43.0, 22.0, 50.0]
  /// ```
  /// @param m rows of op(A) and C
  /// @param n columns of op(B) and C
  /// @param k columns of op(A), rows of op(B)
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dgemm(
      char transa, char transb, int m, int n, int k, double alpha, double[] a, int aOffset, int lda, double[] b, int bOffset, int ldb,
      double beta, double[] c, int cOffset, int ldc) {
    gemm(transa, transb, m, n, k, alpha, new Doubles(a, aOffset), lda, new Doubles(b, bOffset), ldb, beta, new Doubles(c, cOffset), ldc);
  }

  /// As [#dgemm], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void sgemm(
      char transa, char transb, int m, int n, int k, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
      float beta, float[] c, int cOffset, int ldc) {
    gemm(transa, transb, m, n, k, alpha, new Floats(a, aOffset), lda, new Floats(b, bOffset), ldb, beta, new Floats(c, cOffset), ldc);
  }

  private static void gemm(
      char transa, char transb, int m, int n, int k, double alpha, Numbers a, int lda, Numbers b, int ldb, double beta, Numbers c,
      int ldc) {
    Parameters p = Parameters.of(a, "GEMM");
    boolean ta = p.transposed(1, "transa", transa);
    boolean tb = p.transposed(2, "transb", transb);
    p.size(3, "m", m);
    p.size(4, "n", n);
    p.size(5, "k", k);
    p.leading(8, "lda", lda, ta ? k : m);
    p.leading(10, "ldb", ldb, tb ? n : k);
    p.leading(13, "ldc", ldc, m);
    if (m == 0 || n == 0 || ((alpha == 0 || k == 0) && beta == 1)) {
      return;
    }
    if (alpha != 0 && k > 0) {
      p.matrix("a", a, Columns.general(ta ? k : m, ta ? m : k, lda), ta ? m : k);
      p.matrix("b", b, Columns.general(tb ? n : k, tb ? k : n, ldb), tb ? k : n);
    }
    p.matrix("c", c, Columns.general(m, n, ldc), n);
    MatrixMatrix.general(m, n, k, alpha, new Matrix(a, lda, ta), new Matrix(b, ldb, tb), beta, new Matrix(c, ldc, false));
  }

  /// C = alpha A B + beta C, or for side `R` C = alpha B A + beta C, where A is symmetric.
  /// @param side whether the matrix A stands at the left or the right, `L` or `R`
  /// @param uplo which triangle of A is held, `U` or `L`; the other is not looked at
  /// @param m rows of C
  /// @param n columns of C
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dsymm(
      char side, char uplo, int m, int n, double alpha, double[] a, int aOffset, int lda, double[] b, int bOffset, int ldb, double beta,
      double[] c, int cOffset, int ldc) {
    symm(side, uplo, m, n, alpha, new Doubles(a, aOffset), lda, new Doubles(b, bOffset), ldb, beta, new Doubles(c, cOffset), ldc);
  }

  /// As [#dsymm], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void ssymm(
      char side, char uplo, int m, int n, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb, float beta,
      float[] c, int cOffset, int ldc) {
    symm(side, uplo, m, n, alpha, new Floats(a, aOffset), lda, new Floats(b, bOffset), ldb, beta, new Floats(c, cOffset), ldc);
  }

  private static void symm(
      char side, char uplo, int m, int n, double alpha, Numbers a, int lda, Numbers b, int ldb, double beta, Numbers c, int ldc) {
    Parameters p = Parameters.of(a, "SYMM");
    boolean left = p.left(1, side);
    boolean upper = p.upper(2, uplo);
    p.size(3, "m", m);
    p.size(4, "n", n);
    p.leading(7, "lda", lda, left ? m : n);
    p.leading(9, "ldb", ldb, m);
    p.leading(12, "ldc", ldc, m);
    if (m == 0 || n == 0 || (alpha == 0 && beta == 1)) {
      return;
    }
    int order = left ? m : n;
    p.matrix("a", a, Columns.general(order, order, lda), order);
    p.matrix("b", b, Columns.general(m, n, ldb), n);
    p.matrix("c", c, Columns.general(m, n, ldc), n);
    MatrixMatrix.symmetric(left, upper, order, left ? n : m, alpha, new Matrix(a, lda, false), new Matrix(b, ldb, false), beta,
        new Matrix(c, ldc, false));
  }

  /// C = alpha A Aᵀ + beta C, or for `T` and `C` C = alpha Aᵀ A + beta C, where C is symmetric.
  /// @param uplo which triangle of C is held and changed, `U` or `L`
  /// @param n rows and columns of C
  /// @param k the other size of A
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dsyrk(
      char uplo, char trans, int n, int k, double alpha, double[] a, int aOffset, int lda, double beta, double[] c, int cOffset, int ldc) {
    syrk(uplo, trans, n, k, alpha, new Doubles(a, aOffset), lda, beta, new Doubles(c, cOffset), ldc);
  }

  /// As [#dsyrk], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void ssyrk(
      char uplo, char trans, int n, int k, float alpha, float[] a, int aOffset, int lda, float beta, float[] c, int cOffset, int ldc) {
    syrk(uplo, trans, n, k, alpha, new Floats(a, aOffset), lda, beta, new Floats(c, cOffset), ldc);
  }

  private static void syrk(char uplo, char trans, int n, int k, double alpha, Numbers a, int lda, double beta, Numbers c, int ldc) {
    Parameters p = Parameters.of(a, "SYRK");
    boolean upper = p.upper(1, uplo);
    boolean transposed = p.transposed(2, "trans", trans);
    p.size(3, "n", n);
    p.size(4, "k", k);
    p.leading(7, "lda", lda, transposed ? k : n);
    p.leading(10, "ldc", ldc, n);
    if (n == 0 || ((alpha == 0 || k == 0) && beta == 1)) {
      return;
    }
    Columns triangle = Columns.triangle(upper, n, ldc);
    p.matrix("c", c, triangle, n);
    c.scale(beta, triangle, n);
    if (alpha == 0 || k == 0) {
      return;
    }
    p.matrix("a", a, Columns.general(transposed ? k : n, transposed ? n : k, lda), transposed ? n : k);
    Matrix ma = new Matrix(a, lda, transposed);
    MatrixMatrix.rankK(upper, n, k, alpha, ma, ma, new Matrix(c, ldc, false));
  }

  /// C = alpha A Bᵀ + alpha B Aᵀ + beta C, or for `T` and `C` C = alpha Aᵀ B + alpha Bᵀ A + beta C, where C is symmetric.
  /// @param uplo which triangle of C is held and changed, `U` or `L`
  /// @param n rows and columns of C
  /// @param k the other size of A and B
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dsyr2k(
      char uplo, char trans, int n, int k, double alpha, double[] a, int aOffset, int lda, double[] b, int bOffset, int ldb, double beta,
      double[] c, int cOffset, int ldc) {
    syr2k(uplo, trans, n, k, alpha, new Doubles(a, aOffset), lda, new Doubles(b, bOffset), ldb, beta, new Doubles(c, cOffset), ldc);
  }

  /// As [#dsyr2k], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void ssyr2k(
      char uplo, char trans, int n, int k, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb, float beta,
      float[] c, int cOffset, int ldc) {
    syr2k(uplo, trans, n, k, alpha, new Floats(a, aOffset), lda, new Floats(b, bOffset), ldb, beta, new Floats(c, cOffset), ldc);
  }

  private static void syr2k(
      char uplo, char trans, int n, int k, double alpha, Numbers a, int lda, Numbers b, int ldb, double beta, Numbers c, int ldc) {
    Parameters p = Parameters.of(a, "SYR2K");
    boolean upper = p.upper(1, uplo);
    boolean transposed = p.transposed(2, "trans", trans);
    p.size(3, "n", n);
    p.size(4, "k", k);
    p.leading(7, "lda", lda, transposed ? k : n);
    p.leading(9, "ldb", ldb, transposed ? k : n);
    p.leading(12, "ldc", ldc, n);
    if (n == 0 || ((alpha == 0 || k == 0) && beta == 1)) {
      return;
    }
    Columns triangle = Columns.triangle(upper, n, ldc);
    p.matrix("c", c, triangle, n);
    c.scale(beta, triangle, n);
    if (alpha == 0 || k == 0) {
      return;
    }
    p.matrix("a", a, Columns.general(transposed ? k : n, transposed ? n : k, lda), transposed ? n : k);
    p.matrix("b", b, Columns.general(transposed ? k : n, transposed ? n : k, ldb), transposed ? n : k);
    Matrix ma = new Matrix(a, lda, transposed);
    Matrix mb = new Matrix(b, ldb, transposed);
    Matrix mc = new Matrix(c, ldc, false);
    MatrixMatrix.rankK(upper, n, k, alpha, ma, mb, mc);
    MatrixMatrix.rankK(upper, n, k, alpha, mb, ma, mc);
  }

  /// B = alpha op(A) B, or for side `R` B = alpha B op(A), where A is triangular.
  /// @param side whether the matrix A stands at the left or the right, `L` or `R`
  /// @param uplo whether A is an upper or a lower triangle, `U` or `L`
  /// @param transa `N`, `T` or `C`
  /// @param diag `U` if the diagonal is 1 and not looked at, else `N`
  /// @param m rows of B
  /// @param n columns of B
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dtrmm(
      char side, char uplo, char transa, char diag, int m, int n, double alpha, double[] a, int aOffset, int lda, double[] b, int bOffset,
      int ldb) {
    trmm(side, uplo, transa, diag, m, n, alpha, new Doubles(a, aOffset), lda, new Doubles(b, bOffset), ldb);
  }

  /// As [#dtrmm], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void strmm(
      char side, char uplo, char transa, char diag, int m, int n, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset,
      int ldb) {
    trmm(side, uplo, transa, diag, m, n, alpha, new Floats(a, aOffset), lda, new Floats(b, bOffset), ldb);
  }

  private static void trmm(char side, char uplo, char transa, char diag, int m, int n, double alpha, Numbers a, int lda, Numbers b,
      int ldb) {
    Parameters p = Parameters.of(a, "TRMM");
    boolean left = p.left(1, side);
    boolean upper = p.upper(2, uplo);
    boolean transposed = p.transposed(3, "transa", transa);
    boolean unit = p.unit(4, diag);
    p.size(5, "m", m);
    p.size(6, "n", n);
    p.leading(9, "lda", lda, left ? m : n);
    p.leading(11, "ldb", ldb, m);
    if (m == 0 || n == 0) {
      return;
    }
    int order = left ? m : n;
    p.matrix("b", b, Columns.general(m, n, ldb), n);
    b.scale(alpha, Columns.general(m, n, ldb), n);
    if (alpha == 0) {
      return;
    }
    p.matrix("a", a, Columns.general(order, order, lda), order);
    Matrix mb = new Matrix(b, ldb, false);
    // From the right it is the same of the transposes: (B op(A))ᵀ = op(A)ᵀ Bᵀ.
    MatrixMatrix.multiplyTriangular(upper, unit, order, left ? n : m, new Matrix(a, lda, left == transposed), left ? mb : mb.flipped());
  }

  /// B = alpha op(A)⁻¹ B, or for side `R` B = alpha B op(A)⁻¹, where A is triangular: solves for many right-hand sides.
  /// Whether A is singular is not checked.
  /// @param side whether the matrix A stands at the left or the right, `L` or `R`
  /// @param uplo whether A is an upper or a lower triangle, `U` or `L`
  /// @param transa `N`, `T` or `C`
  /// @param diag `U` if the diagonal is 1 and not looked at, else `N`
  /// @param m rows of B
  /// @param n columns of B
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dtrsm(
      char side, char uplo, char transa, char diag, int m, int n, double alpha, double[] a, int aOffset, int lda, double[] b, int bOffset,
      int ldb) {
    trsm(side, uplo, transa, diag, m, n, alpha, new Doubles(a, aOffset), lda, new Doubles(b, bOffset), ldb);
  }

  /// As [#dtrsm], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void strsm(
      char side, char uplo, char transa, char diag, int m, int n, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset,
      int ldb) {
    trsm(side, uplo, transa, diag, m, n, alpha, new Floats(a, aOffset), lda, new Floats(b, bOffset), ldb);
  }

  private static void trsm(char side, char uplo, char transa, char diag, int m, int n, double alpha, Numbers a, int lda, Numbers b,
      int ldb) {
    Parameters p = Parameters.of(a, "TRSM");
    boolean left = p.left(1, side);
    boolean upper = p.upper(2, uplo);
    boolean transposed = p.transposed(3, "transa", transa);
    boolean unit = p.unit(4, diag);
    p.size(5, "m", m);
    p.size(6, "n", n);
    p.leading(9, "lda", lda, left ? m : n);
    p.leading(11, "ldb", ldb, m);
    if (m == 0 || n == 0) {
      return;
    }
    int order = left ? m : n;
    p.matrix("b", b, Columns.general(m, n, ldb), n);
    b.scale(alpha, Columns.general(m, n, ldb), n);
    if (alpha == 0) {
      return;
    }
    p.matrix("a", a, Columns.general(order, order, lda), order);
    Matrix mb = new Matrix(b, ldb, false);
    // From the right it is the same of the transposes: (B op(A))ᵀ = op(A)ᵀ Bᵀ.
    MatrixMatrix.solveTriangular(upper, unit, order, left ? n : m, new Matrix(a, lda, left == transposed), left ? mb : mb.flipped());
  }
}
