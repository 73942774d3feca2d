package org.teenygrad;

/// The element type of a tensor.
///
/// Arithmetic on floats of 16 and of 8 bits is done in 32-bit floats and rounded to nearest even when a value is
/// stored; integers wrap around as in Java; [#BOOL] holds 0 or 1 in one byte.
public enum DType {
  BOOL(1, Kind.BOOL, "bool"),
  UINT8(1, Kind.UNSIGNED, "uint8"),
  INT8(1, Kind.SIGNED, "int8"),
  INT16(2, Kind.SIGNED, "int16"),
  INT32(4, Kind.SIGNED, "int32"),
  INT64(8, Kind.SIGNED, "int64"),

  /// 4 bits of exponent and 3 of fraction, up to 448, no infinity: what is larger becomes 448. PyTorch's `float8_e4m3fn`.
  FLOAT8_E4M3(1, Kind.FLOATING, "float8_e4m3fn"),

  /// 5 bits of exponent and 2 of fraction, up to 57344, with infinity.
  FLOAT8_E5M2(1, Kind.FLOATING, "float8_e5m2"),
  FLOAT16(2, Kind.FLOATING, "float16"),
  BFLOAT16(2, Kind.FLOATING, "bfloat16"),
  FLOAT32(4, Kind.FLOATING, "float32"),
  FLOAT64(8, Kind.FLOATING, "float64");

  private enum Kind {
    BOOL,
    UNSIGNED,
    SIGNED,
    FLOATING
  }

  private final int bytes;
  private final Kind kind;
  private final String label;

  DType(int bytes, Kind kind, String label) {
    this.bytes = bytes;
    this.kind = kind;
    this.label = label;
  }

  /// The size of one element in bytes.
  public int bytes() {
    return bytes;
  }

  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /// Whether this is a floating type of 16 bits: [#FLOAT16] or [#BFLOAT16].
  public boolean isHalf() {
    return isFloating() && bytes == 2;
  }

  /// Whether this is a floating type of 16 or 8 bits, in which values are stored but not computed.
  public boolean isNarrow() {
    return isFloating() && bytes < 4;
  }

  /// Whether this is an integer type, signed or not; [#BOOL] is none.
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /// The largest finite number of a floating type; the smallest is its negative. PyTorch's `torch.finfo(dtype).max`.
  ///
  /// ```java
  /// DType.FLOAT16.largest();   // 65504.0
  /// ```
  /// @throws UnsupportedOperationException for integers and bool
  public double largest() {
    return switch (this) {
      case FLOAT64 -> Double.MAX_VALUE;
      case FLOAT32 -> Float.MAX_VALUE;
      case FLOAT16 -> 65504;
      case BFLOAT16 -> 0x1.FEp127;
      case FLOAT8_E4M3 -> 448;
      case FLOAT8_E5M2 -> 57344;
      default -> throw new UnsupportedOperationException("largest() is for floating types, and " + this + " is none");
    };
  }

  /// The type that an operation on both operands computes in, as PyTorch's `torch.promote_types`: the wider of the same
  /// kind; floating wins over integer, integer over bool; two different floats of one size give float32, uint8 with int8 is int16.
  public static DType promote(DType a, DType b) {
    if (a == b) {
      return a;
    }
    if (a.isNarrow() && b.isNarrow() && a.bytes == b.bytes) {
      return FLOAT32;
    }
    if (a == UINT8 && b == INT8 || a == INT8 && b == UINT8) {
      return INT16;
    }
    return a.compareTo(b) >= 0 ? a : b;
  }

  /// The type's name as PyTorch and NumPy write it, such as `float32`.
  @Override
  public String toString() {
    return label;
  }
}
