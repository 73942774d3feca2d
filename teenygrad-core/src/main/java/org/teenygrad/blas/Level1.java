package org.teenygrad.blas;

/// Level 1: vectors, O(n) operations on O(n) numbers.
abstract sealed class Level1 permits Level2Products {
  Level1() {}

  /// Exchanges x and y.
  /// @throws IllegalArgumentException if an array is too short
  public static void dswap(int n, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy) {
    Numbers px = new Doubles(x, xOffset);
    Numbers py = new Doubles(y, yOffset);
    Parameters p = Parameters.of(px, "SWAP");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    for (int i = 0; i < n; i++) {
      double kept = px.get(ix + i * incx);
      px.set(ix + i * incx, py.get(iy + i * incy));
      py.set(iy + i * incy, kept);
    }
  }

  /// As [#dswap], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static void sswap(int n, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy) {
    Numbers px = new Floats(x, xOffset);
    Numbers py = new Floats(y, yOffset);
    Parameters p = Parameters.of(px, "SWAP");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    for (int i = 0; i < n; i++) {
      double kept = px.get(ix + i * incx);
      px.set(ix + i * incx, py.get(iy + i * incy));
      py.set(iy + i * incy, kept);
    }
  }

  /// y = x.
  /// @throws IllegalArgumentException if an array is too short
  public static void dcopy(int n, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy) {
    Numbers px = new Doubles(x, xOffset);
    Numbers py = new Doubles(y, yOffset);
    Parameters p = Parameters.of(px, "COPY");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    for (int i = 0; i < n; i++) {
      py.set(iy + i * incy, px.get(ix + i * incx));
    }
  }

  /// As [#dcopy], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static void scopy(int n, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy) {
    Numbers px = new Floats(x, xOffset);
    Numbers py = new Floats(y, yOffset);
    Parameters p = Parameters.of(px, "COPY");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    for (int i = 0; i < n; i++) {
      py.set(iy + i * incy, px.get(ix + i * incx));
    }
  }

  /// y = alpha x + y. Nothing is read where alpha is 0.
  /// @throws IllegalArgumentException if an array is too short
  public static void daxpy(int n, double alpha, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy) {
    Numbers px = new Doubles(x, xOffset);
    Numbers py = new Doubles(y, yOffset);
    Parameters p = Parameters.of(px, "AXPY");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    if (alpha != 0) {
      py.add(n, alpha, px, ix, incx, iy, incy);
    }
  }

  /// As [#daxpy], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static void saxpy(int n, float alpha, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy) {
    Numbers px = new Floats(x, xOffset);
    Numbers py = new Floats(y, yOffset);
    Parameters p = Parameters.of(px, "AXPY");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    if (alpha != 0) {
      py.add(n, alpha, px, ix, incx, iy, incy);
    }
  }

  /// x = alpha x. Nothing happens where the increment is not positive.
  /// @throws IllegalArgumentException if an array is too short
  public static void dscal(int n, double alpha, double[] x, int xOffset, int incx) {
    if (incx > 0) {
      Numbers px = new Doubles(x, xOffset);
      px.scale(n, alpha, Parameters.of(px, "SCAL").vector("x", px, n, incx), incx);
    }
  }

  /// As [#dscal], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static void sscal(int n, float alpha, float[] x, int xOffset, int incx) {
    if (incx > 0) {
      Numbers px = new Floats(x, xOffset);
      px.scale(n, alpha, Parameters.of(px, "SCAL").vector("x", px, n, incx), incx);
    }
  }

  /// The sum of the products of the elements of x and y.
  ///
  /// ```java
  /// double[] x = {1, 2, 3};
  /// Blas.ddot(3, x, 0, 1, x, 0, -1);      // 10.0
  /// ```
  /// @throws IllegalArgumentException if an array is too short
  public static double ddot(int n, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy) {
    Numbers px = new Doubles(x, xOffset);
    Numbers py = new Doubles(y, yOffset);
    Parameters p = Parameters.of(px, "DOT");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    return px.dot(n, ix, incx, py, iy, incy);
  }

  /// As [#ddot], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static float sdot(int n, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy) {
    Numbers px = new Floats(x, xOffset);
    Numbers py = new Floats(y, yOffset);
    Parameters p = Parameters.of(px, "DOT");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    return (float) px.dot(n, ix, incx, py, iy, incy);
  }

  /// The Euclidean norm of x, without overflow or underflow on the way; 0 where the increment is not positive.
  /// @throws IllegalArgumentException if an array is too short
  public static double dnrm2(int n, double[] x, int xOffset, int incx) {
    Numbers px = new Doubles(x, xOffset);
    Parameters.of(px, "NRM2").vector("x", px, incx > 0 ? n : 0, incx);
    return Norms.euclidean(incx > 0 ? n : 0, px, incx);
  }

  /// As [#dnrm2], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static float snrm2(int n, float[] x, int xOffset, int incx) {
    Numbers px = new Floats(x, xOffset);
    Parameters.of(px, "NRM2").vector("x", px, incx > 0 ? n : 0, incx);
    return (float) Norms.euclidean(incx > 0 ? n : 0, px, incx);
  }

  /// The sum of the magnitudes of the elements of x; 0 where the increment is not positive.
  /// @throws IllegalArgumentException if an array is too short
  public static double dasum(int n, double[] x, int xOffset, int incx) {
    Numbers px = new Doubles(x, xOffset);
    Parameters.of(px, "ASUM").vector("x", px, incx > 0 ? n : 0, incx);
    return Norms.sum(incx > 0 ? n : 0, px, incx);
  }

  /// As [#dasum], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static float sasum(int n, float[] x, int xOffset, int incx) {
    Numbers px = new Floats(x, xOffset);
    Parameters.of(px, "ASUM").vector("x", px, incx > 0 ? n : 0, incx);
    return (float) Norms.sum(incx > 0 ? n : 0, px, incx);
  }

  /// Rotates the points (x_i, y_i): x = c x + s y and y = c y - s x.
  /// @throws IllegalArgumentException if an array is too short
  public static void drot(int n, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy, double c, double s) {
    Numbers px = new Doubles(x, xOffset);
    Numbers py = new Doubles(y, yOffset);
    Parameters p = Parameters.of(px, "ROT");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    for (int i = 0; i < n; i++) {
      double one = px.get(ix + i * incx);
      double other = py.get(iy + i * incy);
      px.set(ix + i * incx, c * one + s * other);
      py.set(iy + i * incy, c * other - s * one);
    }
  }

  /// As [#drot], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static void srot(int n, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy, float c, float s) {
    Numbers px = new Floats(x, xOffset);
    Numbers py = new Floats(y, yOffset);
    Parameters p = Parameters.of(px, "ROT");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    for (int i = 0; i < n; i++) {
      double one = px.get(ix + i * incx);
      double other = py.get(iy + i * incy);
      px.set(ix + i * incx, c * one + s * other);
      py.set(iy + i * incy, c * other - s * one);
    }
  }

  /// Multiplies the points (x_i, y_i) by a modified Givens rotation: x = h11 x + h12 y and y = h21 x + h22 y.
  /// @throws IllegalArgumentException if an array is too short
  public static void drotm(int n, double[] x, int xOffset, int incx, double[] y, int yOffset, int incy, ModifiedRotation h) {
    Numbers px = new Doubles(x, xOffset);
    Numbers py = new Doubles(y, yOffset);
    Parameters p = Parameters.of(px, "ROTM");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    for (int i = 0; i < n; i++) {
      double one = px.get(ix + i * incx);
      double other = py.get(iy + i * incy);
      px.set(ix + i * incx, h.h11() * one + h.h12() * other);
      py.set(iy + i * incy, h.h21() * one + h.h22() * other);
    }
  }

  /// As [#drotm], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static void srotm(int n, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy, ModifiedRotation h) {
    Numbers px = new Floats(x, xOffset);
    Numbers py = new Floats(y, yOffset);
    Parameters p = Parameters.of(px, "ROTM");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    for (int i = 0; i < n; i++) {
      double one = px.get(ix + i * incx);
      double other = py.get(iy + i * incy);
      px.set(ix + i * incx, h.h11() * one + h.h12() * other);
      py.set(iy + i * incy, h.h21() * one + h.h22() * other);
    }
  }

  /// The rotation that turns (a, b) into (r, 0).
  /// ```java
  /// Blas.drotg(3, 4);                     // Rotation[r=5.0, z=1.6666666666666667, c=0.6, s=0.8]
  /// ```
  public static Rotation drotg(double a, double b) {
    return Rotation.of(a, b);
  }

  /// As [#drotg], of floats: each number is rounded to one.
  public static Rotation srotg(float a, float b) {
    return Rotation.of(a, b).toFloats();
  }

  /// The modified rotation H that makes the second of (sqrt(d1) x1, sqrt(d2) y1) zero, without a root.
  public static ModifiedRotation drotmg(double d1, double d2, double x1, double y1) {
    return ModifiedRotation.of(d1, d2, x1, y1);
  }

  /// As [#drotmg], of floats: each number is rounded to one.
  public static ModifiedRotation srotmg(float d1, float d2, float x1, float y1) {
    return ModifiedRotation.of(d1, d2, x1, y1).toFloats();
  }

  /// As [#ddot], of floats, but with products and sums in double.
  /// @throws IllegalArgumentException if an array is too short
  public static double dsdot(int n, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy) {
    Numbers px = new Floats(x, xOffset);
    Numbers py = new Floats(y, yOffset);
    Parameters p = new Parameters("DSDOT");
    int ix = p.vector("x", px, n, incx);
    int iy = p.vector("y", py, n, incy);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += px.get(ix + i * incx) * py.get(iy + i * incy);
    }
    return sum;
  }

  /// As [#dsdot], plus b, rounded once.
  /// @throws IllegalArgumentException if an array is too short
  public static float sdsdot(int n, float b, float[] x, int xOffset, int incx, float[] y, int yOffset, int incy) {
    return (float) (b + dsdot(n, x, xOffset, incx, y, yOffset, incy));
  }

  /// The number, from 0, of the first element of x of the greatest magnitude; -1 where there are no elements or the
  /// increment is not positive.
  /// ```java
  /// Blas.idamax(3, new double[] {1, -7, 7}, 0, 1);   // 1
  /// ```
  /// @throws IllegalArgumentException if an array is too short
  public static int idamax(int n, double[] x, int xOffset, int incx) {
    return Norms.greatest(n, new Doubles(x, xOffset), incx, "IDAMAX");
  }

  /// As [#idamax], of floats.
  /// @throws IllegalArgumentException if an array is too short
  public static int isamax(int n, float[] x, int xOffset, int incx) {
    return Norms.greatest(n, new Floats(x, xOffset), incx, "ISAMAX");
  }
}
