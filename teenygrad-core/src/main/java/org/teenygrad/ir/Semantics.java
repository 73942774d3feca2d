package org.teenygrad.ir;

import org.teenygrad.DType;

/// What values are and what elementwise operations do to them, in Java: the definition that the Interpreter runs, that
/// constant folding uses and that every compiled kernel is tested against.
public final class Semantics {
  private Semantics() {}

  /// A value as the payload of a CONST of that type: Double rounded to its precision, Long wrapped to its width, Boolean.
  public static Object coerce(DType dtype, Number value) {
    if (dtype.isFloating()) {
      return round(dtype, value.doubleValue());
    }
    if (dtype == DType.BOOL) {
      return value.doubleValue() != 0;
    }
    return wrap(dtype, value instanceof Double || value instanceof Float ? (long) value.doubleValue() : value.longValue());
  }

  /// A payload as a double; true is 1.
  public static double toDouble(Object payload) {
    return payload instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) payload).doubleValue();
  }

  /// A payload as a long; true is 1.
  public static long toLong(Object payload) {
    return payload instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) payload).longValue();
  }

  /// The nearest value of a floating type, halves to even.
  public static double round(DType dtype, double value) {
    return switch (dtype) {
      case FLOAT64 -> value;
      case FLOAT32 -> (float) value;
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
      case BFLOAT16 -> bfloat16((float) value);
      default -> throw new IllegalArgumentException(dtype + " is not a floating type");
    };
  }

  private static float bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return value;
    }
    return Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
  }

  /// The low bits of a value as an integer of that type.
  public static long wrap(DType dtype, long value) {
    return switch (dtype) {
      case UINT8 -> value & 0xFF;
      case INT8 -> (byte) value;
      case INT16 -> (short) value;
      case INT32 -> (int) value;
      case INT64 -> value;
      default -> throw new IllegalArgumentException(dtype + " is not an integer type");
    };
  }
}
