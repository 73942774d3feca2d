package org.teenygrad.codegen;

import static org.teenygrad.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.ir.OpNode;

/// The remainder of a floating division, C's fmod: exact, with the sign of the dividend.
///
/// x - t y with t the rounded quotient is exact in one FMA; doing it twice takes off 53 bits of the quotient each time.
/// Computed in float64, it is exact where |x / y| < 2^80 for float32; for float64, where |x / y| < 2^104. Beyond,
/// the result is not the remainder; in float64 it is NaN where x / y overflows.
final class FloatRemainder {
  private FloatRemainder() {}

  static OpNode fmod(OpNode x, OpNode y) {
    OpNode divisor = abs(cast(y, DType.FLOAT64));
    OpNode dividend = abs(cast(x, DType.FLOAT64));
    OpNode rest = reduce(reduce(dividend, divisor), divisor);
    // A quotient that was rounded up has left the rest one divisor too low.
    OpNode positive = where(lessThan(rest, 0.0), add(rest, divisor), rest);
    OpNode byInfinity =
        and(equal(divisor, Double.POSITIVE_INFINITY), lessThan(dividend, Double.POSITIVE_INFINITY));
    OpNode remainder = abs(cast(where(byInfinity, dividend, positive), x.dtype()));
    return flipSign(remainder, signBit(x));
  }

  private static OpNode reduce(OpNode x, OpNode y) {
    return fma(neg(trunc(div(x, y))), y, x);
  }
}
