package org.teenygrad.engine.ir;

import org.teenygrad.DType;

/// How floats of 8 bits are stored: sign, exponent, fraction (Micikevicius et al., "FP8 Formats for Deep Learning", 2022). Numbers
/// are rounded to nearest, halves to even; what is too large becomes infinity, or the largest number in the format that has none,
/// as PyTorch's casts have it.
///
/// @param fractionBits explicit bits of the significand
/// @param bias what is added to an exponent before it is stored
/// @param overflow the bits that too large a number becomes
public record Float8(int fractionBits, int bias, int overflow) {
  private static final Float8 E4M3 = new Float8(3, 7, 0x7E);
  private static final Float8 E5M2 = new Float8(2, 15, 0x7C);

  /// The bits of NaN.
  public static final int NAN = 0x7F;

  /// @throws IllegalArgumentException if a type is none of them
  public static Float8 of(DType dtype) {
    return switch (dtype) {
      case FLOAT8_E4M3 -> E4M3;
      case FLOAT8_E5M2 -> E5M2;
      default -> throw new IllegalArgumentException(dtype + " is no float of 8 bits");
    };
  }

  /// Below this, numbers have one distance, [#step].
  public double smallestNormal() {
    return Math.scalb(1.0, 1 - bias);
  }

  /// The smallest positive number.
  public double step() {
    return Math.scalb(1.0, 1 - bias - fractionBits);
  }

  /// Whether [#overflow] is infinity rather than the largest number.
  public boolean hasInfinity() {
    return overflow != NAN - 1;
  }

  /// The smallest magnitude that is stored as [#overflow]: infinity, from halfway between the largest number and the next that
  /// would be, or the largest.
  public double limit() {
    return hasInfinity() ? 61440 : 448;
  }

  /// The nearest number of this format.
  double round(float value) {
    return number(bits(value));
  }

  /// The bits of the nearest number, in an int's low byte; the rest has the sign.
  int bits(float value) {
    int sign = value < 0 || 1 / value < 0 ? 0x80 : 0;
    float magnitude = Math.abs(value);
    int code;
    if (Float.isNaN(value)) {
      code = NAN;
    } else if (magnitude >= limit()) {
      code = overflow;
    } else if (magnitude < smallestNormal()) {
      code = (int) Math.rint(magnitude / step());
    } else {
      double unit = Math.scalb(1.0, Math.getExponent(magnitude) - fractionBits);
      // The significand with its leading one, which adds to the exponent.
      code = (int) Math.rint(magnitude / unit) + (Math.getExponent(magnitude) + bias - 1 << fractionBits);
    }
    return (byte) (sign | code);
  }

  /// The number that is stored as these low bits.
  double number(int bits) {
    int code = bits & 0x7F;
    int exponent = code >> fractionBits;
    int fraction = code & (1 << fractionBits) - 1;
    double magnitude;
    if (code > overflow) {
      magnitude = Double.NaN;
    } else if (code == overflow && hasInfinity()) {
      magnitude = Double.POSITIVE_INFINITY;
    } else if (exponent == 0) {
      magnitude = fraction * step();
    } else {
      magnitude = Math.scalb(1.0 + Math.scalb((double) fraction, -fractionBits), exponent - bias);
    }
    return (bits & 0x80) == 0 ? magnitude : -magnitude;
  }
}
