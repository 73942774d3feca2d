package org.teenygrad.blas;

import org.teenygrad.blas.MatrixVector.Vector;

/// Level 2: what vectors add to a matrix, rank one or two.
abstract sealed class Level2Updates extends Level2Triangular permits Level3 {
  Level2Updates() {}

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
