package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// e^x, 2^x and tanh x of float32 and float64, without branches.
///
/// With n the integer nearest to x / ln 2 and r = x - n ln 2, e^x = 2^n e^r where |r| <= ln 2 / 2. The polynomials
/// for e^r, 2^r and (e^2r - 1) / 2 are weighted minimax fits of the relative error (Remez exchange in 45 digits); the
/// leading coefficients were rounded one by one, refitting the others after each.
///
/// Measured on every 61st bit pattern of float32 and on thousands of float64:
///
/// | largest error in ULP | float32 | float64 |
/// | --- | --- | --- |
/// | exp | 0.88 | 0.76 |
/// | exp2 | 0.83 | 0.83 |
/// | tanh | 1.67 | 1.44 |
final class Exponentials {
  private Exponentials() {}

  private static final double LOG2_E = 0x1.71547652b82fep0;

  /// ln 2 as a sum of two numbers of the type: n times the first is exact inside an FMA.
  private static final double[] LN2_SINGLE = {0.6931471824645996, -1.9046542121259336e-09};
  private static final double[] LN2_DOUBLE = {0.6931471805599453, 2.3190468138462996e-17};

  /// e^r for |r| <= ln 2 / 2; error below 2^-28.2 and 2^-57.9.
  private static final double[] EXP_SINGLE = {
    1.0, 1.0, 0.49999994f, 0.16666517f, 0.041668102f, 0.008369202f, 0.001383909f
  };
  private static final double[] EXP_DOUBLE = {
    1.0, 1.0, 0.5000000000000011, 0.16666666666666438,
    0.04166666666652583, 0.008333333333473823, 0.0013888888944829177, 0.0001984126955962375,
    2.480149181620447e-05, 2.755753239736403e-06, 2.76307117949259e-07, 2.501890811260774e-08
  };

  /// 2^r for |r| <= 1/2; error below 2^-27.5 and 2^-55.5.
  private static final double[] EXP2_SINGLE = {
    1.0, 0.69314724f, 0.24022655f, 0.055502728f, 0.009617065f, 0.0013417748f, 0.00015825828f
  };
  private static final double[] EXP2_DOUBLE = {
    1.0, 0.6931471805599457, 0.240226506959101, 0.05550410866478795,
    0.0096181291076062, 0.0013333558153947162, 0.0001540353044214708, 1.5252726936640581e-05,
    1.3215442587802167e-06, 1.0180825099764258e-07, 7.072559446935343e-09, 4.052292119427329e-10
  };

  /// q with (e^2r - 1) / 2 = r + r^2 q(r) for 0 <= r <= ln 2 / 2; error below 2^-26.1 and 2^-55.3.
  private static final double[] EXPM1_SINGLE = {1.0000018f, 0.66659075f, 0.33435887f, 0.12740089f, 0.05953338f};
  private static final double[] EXPM1_DOUBLE = {
    0.9999999999999902, 0.6666666666680666, 0.33333333326417786, 0.13333333501823344,
    0.04444442094582231, 0.01269861459134091, 0.003173499651390682, 0.0007093044988117227,
    0.00013292323514879677, 3.519777510881831e-05
  };

  /// e^x. Beyond the clamps the result is 0 or infinite anyway; where it is 0, the way there is that of e^0, since a
  /// processor takes 150 cycles for a result that is not normal, and masked scores are all -infinity.
  static OpNode exp(OpNode x) {
    boolean single = x.dtype() == DType.FLOAT32;
    OpNode vanishes = lessThan(x, single ? -104.0 : -746.0);
    OpNode near = atMost(where(vanishes, constant(x, 0.0), x), single ? 89.0 : 710.0);
    double magic = doublyBiasedMagic(x);
    OpNode shifted = fma(near, LOG2_E, magic);
    OpNode n = sub(shifted, magic);
    double[] ln2 = single ? LN2_SINGLE : LN2_DOUBLE;
    OpNode r = fma(n, -ln2[1], fma(n, -ln2[0], near));
    return where(vanishes, constant(x, 0.0), scale(polynomial(r, single ? EXP_SINGLE : EXP_DOUBLE), bits(shifted)));
  }

  /// 2^x.
  static OpNode exp2(OpNode x) {
    return exp2(x, constant(x, 0.0));
  }

