package org.teenygrad.engine.ir;

import java.util.List;
import org.teenygrad.DType;

/// What values are and what elementwise operations do to them, in Java: the definition that the
/// Interpreter runs, that constant folding uses and that every compiled kernel is tested against.
///
/// Floating values travel as `double`, integers as `long` already wrapped to their type, bool as the
/// `long` 0 or 1. A floating result is computed in double and rounded once to its type.
public final class Semantics {
  private static final double LOG2_E = 1 / Math.log(2);

  private Semantics() {}

  /// A value as the payload of a CONST of that type: Double rounded to its precision, Long wrapped to
  /// its width, Boolean.
  public static Object coerce(DType dtype, Number value) {
    boolean floating = value instanceof Double || value instanceof Float;
    if (dtype.isFloating()) {
      return floating
          ? round(dtype, value.doubleValue())
          : integralToFloating(dtype, value.longValue());
    }
    long integral =
        floating
            ? floatingToIntegral(dtype, value.doubleValue())
            : integralToIntegral(dtype, value.longValue());
    return payload(dtype, integral);
  }

  /// A payload as a double; true is 1.
  public static double toDouble(Object payload) {
    return payload instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) payload).doubleValue();
  }

  /// A payload as a long; true is 1.
  public static long toLong(Object payload) {
    return payload instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) payload).longValue();
  }

  /// An elementwise operation on payloads, for constant folding. Operations that take fewer inputs
  /// have fewer payloads.
  /// @param result the type of the result
  /// @param inputs the types of the payloads
  public static Object evaluate(OpCode op, DType result, List<DType> inputs, Object... payloads) {
    DType last = inputs.getLast();
    switch (op) {
      case CAST:
        return last.isFloating()
            ? cast(result, toDouble(payloads[0]))
            : cast(result, toLong(payloads[0]));
      case BITCAST:
        long bits =
            last.isFloating()
                ? floatingBits(last, toDouble(payloads[0]))
                : toLong(payloads[0]);
        return result.isFloating()
            ? (Object) bitsToFloating(result, bits)
            : payload(result, integralToIntegral(result, bits));
      case LT, EQ, NE:
        return last.isFloating()
            ? compare(op, toDouble(payloads[0]), toDouble(payloads[1]))
            : compare(op, toLong(payloads[0]), toLong(payloads[1]));
      default:
        break;
    }
    int count = payloads.length;
    if (result.isFloating()) {
      return floating(
          op,
          result,
          toDouble(payloads[0]),
          count > 1 ? toDouble(payloads[1]) : 0,
          count > 2 ? toDouble(payloads[2]) : 0);
    }
    long integral =
        integral(
            op,
            result,
            toLong(payloads[0]),
            count > 1 ? toLong(payloads[1]) : 0,
            count > 2 ? toLong(payloads[2]) : 0);
    return payload(result, integral);
  }

  /// An operation with a floating result; `a` of WHERE is not 0 where true. What the operation does
  /// not take is ignored.
  public static double floating(OpCode op, DType dtype, double a, double b, double c) {
    return round(
        dtype,
        switch (op) {
          case NEG -> -a;
          case ABS -> Math.abs(a);
          case SQRT -> Math.sqrt(a);
          case EXP -> Math.exp(a);
          case EXP2 -> Math.pow(2, a);
          case LOG -> Math.log(a);
          case LOG2 -> log2(a);
          case LOG10 -> Math.log10(a);
          case SIN -> Math.sin(a);
          case COS -> Math.cos(a);
          case TANH -> Math.tanh(a);
          case ERF -> ErrorFunction.erf(a);
          case FLOOR -> Math.floor(a);
          case CEIL -> Math.ceil(a);
          case TRUNC -> a < 0 ? Math.ceil(a) : Math.floor(a);
          case ROUND -> Math.rint(a);
          case ADD -> a + b;
          case SUB -> a - b;
          case MUL -> a * b;
          case DIV -> a / b;
          case MOD -> a % b;
          case MAX -> Math.max(a, b);
          case MIN -> Math.min(a, b);
          case POW -> pow(a, b);
          case WHERE -> a != 0 ? b : c;
          // In double the sum of an exact product of floats would be rounded twice.
          case FMA ->
              dtype == DType.FLOAT32
                  ? Math.fma((float) a, (float) b, (float) c)
                  : Math.fma(a, b, c);
          case NOT, CAST, BITCAST, IDIV, LT, EQ, NE, AND, OR, XOR, SHL, SHR, THREEFRY ->
              throw undefined(op, dtype);
          case CONST, BUFFER, ARANGE, PARAM -> throw undefined(op, dtype);
          case RESHAPE, PERMUTE, EXPAND, PAD, SHRINK, FLIP, REDUCE, LOGSUMEXP, GATHER, SCATTER, SCAN, SORT ->
              throw undefined(op, dtype);
          case CONTIGUOUS, ASSIGN, COPY, DETACH, SURROGATE, PULLBACK, GRADIENT, REDISTRIBUTE -> throw undefined(op, dtype);
          case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL -> throw undefined(op, dtype);
          case RANGE, LOAD, STORE, FOLD, SINK -> throw undefined(op, dtype);
          case STAGE, FRAGMENT, MMA, FETCH, LAND, AWAIT, BARRIER, STEPS -> throw undefined(op, dtype);
        });
  }

  /// An operation with an integer or bool result on such inputs.
  public static long integral(OpCode op, DType dtype, long a, long b, long c) {
    boolean bool = dtype == DType.BOOL;
    return integralToIntegral(
        dtype,
        switch (op) {
          case NEG -> -a;
          case ABS -> Math.abs(a);
          case NOT -> bool ? 1 - a : ~a;
          case ADD -> bool ? a | b : a + b;
          case SUB -> a - b;
          case MUL -> a * b;
          case IDIV -> b == 0 ? 0 : a / b;
          case MOD -> b == 0 ? 0 : a % b;
          case MAX -> Math.max(a, b);
          case MIN -> Math.min(a, b);
          case AND -> a & b;
          case OR -> a | b;
          case XOR -> a ^ b;
          case SHL -> b < 0 || b >= 8L * dtype.bytes() ? 0 : a << b;
          case SHR -> b < 0 || b >= 8L * dtype.bytes() ? a >> 63 : a >> b;
          case THREEFRY -> Threefry.block(a, b);
          case WHERE -> a != 0 ? b : c;
          case LT, EQ, NE -> compare(op, a, b) ? 1 : 0;
          case SQRT, EXP, EXP2, LOG, LOG2, LOG10, SIN, COS, TANH, ERF -> throw undefined(op, dtype);
          case FLOOR, CEIL, TRUNC, ROUND, DIV, POW, FMA -> throw undefined(op, dtype);
          case CAST, BITCAST, CONST, BUFFER, ARANGE, PARAM -> throw undefined(op, dtype);
          case RESHAPE, PERMUTE, EXPAND, PAD, SHRINK, FLIP, REDUCE, LOGSUMEXP, GATHER, SCATTER, SCAN, SORT ->
              throw undefined(op, dtype);
          case CONTIGUOUS, ASSIGN, COPY, DETACH, SURROGATE, PULLBACK, GRADIENT, REDISTRIBUTE -> throw undefined(op, dtype);
          case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL -> throw undefined(op, dtype);
          case RANGE, LOAD, STORE, FOLD, SINK -> throw undefined(op, dtype);
          case STAGE, FRAGMENT, MMA, FETCH, LAND, AWAIT, BARRIER, STEPS -> throw undefined(op, dtype);
        });
  }

  /// LT, EQ or NE of two floating values: with NaN only NE is true.
  public static boolean compare(OpCode op, double a, double b) {
    return switch (op) {
      case LT -> a < b;
      case EQ -> a == b;
      case NE -> a != b;
      default -> throw new IllegalArgumentException(op + " does not compare");
    };
  }

  /// LT, EQ or NE of two integers or bools.
  public static boolean compare(OpCode op, long a, long b) {
    return switch (op) {
      case LT -> a < b;
      case EQ -> a == b;
      case NE -> a != b;
      default -> throw new IllegalArgumentException(op + " does not compare");
    };
  }

  /// What combining no elements gives, as a payload: the neutral element of ADD, MUL, MAX or MIN.
  public static Object identity(OpCode combine, DType dtype) {
    long bits = 8L * dtype.bytes();
    return switch (combine) {
      case ADD -> coerce(dtype, 0);
      case MUL -> coerce(dtype, 1);
      case MAX ->
          switch (dtype) {
            case FLOAT64, FLOAT32, BFLOAT16, FLOAT16, FLOAT8_E5M2 -> Double.NEGATIVE_INFINITY;
            case FLOAT8_E4M3 -> -dtype.largest();
            case BOOL -> false;
            case UINT8 -> 0L;
            case INT8, INT16, INT32, INT64 -> -1L << (bits - 1);
          };
      case MIN ->
          switch (dtype) {
            case FLOAT64, FLOAT32, BFLOAT16, FLOAT16, FLOAT8_E5M2 -> Double.POSITIVE_INFINITY;
            case FLOAT8_E4M3 -> dtype.largest();
            case BOOL -> true;
            case UINT8 -> 255L;
            case INT8, INT16, INT32, INT64 -> ~(-1L << (bits - 1));
          };
      default -> throw new IllegalArgumentException(combine + " does not combine elements");
    };
  }

  /// CAST of a floating value, as a payload.
  public static Object cast(DType to, double value) {
    return to.isFloating() ? (Object) round(to, value) : payload(to, floatingToIntegral(to, value));
  }

  /// CAST of an integer or bool, as a payload.
  public static Object cast(DType to, long value) {
    return to.isFloating()
        ? (Object) integralToFloating(to, value)
        : payload(to, integralToIntegral(to, value));
  }

  /// Truncates towards zero to 64 bits and keeps the type's low bits, so that -1.0 is 255 as UINT8 and
  /// 300.7 is 44. Beyond 64 bits the nearest `long` stands in, and 0 for NaN, where C leaves it open.
  /// BOOL asks whether the value is not 0, which NaN is not.
  public static long floatingToIntegral(DType to, double value) {
    return to == DType.BOOL ? (value != 0 ? 1 : 0) : wrap(to, (long) value);
  }

  /// The nearest value of a floating type, rounded once.
  public static double integralToFloating(DType to, long value) {
    if (to == DType.FLOAT32) {
      return (float) value;
    }
    if (to == DType.FLOAT64 || Math.abs(value) >>> 53 == 0) {
      return round(to, (double) value);
    }
    // A double cannot hold all bits: an odd last one remembers that some were dropped.
    return round(to, (double) (value & -0x1000L | ((value & 0xFFF) != 0 ? 0x1000L : 0)));
  }

  /// The type's low bits; BOOL asks whether the value is not 0.
  public static long integralToIntegral(DType to, long value) {
    return to == DType.BOOL ? (value != 0 ? 1 : 0) : wrap(to, value);
  }

  /// The nearest value of a floating type, halves to even.
  public static double round(DType dtype, double value) {
    return switch (dtype) {
      case FLOAT64 -> value;
      case FLOAT32 -> (float) value;
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(toOddFloat(value)));
      case BFLOAT16 -> bfloat16(toOddFloat(value));
      case FLOAT8_E4M3, FLOAT8_E5M2 -> Float8.of(dtype).round(toOddFloat(value));
      default -> throw new IllegalArgumentException(dtype + " is not a floating type");
    };
  }

  /// A float whose last bit is set if anything was cut off, so that rounding it further equals
  /// rounding the double once (Boldo and Melquiond, "When double rounding is odd", 2005).
  private static float toOddFloat(double value) {
    float nearest = (float) value;
    if (nearest == value || Float.isNaN(nearest)) {
      return nearest;
    }
    int bits = Float.floatToRawIntBits(nearest);
    return Float.intBitsToFloat((Math.abs(nearest) > Math.abs(value) ? bits - 1 : bits) | 1);
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

  /// How a floating value is stored, in the low bits.
  public static long floatingBits(DType dtype, double value) {
    return switch (dtype) {
      case FLOAT64 -> Double.doubleToRawLongBits(value);
      case FLOAT32 -> Float.floatToRawIntBits((float) value);
      case FLOAT16 -> Float.floatToFloat16((float) value);
      case BFLOAT16 -> (short) (Float.floatToRawIntBits((float) value) >> 16);
      case FLOAT8_E4M3, FLOAT8_E5M2 -> Float8.of(dtype).bits((float) value);
      default -> throw new IllegalArgumentException(dtype + " is not a floating type");
    };
  }

  /// The floating value that is stored as these low bits.
  public static double bitsToFloating(DType dtype, long bits) {
    return switch (dtype) {
      case FLOAT64 -> Double.longBitsToDouble(bits);
      case FLOAT32 -> Float.intBitsToFloat((int) bits);
      case FLOAT16 -> Float.float16ToFloat((short) bits);
      case BFLOAT16 -> Float.intBitsToFloat((int) bits << 16);
      case FLOAT8_E4M3, FLOAT8_E5M2 -> Float8.of(dtype).number((int) bits);
      default -> throw new IllegalArgumentException(dtype + " is not a floating type");
    };
  }

  private static Object payload(DType dtype, long integral) {
    return dtype == DType.BOOL ? (Object) (integral != 0) : (Object) integral;
  }

  /// Exact at powers of two, which `log(x) / log(2)` is not.
  private static double log2(double x) {
    if (!(x > 0 && x < Double.POSITIVE_INFINITY)) {
      return Math.log(x);
    }
    boolean subnormal = x < Double.MIN_NORMAL;
    double normal = subnormal ? x * 0x1p54 : x;
    int exponent = Math.getExponent(normal);
    double mantissa = Math.scalb(normal, -exponent);
    if (mantissa > 1.4142135623730951) {
      mantissa /= 2;
      exponent++;
    }
    return (subnormal ? exponent - 54 : exponent) + Math.log(mantissa) * LOG2_E;
  }

  /// C and IEEE 754 say 1 in two cases where Java says NaN.
  private static double pow(double a, double b) {
    return a == 1 || a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
  }

  private static IllegalArgumentException undefined(OpCode op, DType dtype) {
    return new IllegalArgumentException(op + " has no elementwise meaning for " + dtype);
  }
}
