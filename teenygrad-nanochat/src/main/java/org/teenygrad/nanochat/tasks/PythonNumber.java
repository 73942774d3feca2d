package org.teenygrad.nanochat.tasks;

import java.math.BigDecimal;
import java.math.BigInteger;

/// A number as Python counts: an `int` of any size, or a `float`.
sealed interface PythonNumber {
  /// Python writes no `int` that has more digits.
  int MOST_DIGITS = 4300;

  record Int(BigInteger value) implements PythonNumber {}

  record Real(double value) implements PythonNumber {}

  /// @throws ArithmeticException if it is an `int` that is too large for a `float`
  default double toDouble() {
    return switch (this) {
      case Int(BigInteger value) -> finite(value.doubleValue());
      case Real(double value) -> value;
    };
  }

  private static double finite(double value) {
    if (Double.isInfinite(value)) {
      throw new ArithmeticException("OverflowError");
    }
    return value;
  }

  default PythonNumber negated() {
    return switch (this) {
      case Int(BigInteger value) -> new Int(value.negate());
      case Real(double value) -> new Real(-value);
    };
  }

  /// @throws ArithmeticException where Python raises an error
  default PythonNumber plus(PythonNumber other) {
    return this instanceof Int(BigInteger a) && other instanceof Int(BigInteger b) ? new Int(a.add(b)) : new Real(toDouble() + other.toDouble());
  }

  /// @throws ArithmeticException where Python raises an error
  default PythonNumber minus(PythonNumber other) {
    return plus(other.negated());
  }

  /// @throws ArithmeticException where Python raises an error
  default PythonNumber times(PythonNumber other) {
    return this instanceof Int(BigInteger a) && other instanceof Int(BigInteger b)
        ? new Int(a.multiply(b))
        : new Real(toDouble() * other.toDouble());
  }

  /// `/`
  /// @throws ArithmeticException where Python raises an error
  default PythonNumber dividedBy(PythonNumber other) {
    other.requireNotZero();
    return new Real(
        this instanceof Int(BigInteger a) && other instanceof Int(BigInteger b) ? quotient(a, b) : toDouble() / other.toDouble());
  }

  /// `//`, which rounds down.
  /// @throws ArithmeticException where Python raises an error
  default PythonNumber floorDividedBy(PythonNumber other) {
    other.requireNotZero();
    if (this instanceof Int(BigInteger a) && other instanceof Int(BigInteger b)) {
      BigInteger[] parts = a.divideAndRemainder(b);
      return new Int(parts[1].signum() * b.signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0]);
    }
    return new Real(floorQuotient(toDouble(), other.toDouble()));
  }

  /// By the exact remainder, as CPython's `float_floor_div`: 1.0 // 0.1 is 9, as 0.1 is a little more than a tenth.
  private static double floorQuotient(double a, double b) {
    double remainder = a % b;
    double whole = (a - remainder) / b;
    if (remainder != 0 && b < 0 != remainder < 0) {
      whole -= 1;
    }
    if (whole == 0) {
      return Math.copySign(0, a / b);
    }
    double floor = Math.floor(whole);
    return whole - floor > 0.5 ? floor + 1 : floor;
  }

  private void requireNotZero() {
    if (this instanceof Int(BigInteger value) ? value.signum() == 0 : toDouble() == 0) {
      throw new ArithmeticException("ZeroDivisionError");
    }
  }

  /// The quotient, rounded once: 66 bits of it and one that says whether more follow give the nearest double.
  private static double quotient(BigInteger a, BigInteger b) {
    int shift = 66 + b.bitLength() - a.bitLength();
    BigInteger scaled = shift >= 0 ? a.abs().shiftLeft(shift) : a.abs().shiftRight(-shift);
    boolean dropped = shift < 0 && a.abs().getLowestSetBit() < -shift;
    BigInteger[] parts = scaled.divideAndRemainder(b.abs());
    BigInteger bits = parts[0].shiftLeft(1);
    if (parts[1].signum() != 0 || dropped) {
      bits = bits.setBit(0);
    }
    double size = finite(Math.scalb(bits.doubleValue(), -shift - 1));
    return a.signum() * b.signum() < 0 ? -size : size;
  }

  /// Python's `str`.
  /// @throws ArithmeticException if it is an `int` of too many digits
  default String text() {
    return switch (this) {
      case Int(BigInteger value) -> {
        String digits = value.toString();
        if (digits.length() > MOST_DIGITS) {
          throw new ArithmeticException("ValueError");
        }
        yield digits;
      }
      case Real(double value) -> text(value);
    };
  }

  /// The fewest digits that give the double back; with an exponent below 1e-4 and from 1e16 on.
  private static String text(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = decimal.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = decimal.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    return (value < 0 ? "-" : "") + mantissa + "e" + power;
  }
}