  /// 2^(x + tail), where the tail is what x was rounded by.
  static OpNode exp2(OpNode x, OpNode tail) {
    boolean single = x.dtype() == DType.FLOAT32;
    OpNode vanishes = lessThan(x, single ? -151.0 : -1076.0);
    OpNode near = atMost(where(vanishes, constant(x, 0.0), x), single ? 128.0 : 1024.0);
    double magic = doublyBiasedMagic(x);
    OpNode shifted = add(near, magic);
    OpNode rest = sub(near, sub(shifted, magic));
    OpNode r = tail.isConstant(0) ? rest : add(rest, tail);
    return where(vanishes, constant(x, 0.0), scale(polynomial(r, single ? EXP2_SINGLE : EXP2_DOUBLE), bits(shifted)));
  }

  /// tanh x = h / (h + 1) with h = (e^2x - 1) / 2 = 2^n ((e^2r - 1) / 2) + (2^n - 1) / 2. Here n is rounded down, so
  /// that neither part is negative (but for a hair: 0 must not be a tie) and nothing cancels. Where n is 0, h = r + c
  /// with a small c, and r + (c - h h / (h + 1)) does without the rounding of h + 1. Beyond the clamp the result
  /// rounds to 1.
  static OpNode tanh(OpNode x) {
    FloatFormat format = FloatFormat.of(x);
    boolean single = format == FloatFormat.SINGLE;
    OpNode near = atMost(abs(x), single ? 10.0 : 20.0);
    double magic = format.roundingMagic() + format.bias();
    OpNode shifted = add(fma(near, 2 * LOG2_E, -0.499), magic);
    OpNode n = sub(shifted, magic);
    double[] ln2 = single ? LN2_SINGLE : LN2_DOUBLE;
    OpNode r = fma(n, -ln2[1] / 2, fma(n, -ln2[0] / 2, near));
    OpNode c = mul(square(r), polynomial(r, single ? EXPM1_SINGLE : EXPM1_DOUBLE));
    OpNode power = bitcast(shiftLeft(bits(shifted), format.fractionBits()), x.dtype());
    OpNode h = fma(power, add(r, c), fma(power, 0.5, -0.5));
    OpNode quotient = div(h, add(h, 1.0));
    OpNode small = add(r, fma(neg(h), quotient, c));
    return flipSign(where(lessThan(near, 0.34), small, quotient), signBit(x));
  }

  /// p with tanh x = x (1 + x^2 p(x^2)) for |x| < 0.6; error below 2^-28.4.
  private static final double[] TANH_NEAR = {-0.333333f, 0.13331924f, -0.05378383f, 0.02079597f, -0.0058951555f};
  private static final double TANH_NEAR_END = 0.6;

  /// tanh of float32 for machines that compute EXP2 themselves: 1 - 2 / (e^2x + 1), and near 0, where that cancels, an odd
  /// polynomial. Half of what [#tanh] takes. Measured with an EXP2 that is off by a unit in the last place: within 3.7 units.
  static OpNode tanhByExp2(OpNode x) {
    OpNode power = OpNode.of(OpCode.EXP2, mul(x, 2 * LOG2_E));
    OpNode far = fma(div(constant(x, 1.0), add(power, 1.0)), -2.0, constant(x, 1.0));
    OpNode square = square(x);
    OpNode near = mul(x, fma(square, polynomial(square, TANH_NEAR), 1.0));
    return where(lessThan(abs(x), TANH_NEAR_END), near, far);
  }

  /// A rounding magic that leaves n + 2 bias in the low bits of its sum with n.
  static double doublyBiasedMagic(OpNode x) {
    FloatFormat format = FloatFormat.of(x);
    return format.roundingMagic() + 2 * format.bias();
  }

  /// y * 2^n, in two factors: each is a normal number for every n that exp needs, and so a denormal result is rounded
  /// once.
  /// @param biased an integer whose low bits hold n + 2 bias; half of it is the biased exponent of either factor
  static OpNode scale(OpNode y, OpNode biased) {
    int fraction = FloatFormat.of(y).fractionBits();
    OpNode half = shiftRight(biased, 1);
    OpNode first = bitcast(shiftLeft(half, fraction), y.dtype());
    OpNode second = bitcast(shiftLeft(sub(biased, half), fraction), y.dtype());
    return mul(mul(y, first), second);
  }
}
