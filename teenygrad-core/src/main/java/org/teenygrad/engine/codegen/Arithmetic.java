package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Scalar expressions that read like the formulas they stand for. A plain number takes the type of the other operand.
final class Arithmetic {
  private Arithmetic() {}

  static OpNode constant(OpNode like, Number value) {
    return OpNode.constant(like.dtype(), value);
  }

  static OpNode add(OpNode x, OpNode y) {
    return OpNode.of(OpCode.ADD, x, y);
  }

  static OpNode add(OpNode x, Number y) {
    return add(x, constant(x, y));
  }

  static OpNode sub(OpNode x, OpNode y) {
    return OpNode.of(OpCode.SUB, x, y);
  }

  static OpNode sub(OpNode x, Number y) {
    return sub(x, constant(x, y));
  }

  static OpNode mul(OpNode x, OpNode y) {
    return OpNode.of(OpCode.MUL, x, y);
  }

  static OpNode mul(OpNode x, Number y) {
    return mul(x, constant(x, y));
  }

  static OpNode square(OpNode x) {
    return mul(x, x);
  }

  static OpNode div(OpNode x, OpNode y) {
    return OpNode.of(OpCode.DIV, x, y);
  }

  static OpNode neg(OpNode x) {
    return OpNode.of(OpCode.NEG, x);
  }

  static OpNode abs(OpNode x) {
    return OpNode.of(OpCode.ABS, x);
  }

  static OpNode trunc(OpNode x) {
    return OpNode.of(OpCode.TRUNC, x);
  }

  static OpNode round(OpNode x) {
    return OpNode.of(OpCode.ROUND, x);
  }

  /// x * y + z, rounded once.
  static OpNode fma(OpNode x, OpNode y, OpNode z) {
    return OpNode.of(OpCode.FMA, x, y, z);
  }

  static OpNode fma(OpNode x, Number y, OpNode z) {
    return fma(x, constant(x, y), z);
  }

  static OpNode fma(OpNode x, OpNode y, Number z) {
    return fma(x, y, constant(x, z));
  }

  static OpNode fma(OpNode x, Number y, Number z) {
    return fma(x, constant(x, y), constant(x, z));
  }

  /// The polynomial with these coefficients, that of the lowest power first, by Horner's rule.
  static OpNode polynomial(OpNode x, double... coefficients) {
    OpNode sum = constant(x, coefficients[coefficients.length - 1]);
    for (int i = coefficients.length - 2; i >= 0; i--) {
      sum = fma(x, sum, coefficients[i]);
    }
    return sum;
  }

  static OpNode lessThan(OpNode x, OpNode y) {
    return OpNode.of(OpCode.LT, x, y);
  }

  static OpNode lessThan(OpNode x, Number y) {
    return lessThan(x, constant(x, y));
  }

  static OpNode greaterThan(OpNode x, Number y) {
    return lessThan(constant(x, y), x);
  }

  static OpNode equal(OpNode x, OpNode y) {
    return OpNode.of(OpCode.EQ, x, y);
  }

  static OpNode equal(OpNode x, Number y) {
    return equal(x, constant(x, y));
  }

  static OpNode notEqual(OpNode x, OpNode y) {
    return OpNode.of(OpCode.NE, x, y);
  }

  static OpNode notEqual(OpNode x, Number y) {
    return notEqual(x, constant(x, y));
  }

  static OpNode where(OpNode condition, OpNode yes, OpNode no) {
    return OpNode.of(OpCode.WHERE, condition, yes, no);
  }

  static OpNode where(OpNode condition, Number yes, OpNode no) {
    return where(condition, constant(no, yes), no);
  }

  static OpNode where(OpNode condition, OpNode yes, Number no) {
    return where(condition, yes, constant(yes, no));
  }

  /// x, or the limit if x is larger. NaN stays NaN: one instruction on machines whose minimum does that for one
  /// operand.
  static OpNode atMost(OpNode x, Number limit) {
    return where(greaterThan(x, limit), limit, x);
  }

  /// x, or the limit if x is smaller. NaN stays NaN.
  static OpNode atLeast(OpNode x, Number limit) {
    return where(lessThan(x, limit), limit, x);
  }

  static OpNode and(OpNode x, OpNode y) {
    return OpNode.of(OpCode.AND, x, y);
  }

  static OpNode and(OpNode x, Number y) {
    return and(x, constant(x, y));
  }

  static OpNode or(OpNode x, OpNode y) {
    return OpNode.of(OpCode.OR, x, y);
  }

  static OpNode xor(OpNode x, OpNode y) {
    return OpNode.of(OpCode.XOR, x, y);
  }

  static OpNode not(OpNode x) {
    return OpNode.of(OpCode.NOT, x);
  }

  static OpNode shiftLeft(OpNode x, int count) {
    return OpNode.of(OpCode.SHL, x, constant(x, count));
  }

  /// The count must be in range in every lane.
  static OpNode shiftLeft(OpNode x, OpNode count) {
    return OpNode.of(OpCode.SHL, x, count);
  }

  /// The count must be in range in every lane.
  static OpNode shiftRight(OpNode x, OpNode count) {
    return OpNode.of(OpCode.SHR, x, count);
  }

  static OpNode shiftRight(OpNode x, int count) {
    return OpNode.of(OpCode.SHR, x, constant(x, count));
  }

  static OpNode cast(OpNode x, DType type) {
    return x.dtype() == type ? x : OpNode.create(OpCode.CAST, type, List.of(x), null);
  }

  static OpNode bitcast(OpNode x, DType type) {
    return OpNode.create(OpCode.BITCAST, type, List.of(x), null);
  }

  /// The bits of a float as an integer of its size.
  static OpNode bits(OpNode x) {
    return bitcast(x, FloatFormat.of(x).bits());
  }

  /// The sign bit of a float alone, as an integer.
  static OpNode signBit(OpNode x) {
    return and(bits(x), FloatFormat.of(x).signMask());
  }

  /// A float whose sign is flipped where the sign bit is set.
  static OpNode flipSign(OpNode x, OpNode signBit) {
    return bitcast(xor(bits(x), signBit), x.dtype());
  }
}
