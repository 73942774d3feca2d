package org.teenygrad.exchange.onnx.operators;

import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// A floating type of 8 or 4 bits, whose values are carried in float32.
///
/// @param exponentBits how many bits the exponent has
/// @param mantissaBits how many bits the fraction has
/// @param bias what is subtracted from an exponent's bits
/// @param largest the largest finite value
/// @param beyond what is too large where that does not become the largest
/// @param oneZero whether the bits of -0 are the only NaN
record MiniFloat(int exponentBits, int mantissaBits, int bias, double largest, double beyond, boolean oneZero) {
  static MiniFloat of(ElementType type) {
    return switch (type) {
      case FLOAT8E4M3FN -> new MiniFloat(4, 3, 7, 448, Double.NaN, false);
      case FLOAT8E4M3FNUZ -> new MiniFloat(4, 3, 8, 240, Double.NaN, true);
      case FLOAT8E5M2 -> new MiniFloat(5, 2, 15, 57344, Double.POSITIVE_INFINITY, false);
      case FLOAT8E5M2FNUZ -> new MiniFloat(5, 2, 16, 57344, Double.NaN, true);
      case FLOAT4E2M1 -> new MiniFloat(2, 1, 1, 6, 6, false);
      default -> throw new IllegalArgumentException(type + " is no floating type with a sign of 8 bits or less");
    };
  }

  /// The nearest values, of two the one whose last bit is 0; 0 for NaN where there is none.
  /// @param saturate whether what is too large becomes the largest value, else infinity, or NaN where there is none
  Tensor round(Tensor x, boolean saturate) {
    Tensor size = x.abs();
    Tensor exponent = size.bitcast(DType.INT32).shiftRight(23).sub(127).clampMin(1 - bias);
    Tensor unit = exponent.sub(mantissaBits).add(127).shiftLeft(23).bitcast(DType.FLOAT32);
    Tensor rounded = size.div(unit).round().mul(unit);
    Tensor bounded = rounded.gt(largest).where(saturate ? largest : beyond, rounded);
    Tensor signed = (Double.isFinite(beyond) ? x.isNan().where(0, bounded) : bounded).copysign(x);
    return oneZero ? signed.eq(0).where(0, signed) : signed;
  }

  /// The value of a number's bits.
  float decode(int bits) {
    int exponent = bits >> mantissaBits & (1 << exponentBits) - 1;
    int fraction = bits & (1 << mantissaBits) - 1;
    boolean negative = (bits >> exponentBits + mantissaBits & 1) != 0;
    boolean top = exponent == (1 << exponentBits) - 1;
    if (oneZero) {
      if (negative && exponent == 0 && fraction == 0) {
        return Float.NaN;
      }
    } else if (Double.isInfinite(beyond) && top) {
      return fraction != 0 ? Float.NaN : negative ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    } else if (Double.isNaN(beyond) && top && fraction == (1 << mantissaBits) - 1) {
      return Float.NaN;
    }
    double size = exponent == 0 ? Math.scalb((double) fraction, 1 - bias - mantissaBits)
        : Math.scalb((double) (fraction | 1 << mantissaBits), exponent - bias - mantissaBits);
    return (float) (negative ? -size : size);
  }
}
