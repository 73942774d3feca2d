package org.teenygrad.exchange.onnx.operators;

import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// Arithmetic of unsigned integers of 64 bits on the int64 of the same bits: what differs from signed arithmetic.
final class UnsignedLongs {
  private static final double TWO_TO_63 = 0x1p63;

  private UnsignedLongs() {}

  /// The signed number that is where this one is in the order of unsigned numbers.
  static Tensor ordered(Tensor x) {
    return x.xor(Long.MIN_VALUE);
  }

  /// Truncated quotients: of half the dividend, which is not negative, and then a bit more (Warren, "Hacker's Delight", 2nd edition, 9-3).
  static Tensor div(Tensor x, Tensor y) {
    Tensor half = logicalShift(x, 1).truncDiv(y.clampMin(1)).shiftLeft(1);
    Tensor more = ordered(x.sub(half.mul(y))).ge(ordered(y)).cast(DType.INT64);
    Tensor byLarge = ordered(x).ge(ordered(y)).cast(DType.INT64);
    return y.lt(0).where(byLarge, half.add(more));
  }

  static Tensor remainder(Tensor x, Tensor y) {
    return x.sub(div(x, y).mul(y));
  }

  static Tensor logicalShift(Tensor x, int bits) {
    return x.shiftRight(bits).and(-1L >>> bits);
  }

  static Tensor toFloating(Tensor x, DType type) {
    Tensor halved = logicalShift(x, 1).or(x.and(1)).cast(DType.FLOAT64).mul(2.0);
    return x.lt(0).where(halved, x.cast(DType.FLOAT64)).cast(type);
  }

  static Tensor fromFloating(Tensor x) {
    Tensor wide = x.cast(DType.FLOAT64);
    Tensor upper = wide.sub(TWO_TO_63).cast(DType.INT64).xor(Long.MIN_VALUE);
    return wide.ge(TWO_TO_63).where(upper, wide.cast(DType.INT64));
  }
}
