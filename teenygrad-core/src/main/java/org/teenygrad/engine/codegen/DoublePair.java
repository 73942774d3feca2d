package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.engine.ir.OpNode;

/// A value as the sum of two float64, and log2 of a positive float64 as such a pair: powers need it, whose exponent
/// y log2 x may be as large as 1074 and still counts to its last place.
///
/// x = 2^e m and log2 m = s (c0 + z (c1 + z p(z))) with s = (m - 1) / (m + 1) and z = s^2; all but p is computed in
/// pairs. Sums and products of pairs are those of T. J. Dekker, *A Floating-Point Technique for Extending the
/// Available Precision* (Numerische Mathematik 18, 1971), with FMA for the exact products.
///
/// @param high the sum, rounded
/// @param low what it was rounded by
record DoublePair(OpNode high, OpNode low) {
  /// 2 log2 e and a third of it, as pairs.
  private static final double[] C0 = {2.8853900817779268, 4.0710547481862066e-17};
  private static final double[] C1 = {0.9617966939259756, 5.0577616648125907e-17};

  /// p, a minimax fit with an error of log2 m below 2^-80.79 of it.
  private static final double[] P = {
    0.5770780163555854, 0.41219858311112956, 0.32059889797631197, 0.26230818907116954,
    0.22195310296647175, 0.19235799812575835, 0.16978608695032738, 0.15037048274842554,
    0.1588902417113142
  };

  /// Of a positive finite x; what it is elsewhere means nothing.
  static DoublePair log2(OpNode x) {
    Logarithms.Parts parts = Logarithms.split(x, Math.sqrt(0.5));
    OpNode f = parts.fraction();
    DoublePair s = quotient(f, add(f, 2.0));
    OpNode zHigh = square(s.high());
    OpNode zLow = fma(mul(s.high(), 2.0), s.low(), fma(s.high(), s.high(), neg(zHigh)));
    DoublePair inner = plusConstant(C1, mul(zHigh, polynomial(zHigh, P)), constant(x, 0.0));
    DoublePair product = new DoublePair(zHigh, zLow).times(inner);
    DoublePair mantissa = s.times(plusConstant(C0, product.high(), product.low()));
    OpNode e = parts.exponent();
    OpNode sum = add(e, mantissa.high());
    return new DoublePair(sum, add(add(sub(e, sum), mantissa.high()), mantissa.low()));
  }

  /// f / (f + 2), where the sum is rounded.
  private static DoublePair quotient(OpNode f, OpNode sum) {
    OpNode rounding = sub(f, sub(sum, 2.0));
    OpNode reciprocal = div(constant(f, 1.0), sum);
    OpNode high = mul(f, reciprocal);
    OpNode rest = fma(neg(high), rounding, fma(neg(high), sum, f));
    return new DoublePair(high, mul(rest, reciprocal));
  }

  /// The sum with a constant pair that is larger.
  private static DoublePair plusConstant(double[] pair, OpNode high, OpNode low) {
    OpNode larger = constant(high, pair[0]);
    OpNode sum = add(larger, high);
    return new DoublePair(sum, add(add(sub(larger, sum), high), add(low, pair[1])));
  }

  private DoublePair times(DoublePair other) {
    OpNode product = mul(high, other.high);
    OpNode rounding = fma(high, other.high, neg(product));
    return new DoublePair(product, fma(high, other.low, fma(low, other.high, rounding)));
  }
}
