package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.engine.ir.OpNode;

/// sin x and cos x of float64, for [Trigonometry].
final class DoubleTrigonometry {
  private DoubleTrigonometry() {}

  /// p with sin y = y + y^3 p(y^2) for |y| <= 0.8; error below 2^-57.4.
  private static final double[] SIN = {
    -0.1666666666666662, 0.008333333333319726, -0.0001984126982764213, 2.755731293944677e-06,
    -2.5050640346960135e-08, 1.5889976026523317e-10
  };
  /// p with cos y = 1 - y^2/2 + y^4 p(y^2) for |y| <= 0.8; error below 2^-63.5.
  private static final double[] COS = {
    0.041666666666666574, -0.0013888888888869768, 2.480158728677965e-05, -2.755731357634888e-07,
    2.0875618414597787e-09, -1.1354250029513566e-11
  };

  static OpNode sin(OpNode x) {
    return sine(x, 0, signBit(x));
  }

  static OpNode cos(OpNode x) {
    return sine(x, 1, constant(signBit(x), 0));
  }

  private static OpNode sine(OpNode x, int turned, OpNode signBit) {
    Angle angle = Angle.ofDouble(abs(x));
    OpNode y = angle.rest();
    OpNode z = square(y);
    OpNode halfZ = mul(z, 0.5);
    OpNode cosineOfRest = sub(constant(x, 1.0), halfZ);
    OpNode sine = add(y, fma(mul(z, y), polynomial(z, SIN), mul(angle.tail(), cosineOfRest)));
    OpNode rounding = sub(sub(constant(x, 1.0), cosineOfRest), halfZ);
    OpNode cosine = add(cosineOfRest, fma(square(z), polynomial(z, COS), fma(neg(y), angle.tail(), rounding)));
    return Trigonometry.inQuadrant(add(angle.quadrant(), turned), sine, cosine, signBit);
  }
}
