package org.teenygrad.blas;

import org.teenygrad.blas.MatrixVector.Vector;

/// Level 2: a matrix and vectors, O(n²) operations on O(n²) numbers. Here are the products; what all of level 2 compute
/// with is in [MatrixVector].
abstract sealed class Level2Products extends Level1 permits Level2Triangular {
  Level2Products() {}

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
}
