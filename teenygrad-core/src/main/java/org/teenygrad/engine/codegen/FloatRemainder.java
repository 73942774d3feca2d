package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// The remainder of a floating division, C's fmod: exact, with the sign of the dividend.
///
/// Computed in float64: x - t y with t the rounded quotient is exact in one FMA and takes some 50 bits off the quotient. Quotients
/// of float32 numbers have up to 277 bits, so six steps always are enough, and multiplying by 1 / y will do. Those of float64 have
/// up to 2,098: four steps are exact where |x / y| < 2^208; beyond, the result is NaN.
final class FloatRemainder {
  private static final int STEPS = 6;
  private static final int STEPS_OF_DOUBLE = 4;

  private FloatRemainder() {}

  static OpNode fmod(OpNode x, OpNode y) {
    boolean isDouble = x.dtype() == DType.FLOAT64;
    OpNode divisor = abs(cast(y, DType.FLOAT64));
    OpNode dividend = abs(cast(x, DType.FLOAT64));
    OpNode rest = dividend;
    for (int step = 0; step < (isDouble ? STEPS_OF_DOUBLE : STEPS); step++) {
      OpNode quotient = isDouble ? div(rest, divisor) : mul(rest, div(constant(divisor, 1.0), divisor));
      rest = fma(neg(trunc(quotient)), divisor, rest);
    }
    // A quotient that was rounded has left the rest one divisor too low or too high.
    OpNode raised = where(lessThan(rest, 0.0), add(rest, divisor), rest);
    OpNode within = where(lessThan(raised, divisor), raised, sub(raised, divisor));
    OpNode reached = where(lessThan(within, divisor), where(lessThan(within, 0.0), Double.NaN, within), Double.NaN);
    OpNode byInfinity =
        and(equal(divisor, Double.POSITIVE_INFINITY), lessThan(dividend, Double.POSITIVE_INFINITY));
    OpNode remainder = abs(cast(where(byInfinity, dividend, reached), x.dtype()));
    return flipSign(remainder, signBit(x));
  }
}
