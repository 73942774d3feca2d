package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// Reduces float64 angles from 2^40 up by whole turns, in integers, after M. H. Payne and R. N. Hanek, *Radian
/// Reduction for Trigonometric Functions* (SIGNUM Newsletter 18, 1983).
///
/// With x = m 2^e, the bits of 1 / (2 pi) from weight 2^-e up make whole turns of m and are left out; the product of m
/// (53 bits) with the 192 bits that follow gives the fraction of a turn to 2^-128.
final class HugeAngle {
  private HugeAngle() {}

  /// Where e + PREFIX is 0.
  static final double SMALLEST = 0x1p40;

  /// Zeros before the binary fraction of 1 / (2 pi) in the table.
  private static final int PREFIX = 12;
  private static final long[] TURNS_PER_RADIAN = {
    0x00028BE60DB93910L, 0x54A7F09D5F47D4D3L, 0x77036D8A5664F10EL, 0x4107F9458EAF7AEFL,
    0x1586DC91B8E90937L, 0x4B801924BBA82746L, 0x4873F877AC72C4A6L, 0x9CFBA208D7D4BAEDL,
    0x1213A671C09AD17DL, 0xF904E64758E60D4CL, 0xE7D272117E2EF7E4L, 0xA0EC7FE25FFF7816L,
    0x603FBCBC462D6829L, 0xB47DB4D9FB3C9F2CL, 0x26DD3D18FD9A797FL, 0xA8B5D49EEB1FAF97L,
    0xC5ECF41CE7DE294AL, 0x4BA9AFED7EC47E35L, 0x7421580CC11BF1EDL
  };
  /// 2 pi as a sum of two doubles.
  private static final double[] RADIANS_PER_TURN = {0x1.921fb54442d18p2, 0x1.1a62633145c07p-52};

  private static final long LOW_WORD = 0xFFFFFFFFL;
  private static final int EXPONENT_OF_LAST_BIT = 1075;

  /// The angle of a finite x of at least [#SMALLEST]; what it is elsewhere means nothing.
  static Angle of(OpNode x) {
    OpNode bits = bits(x);
    OpNode first = sub(shiftRight(bits, 52), EXPONENT_OF_LAST_BIT - PREFIX);
    OpNode m = or(and(bits, (1L << 52) - 1), constant(bits, 1L << 52));
    OpNode[] window = window(first);
    OpNode carriedUp = mul(m, window[1]);
    OpNode low = add(carriedUp, multiplyHigh(m, window[2]));
    OpNode carry = where(unsignedLess(low, carriedUp), constant(low, 1), 0);
    OpNode high = add(add(mul(m, window[0]), multiplyHigh(m, window[1])), carry);
    OpNode quadrant = shiftRight(add(high, 1L << 61), 62);
    return rest(quadrant, sub(high, shiftLeft(quadrant, 62)), low);
  }

  /// The 192 bits from that place of the table on. Words are chosen by the bits of the word number, from the highest
  /// down.
  private static OpNode[] window(OpNode first) {
    OpNode[] words = new OpNode[TURNS_PER_RADIAN.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = constant(first, TURNS_PER_RADIAN[i]);
    }
    for (int step = 8; step >= 1; step /= 2) {
      OpNode skip = notEqual(and(first, 64L * step), 0);
      OpNode[] kept = new OpNode[step + 3];
      for (int i = 0; i < kept.length; i++) {
        kept[i] = where(skip, words[i + step], words[i]);
      }
      words = kept;
    }
    OpNode shift = and(first, 63);
    OpNode opposite = sub(constant(first, 63), shift);
    OpNode[] window = new OpNode[3];
    for (int i = 0; i < window.length; i++) {
      OpNode next = and(shiftRight(words[i + 1], 1), Long.MAX_VALUE);
      window[i] = or(shiftLeft(words[i], shift), shiftRight(next, opposite));
    }
    return window;
  }

  /// The upper 64 bits of the unsigned product of m, of 53 bits, and v.
  private static OpNode multiplyHigh(OpNode m, OpNode v) {
    OpNode mHigh = shiftRight(m, 32);
    OpNode mLow = and(m, LOW_WORD);
    OpNode vHigh = upperWord(v);
    OpNode vLow = and(v, LOW_WORD);
    OpNode middle = add(mul(mHigh, vLow), upperWord(mul(mLow, vLow)));
    OpNode other = add(mul(mLow, vHigh), and(middle, LOW_WORD));
    return add(add(mul(mHigh, vHigh), shiftRight(middle, 32)), upperWord(other));
  }

  private static OpNode upperWord(OpNode x) {
    return and(shiftRight(x, 32), LOW_WORD);
  }

  private static OpNode unsignedLess(OpNode x, OpNode y) {
    OpNode sign = constant(x, Long.MIN_VALUE);
    return lessThan(xor(x, sign), xor(y, sign));
  }

  /// The rest of (high 2^64 + low) 2^-128 turns in radians: by its magnitude, so that the parts do not cancel.
  private static Angle rest(OpNode quadrant, OpNode high, OpNode low) {
    OpNode sign = shiftRight(high, 63);
    OpNode magnitude = xor(high, sign);
    OpNode a = mul(toDouble(shiftRight(magnitude, 32)), 0x1p-32);
    OpNode b = mul(toDouble(and(magnitude, LOW_WORD)), 0x1p-64);
    OpNode c = mul(toDouble(and(shiftRight(xor(low, sign), 12), (1L << 52) - 1)), 0x1p-116);
    OpNode ab = add(a, b);
    OpNode turns = add(ab, c);
    OpNode rounding = add(sub(c, sub(turns, ab)), sub(b, sub(ab, a)));
    OpNode radians = mul(turns, RADIANS_PER_TURN[0]);
    OpNode tail = fma(turns, RADIANS_PER_TURN[1], mul(rounding, RADIANS_PER_TURN[0]));
    OpNode exactly = fma(turns, constant(turns, RADIANS_PER_TURN[0]), neg(radians));
    OpNode signBit = and(sign, Long.MIN_VALUE);
    return new Angle(quadrant, flipSign(radians, signBit), flipSign(add(exactly, tail), signBit));
  }

  /// An integer in 0..2^52-1, by way of the bits of 2^52.
  private static OpNode toDouble(OpNode x) {
    return sub(bitcast(or(x, constant(x, Double.doubleToRawLongBits(0x1p52))), DType.FLOAT64), 0x1p52);
  }
}
