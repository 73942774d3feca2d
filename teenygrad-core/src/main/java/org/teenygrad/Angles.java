package org.teenygrad;

/// The inverse circular functions from two polynomials.
///
/// Choices are made by `where` on arguments that are harmless to the branch that is not taken, so that gradients, which
/// visit both, stay finite wherever the function's is.
final class Angles {
  /// (atan(t) / t - 1) / t² as a polynomial in t², for |t| <= tan(π/8): interpolated at Chebyshev's points, error 4e-16.
  private static final double[] SERIES = {
    -0.33333333333333337, 0.19999999999998644, -0.1428571428542995, 0.11111111077061489, -0.09090906900220957,
    0.07692225721330284, -0.06664760708307754, 0.05853670897267068, -0.0497882060178979, 0.02915226775847771,
    0.0323409545334548, -0.1399367721916407, 0.15888437684771717
  };

  /// (asin(r) / r - 1) / r² as a polynomial in r², for |r| <= 1/2, likewise: error of asin 2^-57.
  private static final double[] ASIN = {
    0.16666666666666669, 0.07499999999998433, 0.04464285714635543, 0.030381944138531247, 0.02237217294214989,
    0.017352392720869973, 0.013971212973552933, 0.011479177415184906, 0.01032281435018578, 0.005457506718640358,
    0.01740087944269402, -0.014851887071247204, 0.028757851367421566
  };

  private static final double PI_REST = 1.2246467991473532e-16;

  private Angles() {}

  static Tensor atan(Tensor x) {
    Tensor size = size(x);
    Tensor steep = size.gt(1);
    Tensor angle = ofUnit(steep.where(steep.where(size, 1).reciprocal(), size));
    return signed(x, steep.where(angle.rsub(Math.PI / 2), angle));
  }

  /// The angle of a tangent in 0..1. Beyond tan(π/8) it is π/4 and the angle of the difference.
  private static Tensor ofUnit(Tensor t) {
    Tensor beyond = t.gt(Math.tan(Math.PI / 8));
    Tensor u = beyond.where(t.sub(1).div(t.add(1)), t);
    Tensor angle = odd(u, SERIES);
    return beyond.where(angle.add(Math.PI / 4), angle);
  }

  /// Beyond 1/2 it is π/2 less twice the arc of half the angle.
  static Tensor asin(Tensor x) {
    Tensor size = size(x);
    Arc arc = Arc.of(size);
    Tensor fromTop = Rounded.of(Math.PI / 2, PI_REST / 2, x.dtype()).minus(arc.chord.mul(2)).plusSmall(arc.bend.mul(-2));
    return signed(x, arc.half.where(fromTop, arc.chord.add(arc.bend)));
  }

  /// For |x| <= 1/2 π/2 less the arc, else twice the arc of half the angle, from 0 or from π.
  static Tensor acos(Tensor x) {
    Arc arc = Arc.of(size(x));
    Tensor fromRight = Rounded.of(Math.PI / 2, PI_REST / 2, x.dtype()).minus(arc.half.where(0, x)).plusSmall(signed(x, arc.bend).neg());
    Tensor twice = arc.chord.mul(2);
    Tensor fromLeft = Rounded.of(Math.PI, PI_REST, x.dtype()).minus(twice).plusSmall(arc.bend.mul(-2));
    return arc.half.where(x.lt(0).where(fromLeft, twice.add(arc.bend.mul(2))), fromRight);
  }

  /// The angle whose sine is x, in 0..1, or beyond 1/2 half of the angle whose cosine it is, with the sine sqrt((1 - x) / 2).
  ///
  /// @param half whether it is half of the angle whose cosine is x
  /// @param chord the angle's sine, at most 1/2
  /// @param bend the angle less its sine
  private record Arc(Tensor half, Tensor chord, Tensor bend) {
    static Arc of(Tensor x) {
      Tensor half = x.gt(0.5);
      Tensor square = half.where(x.rsub(1).mul(0.5), 1);
      Rounded root = Rounded.exact(square).sqrt();
      Tensor chord = half.where(root.value(), x);
      Tensor z = chord.square();
      return new Arc(half, chord, chord.mul(z).mul(polynomial(z, ASIN)).add(half.where(root.lost(), 0)));
    }
  }

  static Tensor atan2(Tensor y, Tensor x) {
    Tensor height = y.signbit().where(y.neg(), y);
    Tensor width = x.signbit().where(x.neg(), x);
    Tensor steep = height.gt(width);
    Tensor small = steep.where(width, height);
    Tensor large = steep.where(height, width);
    Tensor origin = large.eq(0);
    Tensor diagonal = small.eq(large).logicalAnd(large.isInf());
    Tensor slope = diagonal.where(1, small).div(diagonal.where(1, origin.where(1, large)));
    Tensor angle = ofUnit(slope);
    angle = steep.where(angle.rsub(Math.PI / 2), angle);
    angle = x.signbit().where(angle.rsub(Math.PI), angle);
    return y.signbit().where(angle.neg(), angle);
  }

  /// x + x³ p(x²).
  static Tensor odd(Tensor x, double... p) {
    Tensor square = x.square();
    return x.add(x.mul(square).mul(polynomial(square, p)));
  }

  /// The polynomial with these coefficients, that of the lowest power first, by Horner's rule.
  private static Tensor polynomial(Tensor x, double... coefficients) {
    Tensor sum = x.mul(coefficients[coefficients.length - 1]);
    for (int i = coefficients.length - 2; i > 0; i--) {
      sum = sum.add(coefficients[i]).mul(x);
    }
    return sum.add(coefficients[0]);
  }

  /// |x| with the gradient 1 at 0, and -0.0 as it is.
  static Tensor size(Tensor x) {
    return x.lt(0).where(x.neg(), x);
  }

  /// An odd function from its values for |x|.
  static Tensor signed(Tensor x, Tensor ofSize) {
    return x.lt(0).where(ofSize.neg(), ofSize);
  }
}
