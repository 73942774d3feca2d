package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Makes integer division and shifts total: machines trap on division by zero and on the smallest integer by -1, and
/// mask shift counts, each in its own way. Constant operands that need no guard get none.
final class IntegerGuards {
  private IntegerGuards() {}

  /// The quotient truncated towards zero, 0 where y is 0; the smallest integer by -1 wraps to itself.
  static OpNode divide(OpNode node) {
    OpNode x = node.input(0);
    OpNode y = node.input(1);
    if (isSafeDivisor(y)) {
      return node;
    }
    OpNode quotient = OpNode.of(OpCode.IDIV, x, safeDivisor(y));
    OpNode orNegated = isUnsigned(y) ? quotient : where(equal(y, -1), neg(x), quotient);
    return where(equal(y, 0), 0, orNegated);
  }

  /// The remainder with the sign of x, 0 where y is 0.
  static OpNode remainder(OpNode node) {
    OpNode y = node.input(1);
    return isSafeDivisor(y) ? node : OpNode.of(OpCode.MOD, node.input(0), safeDivisor(y));
  }

  /// 0 where the count is not in 0..width-1.
  static OpNode shiftLeft(OpNode node) {
    OpNode y = node.input(1);
    if (isSafeCount(y)) {
      return node;
    }
    OpNode shifted = OpNode.of(OpCode.SHL, node.input(0), and(y, width(y) - 1));
    return where(isInRange(y), shifted, 0);
  }

  /// Where the count is not in 0..width-1: 0, or -1 for a negative x.
  static OpNode shiftRight(OpNode node) {
    OpNode x = node.input(0);
    OpNode y = node.input(1);
    if (isSafeCount(y)) {
      return node;
    }
    if (isUnsigned(x)) {
      return where(isInRange(y), OpNode.of(OpCode.SHR, x, and(y, width(y) - 1)), 0);
    }
    return OpNode.of(OpCode.SHR, x, where(isInRange(y), y, width(y) - 1));
  }

  private static OpNode safeDivisor(OpNode y) {
    OpNode unsafe = isUnsigned(y) ? equal(y, 0) : or(equal(y, 0), equal(y, -1));
    return where(unsafe, 1, y);
  }

  private static boolean isSafeDivisor(OpNode y) {
    return y.is(OpCode.CONST) && !y.isConstant(0) && !y.isConstant(-1);
  }

  private static boolean isSafeCount(OpNode y) {
    return IntegerBounds.most(y) < width(y);
  }

  /// Whether no bit above those of a count is set; a negative number has its sign there.
  private static OpNode isInRange(OpNode y) {
    return equal(and(y, -width(y)), 0);
  }

  private static int width(OpNode y) {
    return y.dtype().bytes() * 8;
  }

  private static boolean isUnsigned(OpNode y) {
    return y.dtype() == DType.UINT8;
  }
}
