package org.teenygrad;

/// Hyperbolic functions and their inverses from exponentials and logarithms, without cancellation and early overflow.
final class Hyperbolic {
  /// From here on 1 + x² rounds to x² in every floating type.
  private static final double LARGE = 1e9;

  private Hyperbolic() {}

  static Tensor sinh(Tensor x) {
    Tensor size = Angles.size(x);
    Tensor large = size.gt(1);
    Tensor near = large.where(1, size).expm1();
    Tensor small = near.add(near.div(near.add(1))).mul(0.5);
    Tensor root = large.where(size, 1).mul(0.5).exp(); // squared at the end: e^|x| alone overflows too early
    return Angles.signed(x, large.where(root.mul(0.5).mul(root).sub(root.square().reciprocal().mul(0.5)), small));
  }

  static Tensor cosh(Tensor x) {
    Tensor root = Angles.size(x).mul(0.5).exp();
    Tensor inverse = root.reciprocal();
    return root.mul(0.5).mul(root).add(inverse.mul(0.5).mul(inverse));
  }

  static Tensor asinh(Tensor x) {
    Tensor size = Angles.size(x);
    Tensor large = size.gt(LARGE);
    Tensor safe = large.where(1, size);
    Tensor square = safe.square();
    Tensor small = safe.add(square.div(square.add(1).sqrt().add(1))).log1p();
    return Angles.signed(x, large.where(large.where(size, 1).log().add(Math.log(2)), small));
  }

  static Tensor acosh(Tensor x) {
    Tensor large = x.gt(LARGE);
    Tensor beyond = large.where(1, x.sub(1));
    Tensor small = beyond.add(beyond.mul(beyond.add(2)).sqrt()).log1p();
    return large.where(large.where(x, 1).log().add(Math.log(2)), small);
  }

  static Tensor atanh(Tensor x) {
    Tensor size = Angles.size(x);
    return Angles.signed(x, size.mul(2).div(size.rsub(1)).log1p().mul(0.5));
  }
}
