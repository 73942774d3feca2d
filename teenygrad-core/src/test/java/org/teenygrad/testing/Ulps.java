package org.teenygrad.testing;

/// How far a result is from the true value, in units of the last place of the correctly rounded one.
public final class Ulps {
  public static final double WRONG = 1e9;

  private Ulps() {}

  /// @param want far more exact than a float
  public static double of(float got, double want) {
    float nearest = (float) want;
    if (Float.isNaN(got) || Double.isNaN(want)) {
      return Float.isNaN(got) && Double.isNaN(want) ? 0 : WRONG;
    }
    if (Float.isInfinite(got) || Float.isInfinite(nearest)) {
      boolean atTheEdge = Math.abs(want) > 0x1.fffffcp127 && got * want > 0 && Math.abs(got) >= Float.MAX_VALUE;
      return got == nearest || !Double.isInfinite(want) && atTheEdge ? 0 : WRONG;
    }
    if (nearest == 0 && got == 0) {
      return Float.floatToRawIntBits(got) == Float.floatToRawIntBits(nearest) ? 0 : WRONG;
    }
    return Math.abs(got - want) / Math.ulp(nearest);
  }

  /// The number of floats between two.
  public static double between(float a, float b) {
    return Float.isNaN(a) || Float.isNaN(b)
        ? Float.isNaN(a) && Float.isNaN(b) ? 0 : WRONG
        : Math.abs((double) (order(Float.floatToRawIntBits(a), Integer.MIN_VALUE)
            - order(Float.floatToRawIntBits(b), Integer.MIN_VALUE)));
  }

  /// The number of doubles between two.
  public static double between(double a, double b) {
    return Double.isNaN(a) || Double.isNaN(b)
        ? Double.isNaN(a) && Double.isNaN(b) ? 0 : WRONG
        : Math.abs((double) (order(Double.doubleToRawLongBits(a), Long.MIN_VALUE)
            - order(Double.doubleToRawLongBits(b), Long.MIN_VALUE)));
  }

  private static long order(long bits, long signMask) {
    return bits < 0 ? signMask - bits : bits;
  }
}
