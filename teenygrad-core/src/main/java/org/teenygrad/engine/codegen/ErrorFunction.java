package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// erf x of float32 and float64 in two pieces, both always computed.
///
/// Near 0, erf x = x + x p(x^2). Farther out, 1 - erfc |x|, and erfc is small enough there to be computed roughly: its
/// eighth root is a short polynomial in float32; in float64 its logarithm is one. Coefficients are minimax fits of the
/// error of erf (Remez exchange in 45 digits, leading ones rounded one by one, refitting the rest).
///
/// Measured on every 61st bit pattern of float32 and on thousands of float64:
///
/// | largest error in ULP | float32 | float64 |
/// | --- | --- | --- |
/// | erf | 1.6 | 0.98 |
final class ErrorFunction {
  private ErrorFunction() {}

  /// Where the far piece begins: late in float32, where what it is rounded by counts.
  private static final double NEAR_END_SINGLE = 1.125;
  private static final double NEAR_END_DOUBLE = 1.0;

  /// p with erf x = x + x p(x^2) below that; error below 2^-27.1 and 2^-56.1.
  private static final double[] NEAR_SINGLE = {
    0.12837917f, -0.37612602f, 0.11283256f, -0.02683922f, 0.0051602535f, -0.0007765743f, 7.063319e-05f
  };
  private static final double[] NEAR_DOUBLE = {
    0.1283791670955126, -0.376126389031841, 0.11283791670971095, -0.026866170648031845, 0.005223977652788804,
    -0.0008548328548815376, 0.0001205538697296276, -1.4926907630233167e-05, 1.6481594660023946e-06,
    -1.6563983850410895e-07, 1.6066797351858342e-08, -1.6698967775663266e-09, 1.4782942930984906e-10
  };

  /// Where erf becomes 1 in that type.
  private static final double ONE_SINGLE = 3.93;
  private static final double ONE_DOUBLE = 5.95;

  /// (erfc x)^(1/8) for 1.125 <= x <= 3.93; error of erf below 2^-28.9.
  private static final double[] FAR_SINGLE = {
    1.0006351f, -0.14402723f, -0.06362365f, -0.008873789f,
    0.011277476f, -0.0018384174f, 1.9642996e-05f, 1.11672625e-05f
  };
  /// -ln erfc x for 1 <= x <= 5.95; error of erf below 2^-55.5.
  private static final double[] FAR_DOUBLE = {
    5.133327684855289e-07, 1.1283739908485906, 0.6366440588832343, 0.10270227956203555,
    -0.018988022909879176, -0.00041356275526244993, 0.00191897283099014, -0.0007730649856609949,
    0.00013656802363634462, 1.9516919504031595e-05, -2.2530551965697798e-05, 8.578066304088286e-06,
    -2.1146288021574517e-06, 3.6953433908874636e-07, -4.592906753492072e-08, 3.8896319421754675e-09,
    -2.0201268117509077e-10, 4.864534061096022e-12
  };

  /// P with erfc x = 2^(x P(x)) for 0 <= x <= 4.6: with the coefficients as they are, 1 + erf is wrong by at most 1e-7, and by
  /// a 700th of itself where that is less. The last one is negative, so that farther out erfc vanishes.
  private static final double[] LOG2_ERFC = {
    -1.6279142f, -0.918325f, -0.14895889f, 0.029374478f, -0.0021123288f, -0.0006546034f, 0.00018852499f, -1.4893915e-05f
  };

  /// 1 + erf x of float32 for machines that compute EXP2 themselves, the factor of x / 2 in GELU: half of what erf takes, and nothing
  /// cancels where x is negative. Measured with an exact EXP2: within 2e-7, and within 0.14 % of itself down to x = -4.5.
  static OpNode onePlusErf(OpNode x) {
    OpNode magnitude = abs(x);
    OpNode tail = OpNode.of(OpCode.EXP2, mul(magnitude, polynomial(magnitude, LOG2_ERFC)));
    return where(lessThan(x, 0.0), tail, sub(constant(x, 2.0), tail));
  }

  static OpNode erf(OpNode x) {
    boolean single = x.dtype() == DType.FLOAT32;
    OpNode magnitude = abs(x);
    OpNode near = fma(x, polynomial(square(x), single ? NEAR_SINGLE : NEAR_DOUBLE), x);
    OpNode capped = atMost(magnitude, single ? ONE_SINGLE : ONE_DOUBLE);
    OpNode far = single ? oneLessEighthPower(capped) : sub(constant(x, 1.0), erfc(capped));
    return where(lessThan(magnitude, single ? NEAR_END_SINGLE : NEAR_END_DOUBLE), near, flipSign(far, signBit(x)));
  }

  private static OpNode oneLessEighthPower(OpNode x) {
    OpNode fourthPower = square(square(polynomial(x, FAR_SINGLE)));
    return fma(neg(fourthPower), fourthPower, 1.0);
  }

  private static OpNode erfc(OpNode x) {
    return Exponentials.exp(neg(polynomial(x, FAR_DOUBLE)));
  }
}
