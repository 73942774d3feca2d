package org.teenygrad.engine.codegen;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// How an IEEE 754 type lies in the integer of its size: sign, exponent, fraction.
enum FloatFormat {
  SINGLE(DType.FLOAT32, DType.INT32, 23, 127),
  DOUBLE(DType.FLOAT64, DType.INT64, 52, 1023);

  private final DType type;
  private final DType bits;
  private final int fractionBits;
  private final int bias;

  FloatFormat(DType type, DType bits, int fractionBits, int bias) {
    this.type = type;
    this.bits = bits;
    this.fractionBits = fractionBits;
    this.bias = bias;
  }

  static FloatFormat of(OpNode x) {
    return switch (x.dtype()) {
      case FLOAT32 -> SINGLE;
      case FLOAT64 -> DOUBLE;
      default -> throw new IllegalArgumentException("float32 or float64 wanted, not " + x.dtype());
    };
  }

  DType type() {
    return type;
  }

  /// The signed integer type of the same size.
  DType bits() {
    return bits;
  }

  /// The explicit bits of the significand.
  int fractionBits() {
    return fractionBits;
  }

  /// What is added to an exponent before it is stored.
  int bias() {
    return bias;
  }

  double smallestNormal() {
    return Math.scalb(1.0, 1 - bias);
  }

  /// 1.5 * 2^fractionBits: adding it to a number below 2^(fractionBits - 2) rounds that to an integer (halves to even),
  /// which then is in the low bits, in two's complement; subtracting it again gives the integer as a float.
  double roundingMagic() {
    return 1.5 * Math.scalb(1.0, fractionBits);
  }

  /// The bits of the sign alone.
  long signMask() {
    return this == SINGLE ? Integer.MIN_VALUE : Long.MIN_VALUE;
  }

  /// The bits of the nearest number of this format.
  long bitsOf(double value) {
    return this == SINGLE ? Float.floatToRawIntBits((float) value) : Double.doubleToRawLongBits(value);
  }
}
