package org.teenygrad.exchange.onnx.operators;

import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// FLOAT8E8M0: powers of two from 2^-127 to 2^127, and NaN; the scales of microscaling formats (OCP MX 1.0). Carried in float32.
final class PowersOfTwo {
  private static final int NAN = 255;
  private static final int MANTISSA = 0x7FFFFF;
  private static final int HALF = 0x400000;

  private PowersOfTwo() {}

  /// @param mode `up`, `down` or `nearest`
  /// @param saturate whether what is too large becomes 2^127, and 0 becomes 2^-127, else NaN
  static Tensor round(Tensor x, String mode, boolean saturate) {
    Tensor bits = x.abs().bitcast(DType.INT32);
    Tensor exponent = bits.shiftRight(23);
    Tensor rest = bits.and(MANTISSA);
    // below 2^-126, float32's fraction is the number itself, and 2^-127 is half of its range
    Tensor small = exponent.eq(0);
    Tensor up = switch (mode) {
      case "up" -> rest.gt(small.where(HALF, rest.zerosLike()));
      case "nearest" -> rest.ge(small.where(HALF + HALF / 2, rest.fullLike(HALF)));
      case "down" -> rest.lt(0);
      default -> throw new IllegalArgumentException("Cast: there is no round_mode '" + mode + "'; there are up, down and nearest");
    };
    Tensor code = exponent.add(up.cast(DType.INT32));
    Tensor bounded = saturate ? code.clampMax(NAN - 1) : x.eq(0).where(NAN, code);
    return decode(x.isNan().where(NAN, bounded));
  }

  /// @param codes int32, 0 to 255
  static Tensor decode(Tensor codes) {
    Tensor value = codes.eq(0).where(HALF, codes.shiftLeft(23)).bitcast(DType.FLOAT32);
    return codes.eq(NAN).where(Double.NaN, value);
  }

  static float decode(int code) {
    return code == NAN ? Float.NaN : Math.scalb(1f, code - 127);
  }
}
