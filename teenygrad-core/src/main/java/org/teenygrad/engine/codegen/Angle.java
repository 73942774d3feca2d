package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// An angle as whole quadrants and a rest in radians: x = quadrant * pi/2 + rest, |rest| <= 0.84, up to whole turns.
///
/// @param quadrant an integer of which the low two bits count
/// @param rest the rest, within a rounding error of its own
/// @param tail what the rest was rounded by; 0 for float32
record Angle(OpNode quadrant, OpNode rest, OpNode tail) {

  /// 1 / (2 pi) in three parts for float32 arguments of one range of exponents, in the manner of M. H. Payne and
  /// R. N. Hanek, *Radian Reduction for Trigonometric Functions* (SIGNUM Newsletter 18, 1983): bits whose product with
  /// every such x is a number of whole turns are left out. The products of x (24 bits) with the first two parts
  /// (29 bits) are exact in float64, and that with the third is below 2^-7 turns.
  private record TurnsPerRadian(double below, double first, double second, double third) {}

  private static final TurnsPerRadian[] RANGES = {
    new TurnsPerRadian(0x1p52, 0x1.45f306dp-3, 0x1.9391054p-32, 0x1.4fe13abe8fa9ap-61),
    new TurnsPerRadian(0x1p79, 0x1.c9c882ap-31, 0x1.4fe13a8p-61, 0x1.f47d4d377036ep-88),
    new TurnsPerRadian(0x1p106, 0x1.29fc274p-58, 0x1.7d1f534p-86, 0x1.bb81b6c52b328p-115),
    new TurnsPerRadian(0x1p128, 0x1.5f47d4dp-84, 0x1.bb81b6cp-115, 0x1.4acc9e21c8210p-145)
  };

  /// The angle of a float32 that is not negative, its quadrant an int32: computed in float64, so that every finite x,
  /// even one next to a multiple of pi/2, keeps all bits of its rest.
  static Angle ofSingle(OpNode x) {
    OpNode wide = cast(x, DType.FLOAT64);
    TurnsPerRadian last = RANGES[RANGES.length - 1];
    OpNode first = constant(wide, last.first());
    OpNode second = constant(wide, last.second());
    OpNode third = constant(wide, last.third());
    for (int i = RANGES.length - 2; i >= 0; i--) {
      OpNode inRange = lessThan(wide, RANGES[i].below());
      first = where(inRange, RANGES[i].first(), first);
      second = where(inRange, RANGES[i].second(), second);
      third = where(inRange, RANGES[i].third(), third);
    }
    OpNode turns = add(fraction(mul(wide, first)), fraction(mul(wide, second)));
    double magic = FloatFormat.DOUBLE.roundingMagic();
    OpNode shifted = fma(turns, 4.0, magic);
    OpNode rest = fma(wide, third, fma(sub(shifted, magic), -0.25, turns));
    OpNode quadrant = cast(bits(shifted), DType.INT32);
    return new Angle(quadrant, cast(mul(rest, 2 * Math.PI), DType.FLOAT32), constant(x, 0.0));
  }

  /// pi/2 as a sum of three doubles.
  private static final double[] HALF_PI = {0x1.921fb54442d18p0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};

  /// The angle of a float64 that is not negative, its quadrant an int64; its rest is NaN for infinity and NaN.
  static Angle ofDouble(OpNode x) {
    Angle moderate = moderate(x);
    Angle huge = HugeAngle.of(x);
    OpNode isModerate = lessThan(x, HugeAngle.SMALLEST);
    OpNode finite = where(lessThan(x, Double.POSITIVE_INFINITY), huge.rest(), Double.NaN);
    return new Angle(
        where(isModerate, moderate.quadrant(), huge.quadrant()),
        where(isModerate, moderate.rest(), finite),
        where(isModerate, moderate.tail(), huge.tail()));
  }

  /// By W. J. Cody and W. Waite's reduction: subtracting n times the first part of pi/2 is exact, the rounding of the
  /// second is carried along.
  private static Angle moderate(OpNode x) {
    double magic = FloatFormat.DOUBLE.roundingMagic();
    OpNode shifted = fma(x, 2 / Math.PI, magic);
    OpNode n = sub(shifted, magic);
    OpNode high = fma(n, -HALF_PI[0], x);
    OpNode product = mul(n, -HALF_PI[1]);
    OpNode rest = add(high, product);
    OpNode rounding = add(sub(high, rest), product);
    OpNode productRounding = fma(n, constant(x, -HALF_PI[1]), neg(product));
    OpNode tail = fma(n, -HALF_PI[2], add(rounding, productRounding));
    return new Angle(bits(shifted), rest, tail);
  }

  private static OpNode fraction(OpNode x) {
    return sub(x, round(x));
  }
}
