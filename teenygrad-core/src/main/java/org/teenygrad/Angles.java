package org.teenygrad;

/// The inverse circular functions from one polynomial.
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
    Tensor square = u.square();
    Tensor sum = square.mul(SERIES[SERIES.length - 1]);
    for (int i = SERIES.length - 2; i > 0; i--) {
      sum = sum.add(SERIES[i]).mul(square);
    }
    Tensor angle = u.add(u.mul(square).mul(sum.add(SERIES[0])));
    return beyond.where(angle.add(Math.PI / 4), angle);
  }

  /// Half the angle has the tangent x / (1 + sqrt(1 - x²)).
  static Tensor asin(Tensor x) {
    Tensor root = x.rsub(1).mul(x.add(1)).sqrt();
    return atan(x.div(root.add(1))).mul(2);
  }

  /// For x >= 0 half the angle has the tangent sqrt((1 - x) / (1 + x)): exact near 1, where π/2 - asin(x) would cancel.
  static Tensor acos(Tensor x) {
    Tensor size = size(x);
    Tensor angle = atan(size.rsub(1).div(size.add(1)).sqrt()).mul(2);
    return x.lt(0).where(angle.rsub(Math.PI), angle);
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

  /// |x| with the gradient 1 at 0, and -0.0 as it is.
  static Tensor size(Tensor x) {
    return x.lt(0).where(x.neg(), x);
  }

  /// An odd function from its values for |x|.
  static Tensor signed(Tensor x, Tensor ofSize) {
    return x.lt(0).where(ofSize.neg(), ofSize);
  }
}
