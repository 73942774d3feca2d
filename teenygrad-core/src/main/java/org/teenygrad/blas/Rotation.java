package org.teenygrad.blas;

/// A Givens rotation, as [Blas#drotg] makes it: `c a + s b = r` and `c b - s a = 0`, where c² + s² = 1.
///
/// @param r what the first of the two numbers becomes
/// @param z from which c and s can be found again: s where |z| < 1, 1/c where |z| > 1; 1 means c = 0
/// @param c the cosine
/// @param s the sine
public record Rotation(double r, double z, double c, double s) {

  static Rotation of(double a, double b) {
    if (b == 0) {
      return new Rotation(a, 0, 1, 0);
    }
    if (a == 0) {
      return new Rotation(b, 1, 0, 1);
    }
    boolean first = Math.abs(a) > Math.abs(b); // the larger gives r its sign
    double r = Math.copySign(Math.hypot(a, b), first ? a : b);
    double c = a / r;
    double s = b / r;
    return new Rotation(r, first ? s : c != 0 ? 1 / c : 1, c, s);
  }

  Rotation toFloats() {
    return new Rotation((float) r, (float) z, (float) c, (float) s);
  }
}
