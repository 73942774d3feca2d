package org.teenygrad.blas;

import org.teenygrad.blas.MatrixVector.Vector;

/// Level 2: a matrix and vectors, O(n²) operations on O(n²) numbers. What they compute with is in [MatrixVector].
abstract sealed class Level2 extends Level1 permits Level3 {
  Level2() {}

  /// y = alpha op(A) x + beta y, where op(A) is A or, for `T` and `C`, Aᵀ.
  /// @param trans `N`, `T` or `C`
  /// @param m rows of A
  /// @param n columns of A
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dgemv(
      char trans, int m, int n, double alpha, double[] a, int aOffset, int lda, double[] x, int xOffset, int incx, double beta, double[] y,
      int yOffset, int incy) {
    gemv(trans, m, n, alpha, new Doubles(a, aOffset), lda, new Doubles(x, xOffset), incx, beta, new Doubles(y, yOffset), incy);
  }

  /// As [#dgemv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void sgemv(
      char trans, int m, int n, float alpha, float[] a, int aOffset, int lda, float[] x, int xOffset, int incx, float beta, float[] y,
      int yOffset, int incy) {
    gemv(trans, m, n, alpha, new Floats(a, aOffset), lda, new Floats(x, xOffset), incx, beta, new Floats(y, yOffset), incy);
  }

  private static void gemv(char trans, int m, int n, double alpha, Numbers a, int lda, Numbers x, int incx, double beta, Numbers y,
      int incy) {
    Parameters p = Parameters.of(a, "GEMV");
    boolean transposed = p.transposed(1, "trans", trans);
    p.size(2, "m", m);
    p.size(3, "n", n);
    p.leading(6, "lda", lda, m);
    p.increment(8, "incx", incx);
    p.increment(11, "incy", incy);
    if (m == 0 || n == 0 || (alpha == 0 && beta == 1)) {
      return;
    }
    Columns columns = Columns.general(m, n, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, transposed ? m : n, incx), incx);
    Vector vy = new Vector(y, p.vector("y", y, transposed ? n : m, incy), incy);
    MatrixVector.general(transposed, n, alpha, a, columns, vx, beta, vy);
  }

  /// y = alpha op(A) x + beta y, where A is a band: its element (i, j) is `a[ku + i - j + j * lda]`.
  /// @param m rows of A
  /// @param n columns of A
  /// @param kl diagonals below the main one
  /// @param ku diagonals above the main one
  /// @param lda at least kl + ku + 1
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dgbmv(
      char trans, int m, int n, int kl, int ku, double alpha, double[] a, int aOffset, int lda, double[] x, int xOffset, int incx,
      double beta, double[] y, int yOffset, int incy) {
    gbmv(trans, m, n, kl, ku, alpha, new Doubles(a, aOffset), lda, new Doubles(x, xOffset), incx, beta, new Doubles(y, yOffset), incy);
  }

  /// As [#dgbmv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void sgbmv(
      char trans, int m, int n, int kl, int ku, float alpha, float[] a, int aOffset, int lda, float[] x, int xOffset, int incx, float beta,
      float[] y, int yOffset, int incy) {
    gbmv(trans, m, n, kl, ku, alpha, new Floats(a, aOffset), lda, new Floats(x, xOffset), incx, beta, new Floats(y, yOffset), incy);
  }

  private static void gbmv(
      char trans, int m, int n, int kl, int ku, double alpha, Numbers a, int lda, Numbers x, int incx, double beta, Numbers y, int incy) {
    Parameters p = Parameters.of(a, "GBMV");
    boolean transposed = p.transposed(1, "trans", trans);
    p.size(2, "m", m);
    p.size(3, "n", n);
    p.size(4, "kl", kl);
    p.size(5, "ku", ku);
    p.leading(8, "lda", lda, kl + ku + 1);
    p.increment(10, "incx", incx);
    p.increment(13, "incy", incy);
    if (m == 0 || n == 0 || (alpha == 0 && beta == 1)) {
      return;
    }
    Columns columns = Columns.band(m, kl, ku, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, transposed ? m : n, incx), incx);
    Vector vy = new Vector(y, p.vector("y", y, transposed ? n : m, incy), incy);
    MatrixVector.general(transposed, n, alpha, a, columns, vx, beta, vy);
  }

  /// y = alpha A x + beta y, where A is symmetric.
  /// @param uplo which triangle of A is held, `U` or `L`; the other is not looked at
  /// @param n rows and columns of A
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dsymv(
      char uplo, int n, double alpha, double[] a, int aOffset, int lda, double[] x, int xOffset, int incx, double beta, double[] y,
      int yOffset, int incy) {
    symv(uplo, n, alpha, new Doubles(a, aOffset), lda, new Doubles(x, xOffset), incx, beta, new Doubles(y, yOffset), incy);
  }

  /// As [#dsymv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void ssymv(
      char uplo, int n, float alpha, float[] a, int aOffset, int lda, float[] x, int xOffset, int incx, float beta, float[] y, int yOffset,
      int incy) {
    symv(uplo, n, alpha, new Floats(a, aOffset), lda, new Floats(x, xOffset), incx, beta, new Floats(y, yOffset), incy);
  }

  private static void symv(char uplo, int n, double alpha, Numbers a, int lda, Numbers x, int incx, double beta, Numbers y, int incy) {
    Parameters p = Parameters.of(a, "SYMV");
    boolean upper = p.upper(1, uplo);
    p.size(2, "n", n);
    p.leading(5, "lda", lda, n);
    p.increment(7, "incx", incx);
    p.increment(10, "incy", incy);
    if (n == 0 || (alpha == 0 && beta == 1)) {
      return;
    }
    Columns columns = Columns.triangle(upper, n, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    Vector vy = new Vector(y, p.vector("y", y, n, incy), incy);
    MatrixVector.symmetric(upper, n, alpha, a, columns, vx, beta, vy);
  }

  /// y = alpha A x + beta y, where A is a symmetric band: element (i, j) is `a[k + i - j + j * lda]` of the upper
  /// triangle, `a[i - j + j * lda]` of the lower.
  /// @param uplo which triangle of A is held, `U` or `L`; the other is not looked at
  /// @param n rows and columns of A
  /// @param k diagonals above, or below, the main one
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dsbmv(
      char uplo, int n, int k, double alpha, double[] a, int aOffset, int lda, double[] x, int xOffset, int incx, double beta, double[] y,
      int yOffset, int incy) {
    sbmv(uplo, n, k, alpha, new Doubles(a, aOffset), lda, new Doubles(x, xOffset), incx, beta, new Doubles(y, yOffset), incy);
  }

  /// As [#dsbmv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void ssbmv(
      char uplo, int n, int k, float alpha, float[] a, int aOffset, int lda, float[] x, int xOffset, int incx, float beta, float[] y,
      int yOffset, int incy) {
    sbmv(uplo, n, k, alpha, new Floats(a, aOffset), lda, new Floats(x, xOffset), incx, beta, new Floats(y, yOffset), incy);
  }

  private static void sbmv(char uplo, int n, int k, double alpha, Numbers a, int lda, Numbers x, int incx, double beta, Numbers y,
      int incy) {
    Parameters p = Parameters.of(a, "SBMV");
    boolean upper = p.upper(1, uplo);
    p.size(2, "n", n);
    p.size(3, "k", k);
    p.leading(6, "lda", lda, k + 1);
    p.increment(8, "incx", incx);
    p.increment(11, "incy", incy);
    if (n == 0 || (alpha == 0 && beta == 1)) {
      return;
    }
    Columns columns = Columns.bandTriangle(upper, n, k, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    Vector vy = new Vector(y, p.vector("y", y, n, incy), incy);
    MatrixVector.symmetric(upper, n, alpha, a, columns, vx, beta, vy);
  }

  /// y = alpha A x + beta y, where A is symmetric and packed: the columns of one triangle follow each other.
  /// @param uplo which triangle of A is held, `U` or `L`; the other is not looked at
  /// @param n rows and columns of A
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dspmv(
      char uplo, int n, double alpha, double[] ap, int apOffset, double[] x, int xOffset, int incx, double beta, double[] y, int yOffset,
      int incy) {
    spmv(uplo, n, alpha, new Doubles(ap, apOffset), new Doubles(x, xOffset), incx, beta, new Doubles(y, yOffset), incy);
  }

  /// As [#dspmv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void sspmv(
      char uplo, int n, float alpha, float[] ap, int apOffset, float[] x, int xOffset, int incx, float beta, float[] y, int yOffset,
      int incy) {
    spmv(uplo, n, alpha, new Floats(ap, apOffset), new Floats(x, xOffset), incx, beta, new Floats(y, yOffset), incy);
  }

  private static void spmv(char uplo, int n, double alpha, Numbers ap, Numbers x, int incx, double beta, Numbers y, int incy) {
    Parameters p = Parameters.of(ap, "SPMV");
    boolean upper = p.upper(1, uplo);
    p.size(2, "n", n);
    p.increment(6, "incx", incx);
    p.increment(9, "incy", incy);
    if (n == 0 || (alpha == 0 && beta == 1)) {
      return;
    }
    Columns columns = Columns.packedTriangle(upper, n);
    p.matrix("ap", ap, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    Vector vy = new Vector(y, p.vector("y", y, n, incy), incy);
    MatrixVector.symmetric(upper, n, alpha, ap, columns, vx, beta, vy);
  }

  /// x = op(A) x, where A is triangular.
  /// @param uplo whether A is an upper or a lower triangle, `U` or `L`
  /// @param trans `N`, `T` or `C`
  /// @param diag `U` if the diagonal is 1 and not looked at, else `N`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dtrmv(char uplo, char trans, char diag, int n, double[] a, int aOffset, int lda, double[] x, int xOffset, int incx) {
    trmv(uplo, trans, diag, n, new Doubles(a, aOffset), lda, new Doubles(x, xOffset), incx);
  }

  /// As [#dtrmv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void strmv(char uplo, char trans, char diag, int n, float[] a, int aOffset, int lda, float[] x, int xOffset, int incx) {
    trmv(uplo, trans, diag, n, new Floats(a, aOffset), lda, new Floats(x, xOffset), incx);
  }

  private static void trmv(char uplo, char trans, char diag, int n, Numbers a, int lda, Numbers x, int incx) {
    Parameters p = Parameters.of(a, "TRMV");
    boolean upper = p.upper(1, uplo);
    boolean transposed = p.transposed(2, "trans", trans);
    boolean unit = p.unit(3, diag);
    p.size(4, "n", n);
    p.leading(6, "lda", lda, n);
    p.increment(8, "incx", incx);
    if (n == 0) {
      return;
    }
    Columns columns = Columns.triangle(upper, n, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    MatrixVector.multiplyTriangular(upper, transposed, unit, n, a, columns, vx);
  }

  /// x = op(A) x, where A is triangular and a band, held as for [#dsbmv].
  /// @param uplo whether A is an upper or a lower triangle, `U` or `L`
  /// @param trans `N`, `T` or `C`
  /// @param diag `U` if the diagonal is 1 and not looked at, else `N`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dtbmv(char uplo, char trans, char diag, int n, int k, double[] a, int aOffset, int lda, double[] x, int xOffset,
      int incx) {
    tbmv(uplo, trans, diag, n, k, new Doubles(a, aOffset), lda, new Doubles(x, xOffset), incx);
  }

  /// As [#dtbmv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void stbmv(char uplo, char trans, char diag, int n, int k, float[] a, int aOffset, int lda, float[] x, int xOffset,
      int incx) {
    tbmv(uplo, trans, diag, n, k, new Floats(a, aOffset), lda, new Floats(x, xOffset), incx);
  }

  private static void tbmv(char uplo, char trans, char diag, int n, int k, Numbers a, int lda, Numbers x, int incx) {
    Parameters p = Parameters.of(a, "TBMV");
    boolean upper = p.upper(1, uplo);
    boolean transposed = p.transposed(2, "trans", trans);
    boolean unit = p.unit(3, diag);
    p.size(4, "n", n);
    p.size(5, "k", k);
    p.leading(7, "lda", lda, k + 1);
    p.increment(9, "incx", incx);
    if (n == 0) {
      return;
    }
    Columns columns = Columns.bandTriangle(upper, n, k, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    MatrixVector.multiplyTriangular(upper, transposed, unit, n, a, columns, vx);
  }

  /// x = op(A) x, where A is triangular and packed, as for [#dspmv].
  /// @param uplo whether A is an upper or a lower triangle, `U` or `L`
  /// @param trans `N`, `T` or `C`
  /// @param diag `U` if the diagonal is 1 and not looked at, else `N`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dtpmv(char uplo, char trans, char diag, int n, double[] ap, int apOffset, double[] x, int xOffset, int incx) {
    tpmv(uplo, trans, diag, n, new Doubles(ap, apOffset), new Doubles(x, xOffset), incx);
  }

  /// As [#dtpmv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void stpmv(char uplo, char trans, char diag, int n, float[] ap, int apOffset, float[] x, int xOffset, int incx) {
    tpmv(uplo, trans, diag, n, new Floats(ap, apOffset), new Floats(x, xOffset), incx);
  }

  private static void tpmv(char uplo, char trans, char diag, int n, Numbers ap, Numbers x, int incx) {
    Parameters p = Parameters.of(ap, "TPMV");
    boolean upper = p.upper(1, uplo);
    boolean transposed = p.transposed(2, "trans", trans);
    boolean unit = p.unit(3, diag);
    p.size(4, "n", n);
    p.increment(7, "incx", incx);
    if (n == 0) {
      return;
    }
    Columns columns = Columns.packedTriangle(upper, n);
    p.matrix("ap", ap, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    MatrixVector.multiplyTriangular(upper, transposed, unit, n, ap, columns, vx);
  }

  /// x = op(A)⁻¹ x, where A is triangular: solves op(A) x = b for the b that x holds. Whether A is singular is not checked.
  /// @param uplo whether A is an upper or a lower triangle, `U` or `L`
  /// @param trans `N`, `T` or `C`
  /// @param diag `U` if the diagonal is 1 and not looked at, else `N`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dtrsv(char uplo, char trans, char diag, int n, double[] a, int aOffset, int lda, double[] x, int xOffset, int incx) {
    trsv(uplo, trans, diag, n, new Doubles(a, aOffset), lda, new Doubles(x, xOffset), incx);
  }

  /// As [#dtrsv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void strsv(char uplo, char trans, char diag, int n, float[] a, int aOffset, int lda, float[] x, int xOffset, int incx) {
    trsv(uplo, trans, diag, n, new Floats(a, aOffset), lda, new Floats(x, xOffset), incx);
  }

  private static void trsv(char uplo, char trans, char diag, int n, Numbers a, int lda, Numbers x, int incx) {
    Parameters p = Parameters.of(a, "TRSV");
    boolean upper = p.upper(1, uplo);
    boolean transposed = p.transposed(2, "trans", trans);
    boolean unit = p.unit(3, diag);
    p.size(4, "n", n);
    p.leading(6, "lda", lda, n);
    p.increment(8, "incx", incx);
    if (n == 0) {
      return;
    }
    Columns columns = Columns.triangle(upper, n, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    MatrixVector.solveTriangular(upper, transposed, unit, n, a, columns, vx);
  }

  /// x = op(A)⁻¹ x, where A is triangular and a band, held as for [#dsbmv]: solves op(A) x = b for the b that x holds.
  /// Whether A is singular is not checked.
  /// @param uplo whether A is an upper or a lower triangle, `U` or `L`
  /// @param trans `N`, `T` or `C`
  /// @param diag `U` if the diagonal is 1 and not looked at, else `N`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dtbsv(char uplo, char trans, char diag, int n, int k, double[] a, int aOffset, int lda, double[] x, int xOffset,
      int incx) {
    tbsv(uplo, trans, diag, n, k, new Doubles(a, aOffset), lda, new Doubles(x, xOffset), incx);
  }

  /// As [#dtbsv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void stbsv(char uplo, char trans, char diag, int n, int k, float[] a, int aOffset, int lda, float[] x, int xOffset,
      int incx) {
    tbsv(uplo, trans, diag, n, k, new Floats(a, aOffset), lda, new Floats(x, xOffset), incx);
  }

  private static void tbsv(char uplo, char trans, char diag, int n, int k, Numbers a, int lda, Numbers x, int incx) {
    Parameters p = Parameters.of(a, "TBSV");
    boolean upper = p.upper(1, uplo);
    boolean transposed = p.transposed(2, "trans", trans);
    boolean unit = p.unit(3, diag);
    p.size(4, "n", n);
    p.size(5, "k", k);
    p.leading(7, "lda", lda, k + 1);
    p.increment(9, "incx", incx);
    if (n == 0) {
      return;
    }
    Columns columns = Columns.bandTriangle(upper, n, k, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    MatrixVector.solveTriangular(upper, transposed, unit, n, a, columns, vx);
  }

  /// x = op(A)⁻¹ x, where A is triangular and packed, as for [#dspmv]: solves op(A) x = b for the b that x holds.
  /// Whether A is singular is not checked.
  /// @param uplo whether A is an upper or a lower triangle, `U` or `L`
  /// @param trans `N`, `T` or `C`
  /// @param diag `U` if the diagonal is 1 and not looked at, else `N`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dtpsv(char uplo, char trans, char diag, int n, double[] ap, int apOffset, double[] x, int xOffset, int incx) {
    tpsv(uplo, trans, diag, n, new Doubles(ap, apOffset), new Doubles(x, xOffset), incx);
  }

  /// As [#dtpsv], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void stpsv(char uplo, char trans, char diag, int n, float[] ap, int apOffset, float[] x, int xOffset, int incx) {
    tpsv(uplo, trans, diag, n, new Floats(ap, apOffset), new Floats(x, xOffset), incx);
  }

  private static void tpsv(char uplo, char trans, char diag, int n, Numbers ap, Numbers x, int incx) {
    Parameters p = Parameters.of(ap, "TPSV");
    boolean upper = p.upper(1, uplo);
    boolean transposed = p.transposed(2, "trans", trans);
    boolean unit = p.unit(3, diag);
    p.size(4, "n", n);
    p.increment(7, "incx", incx);
    if (n == 0) {
      return;
    }
    Columns columns = Columns.packedTriangle(upper, n);
    p.matrix("ap", ap, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    MatrixVector.solveTriangular(upper, transposed, unit, n, ap, columns, vx);
  }

  /// A = alpha x yᵀ + A.
  /// @param m rows of A
  /// @param n columns of A
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dger(
      int m, int n, double alpha, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy, double[] a, int aOffset, int lda) {
    ger(m, n, alpha, new Doubles(x, xOffset), incx, new Doubles(y, yOffset), incy, new Doubles(a, aOffset), lda);
  }

  /// As [#dger], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void sger(
      int m, int n, float alpha, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy, float[] a, int aOffset, int lda) {
    ger(m, n, alpha, new Floats(x, xOffset), incx, new Floats(y, yOffset), incy, new Floats(a, aOffset), lda);
  }

  private static void ger(int m, int n, double alpha, Numbers x, int incx, Numbers y, int incy, Numbers a, int lda) {
    Parameters p = Parameters.of(x, "GER");
    p.size(1, "m", m);
    p.size(2, "n", n);
    p.increment(5, "incx", incx);
    p.increment(7, "incy", incy);
    p.leading(9, "lda", lda, m);
    if (m == 0 || n == 0 || alpha == 0) {
      return;
    }
    Columns columns = Columns.general(m, n, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, m, incx), incx);
    Vector vy = new Vector(y, p.vector("y", y, n, incy), incy);
    MatrixVector.rankOne(n, alpha, vx, vy, a, columns);
  }

  /// A = alpha x xᵀ + A, where A is symmetric.
  /// @param uplo which triangle of A is held and changed, `U` or `L`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dsyr(char uplo, int n, double alpha, double[] x, int xOffset, int incx, double[] a, int aOffset, int lda) {
    syr(uplo, n, alpha, new Doubles(x, xOffset), incx, new Doubles(a, aOffset), lda);
  }

  /// As [#dsyr], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void ssyr(char uplo, int n, float alpha, float[] x, int xOffset, int incx, float[] a, int aOffset, int lda) {
    syr(uplo, n, alpha, new Floats(x, xOffset), incx, new Floats(a, aOffset), lda);
  }

  private static void syr(char uplo, int n, double alpha, Numbers x, int incx, Numbers a, int lda) {
    Parameters p = Parameters.of(x, "SYR");
    boolean upper = p.upper(1, uplo);
    p.size(2, "n", n);
    p.increment(5, "incx", incx);
    p.leading(7, "lda", lda, n);
    if (n == 0 || alpha == 0) {
      return;
    }
    Columns columns = Columns.triangle(upper, n, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    MatrixVector.rankOne(n, alpha, vx, vx, a, columns);
  }

  /// A = alpha x xᵀ + A, where A is symmetric and packed, as for [#dspmv].
  /// @param uplo which triangle of A is held and changed, `U` or `L`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dspr(char uplo, int n, double alpha, double[] x, int xOffset, int incx, double[] ap, int apOffset) {
    spr(uplo, n, alpha, new Doubles(x, xOffset), incx, new Doubles(ap, apOffset));
  }

  /// As [#dspr], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void sspr(char uplo, int n, float alpha, float[] x, int xOffset, int incx, float[] ap, int apOffset) {
    spr(uplo, n, alpha, new Floats(x, xOffset), incx, new Floats(ap, apOffset));
  }

  private static void spr(char uplo, int n, double alpha, Numbers x, int incx, Numbers ap) {
    Parameters p = Parameters.of(x, "SPR");
    boolean upper = p.upper(1, uplo);
    p.size(2, "n", n);
    p.increment(5, "incx", incx);
    if (n == 0 || alpha == 0) {
      return;
    }
    Columns columns = Columns.packedTriangle(upper, n);
    p.matrix("ap", ap, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    MatrixVector.rankOne(n, alpha, vx, vx, ap, columns);
  }

  /// A = alpha x yᵀ + alpha y xᵀ + A, where A is symmetric.
  /// @param uplo which triangle of A is held and changed, `U` or `L`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dsyr2(
      char uplo, int n, double alpha, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy, double[] a, int aOffset,
      int lda) {
    syr2(uplo, n, alpha, new Doubles(x, xOffset), incx, new Doubles(y, yOffset), incy, new Doubles(a, aOffset), lda);
  }

  /// As [#dsyr2], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void ssyr2(
      char uplo, int n, float alpha, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy, float[] a, int aOffset, int lda) {
    syr2(uplo, n, alpha, new Floats(x, xOffset), incx, new Floats(y, yOffset), incy, new Floats(a, aOffset), lda);
  }

  private static void syr2(char uplo, int n, double alpha, Numbers x, int incx, Numbers y, int incy, Numbers a, int lda) {
    Parameters p = Parameters.of(x, "SYR2");
    boolean upper = p.upper(1, uplo);
    p.size(2, "n", n);
    p.increment(5, "incx", incx);
    p.increment(7, "incy", incy);
    p.leading(9, "lda", lda, n);
    if (n == 0 || alpha == 0) {
      return;
    }
    Columns columns = Columns.triangle(upper, n, lda);
    p.matrix("a", a, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    Vector vy = new Vector(y, p.vector("y", y, n, incy), incy);
    MatrixVector.rankOne(n, alpha, vx, vy, a, columns);
    MatrixVector.rankOne(n, alpha, vy, vx, a, columns);
  }

  /// A = alpha x yᵀ + alpha y xᵀ + A, where A is symmetric and packed, as for [#dspmv].
  /// @param uplo which triangle of A is held and changed, `U` or `L`
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void dspr2(
      char uplo, int n, double alpha, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy, double[] ap, int apOffset) {
    spr2(uplo, n, alpha, new Doubles(x, xOffset), incx, new Doubles(y, yOffset), incy, new Doubles(ap, apOffset));
  }

  /// As [#dspr2], of floats.
  /// @throws BlasParameterException if a parameter is illegal
  /// @throws IllegalArgumentException if an array is too short
  public static void sspr2(
      char uplo, int n, float alpha, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy, float[] ap, int apOffset) {
    spr2(uplo, n, alpha, new Floats(x, xOffset), incx, new Floats(y, yOffset), incy, new Floats(ap, apOffset));
  }

  private static void spr2(char uplo, int n, double alpha, Numbers x, int incx, Numbers y, int incy, Numbers ap) {
    Parameters p = Parameters.of(x, "SPR2");
    boolean upper = p.upper(1, uplo);
    p.size(2, "n", n);
    p.increment(5, "incx", incx);
    p.increment(7, "incy", incy);
    if (n == 0 || alpha == 0) {
      return;
    }
    Columns columns = Columns.packedTriangle(upper, n);
    p.matrix("ap", ap, columns, n);
    Vector vx = new Vector(x, p.vector("x", x, n, incx), incx);
    Vector vy = new Vector(y, p.vector("y", y, n, incy), incy);
    MatrixVector.rankOne(n, alpha, vx, vy, ap, columns);
    MatrixVector.rankOne(n, alpha, vy, vx, ap, columns);
  }
}
