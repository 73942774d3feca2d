package org.teenygrad.exchange.onnx.format;

import java.util.Locale;
import org.teenygrad.DType;

/// The element types of ONNX's tensors: `TensorProto.DataType`, by their numbers in files.
///
/// Where [DType] has no such type, values are carried in a wider one: unsigned integers of 16 and 32 bits in the next signed type, those of
/// 64 bits in the int64 of the same bits, integers of 2 and 4 bits in bytes, floats of 4 and 8 bits in float32.
public enum ElementType {
  FLOAT(1, DType.FLOAT32, 32),
  UINT8(2, DType.UINT8, 8),
  INT8(3, DType.INT8, 8),
  UINT16(4, DType.INT32, 16),
  INT16(5, DType.INT16, 16),
  INT32(6, DType.INT32, 32),
  INT64(7, DType.INT64, 64),
  BOOL(9, DType.BOOL, 8),
  FLOAT16(10, DType.FLOAT16, 16),
  DOUBLE(11, DType.FLOAT64, 64),
  UINT32(12, DType.INT64, 32),
  UINT64(13, DType.INT64, 64),
  BFLOAT16(16, DType.BFLOAT16, 16),
  FLOAT8E4M3FN(17, DType.FLOAT32, 8),
  FLOAT8E4M3FNUZ(18, DType.FLOAT32, 8),
  FLOAT8E5M2(19, DType.FLOAT32, 8),
  FLOAT8E5M2FNUZ(20, DType.FLOAT32, 8),
  UINT4(21, DType.UINT8, 4),
  INT4(22, DType.INT8, 4),
  FLOAT4E2M1(23, DType.FLOAT32, 4),
  FLOAT8E8M0(24, DType.FLOAT32, 8),
  UINT2(25, DType.UINT8, 2),
  INT2(26, DType.INT8, 2);

  private final int number;
  private final DType carrier;
  private final int bits;

  ElementType(int number, DType carrier, int bits) {
    this.number = number;
    this.carrier = carrier;
    this.bits = bits;
  }

  /// The number of this type in files.
  public int number() {
    return number;
  }

  /// The type of the tensors that hold such values.
  public DType carrier() {
    return carrier;
  }

  /// The size of an element in files.
  public int bits() {
    return bits;
  }

  /// Whether tensors have this very type.
  public boolean isNative() {
    return this == of(carrier);
  }

  /// Whether this is one of the unsigned integers.
  public boolean isUnsigned() {
    return switch (this) {
      case UINT2, UINT4, UINT8, UINT16, UINT32, UINT64 -> true;
      default -> false;
    };
  }

  /// The type of a tensor's elements where nothing else is known of them.
  public static ElementType of(DType type) {
    return switch (type) {
      case BOOL -> BOOL;
      case UINT8 -> UINT8;
      case INT8 -> INT8;
      case INT16 -> INT16;
      case INT32 -> INT32;
      case INT64 -> INT64;
      case FLOAT8_E4M3 -> FLOAT8E4M3FN;
      case FLOAT8_E5M2 -> FLOAT8E5M2;
      case FLOAT16 -> FLOAT16;
      case BFLOAT16 -> BFLOAT16;
      case FLOAT32 -> FLOAT;
      case FLOAT64 -> DOUBLE;
    };
  }

  /// The type of that number.
  /// @throws UnsupportedOperationException if there are no tensors of it: strings, complex numbers, numbers that ONNX does not know
  public static ElementType of(long number) {
    for (ElementType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw new UnsupportedOperationException("there are no tensors of element type " + name(number));
  }

  /// What to call a type of any number.
  public static String name(long number) {
    for (ElementType type : values()) {
      if (type.number == number) {
        return type.toString();
      }
    }
    return switch ((int) number) {
      case 0 -> "undefined";
      case 8 -> "string";
      case 14 -> "complex64";
      case 15 -> "complex128";
      default -> "number " + number;
    };
  }

  /// ONNX's name in lower case, such as `float` or `uint4`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
