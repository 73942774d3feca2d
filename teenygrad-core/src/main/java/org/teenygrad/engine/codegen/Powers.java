package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// x to the power y with all the special cases of C99 (annex F.9.4.4), without branches.
///
/// |x|^y = 2^(y log2 |x|). For float32 this is computed in float64, so that the result is all but correctly
/// rounded (0.501 ULP). For float64 the logarithm is computed in extended precision (0.89 ULP).
final class Powers {
  private Powers() {}

  static OpNode pow(OpNode x, OpNode y) {
    OpNode magnitude = x.dtype() == DType.FLOAT32 ? viaDouble(abs(x), y) : extended(abs(x), y);
    OpNode wholeY = equal(trunc(y), y);
    OpNode halfY = mul(y, 0.5);
    OpNode oddY = and(wholeY, notEqual(trunc(halfY), halfY));
    OpNode sign = signBit(x);
    OpNode signed = flipSign(magnitude, where(oddY, sign, 0));
    OpNode infinite = equal(abs(x), Double.POSITIVE_INFINITY);
    OpNode hasNoRoot = and(lessThan(x, 0.0), not(or(wholeY, infinite)));
    OpNode unitByInfinity = and(equal(x, -1.0), equal(abs(y), Double.POSITIVE_INFINITY));
    OpNode one = or(or(equal(x, 1.0), equal(y, 0.0)), unitByInfinity);
    return where(one, 1.0, where(hasNoRoot, Double.NaN, signed));
  }

  private static OpNode viaDouble(OpNode x, OpNode y) {
    OpNode exponent = mul(cast(y, DType.FLOAT64), Logarithms.log2(cast(x, DType.FLOAT64)));
    return cast(Exponentials.exp2(exponent), x.dtype());
  }

  /// With log2 x in extended precision. Where the exponent is far out of range its low part is left out: it may be NaN.
  private static OpNode extended(OpNode x, OpNode y) {
    DoublePair log = DoublePair.log2(x);
    OpNode exponent = mul(y, Logarithms.withSpecialCases(x, log.high()));
    OpNode low = fma(y, log.low(), fma(y, log.high(), neg(exponent)));
    return Exponentials.exp2(exponent, where(lessThan(abs(exponent), 2000.0), low, 0.0));
  }
}
