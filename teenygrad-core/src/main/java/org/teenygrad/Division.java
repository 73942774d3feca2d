package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Python's division with remainder, from the machine's, which rounds towards zero.
final class Division {
  private Division() {}

  static Tensor remainder(Tensor x, Tensor y) {
    Tensor rest = Operations.arithmetic("remainder", OpCode.MOD, x, y);
    return wrongSide(rest, y).where(rest.add(y.cast(rest.dtype())), rest);
  }

  static Tensor floor(Tensor x, Tensor y) {
    DType type = Broadcasting.type(x, y);
    if (type.isFloating()) {
      // x - remainder is a multiple of y up to rounding, which round() takes away.
      Tensor quotient = x.sub(remainder(x, y)).div(y).round();
      return y.eq(0).logicalOr(quotient.isFinite().logicalNot()).where(x.div(y).floor(), quotient).cast(type);
    }
    Tensor rest = Operations.arithmetic("floorDiv", OpCode.MOD, x, y);
    return Operations.binary("floorDiv", OpCode.IDIV, x, y).sub(wrongSide(rest, y).cast(type));
  }

  static Tensor truncated(Tensor x, Tensor y) {
    return Broadcasting.type(x, y).isFloating()
        ? x.div(y).trunc()
        : Operations.integral("truncDiv", OpCode.IDIV, x, y, false);
  }

  /// Where a remainder has not the sign of its divisor.
  private static Tensor wrongSide(Tensor rest, Tensor y) {
    return rest.ne(0).logicalAnd(Operations.binary("remainder", OpCode.NE, DType.BOOL, rest.lt(0), y.lt(0)));
  }
}
