package org.teenygrad.blas;

import org.teenygrad.blas.MatrixVector.Vector;

/// Level 2: a triangular matrix times a vector, and the vector of which that product is given.
abstract sealed class Level2Triangular extends Level2Products permits Level2Updates {
  Level2Triangular() {}

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
}
