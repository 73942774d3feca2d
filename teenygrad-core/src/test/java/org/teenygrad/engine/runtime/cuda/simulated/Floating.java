package org.teenygrad.engine.runtime.cuda.simulated;

/// A floating type, between its bits and numbers.
enum Floating {
  DOUBLE,
  FLOAT,
  HALF,
  BFLOAT;

  /// @param scalar LLVM's name of a type; integers' bits are taken as those of a float
  static Floating of(String scalar) {
    return switch (scalar) {
      case "double" -> DOUBLE;
      case "half" -> HALF;
      case "bfloat" -> BFLOAT;
      default -> FLOAT;
    };
  }

  double value(long bits) {
    return switch (this) {
      case DOUBLE -> Double.longBitsToDouble(bits);
      case FLOAT -> Float.intBitsToFloat((int) bits);
      case HALF -> Float.float16ToFloat((short) bits);
      case BFLOAT -> Float.intBitsToFloat((int) bits << 16);
    };
  }

  /// Rounded to nearest.
  long bits(double value) {
    return switch (this) {
      case DOUBLE -> Double.doubleToRawLongBits(value);
      case FLOAT -> Float.floatToRawIntBits((float) value) & 0xFFFFFFFFL;
      case HALF -> Float.floatToFloat16((float) value) & 0xFFFFL;
      case BFLOAT -> {
        int single = Float.floatToRawIntBits((float) value);
        yield Float.isNaN((float) value) ? single >>> 16 | 0x40 : single + 0x7FFF + (single >>> 16 & 1) >>> 16;
      }
    };
  }
}
