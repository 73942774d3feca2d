package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// A value as its type rounds it, and what the rounding lost: twice the digits where a formula would lose its last ones.
///
/// Sums are D. E. Knuth's (*The Art of Computer Programming* 2, 4.2.2), products and quotients take what they lost from an FMA.
/// What was lost is a constant to derivatives.
///
/// @param lost not finite where the value is not
record Rounded(Tensor value, Tensor lost) {
  private static Rounded of(Tensor value, Tensor lost) {
    return new Rounded(value, lost.detach());
  }

  /// A number, to twice the precision of a type.
  /// @param rest the number less its nearest float64
  static Rounded of(double number, double rest, DType type) {
    double value = type == DType.FLOAT64 ? number : (float) number;
    double lost = type == DType.FLOAT64 ? rest : number - value;
    return new Rounded(Operations.constant(type, value), Operations.constant(type, lost));
  }

  static Rounded exact(Tensor value) {
    return new Rounded(value, value.zerosLike());
  }

  static Rounded sum(Tensor a, Tensor b) {
    Tensor sum = a.add(b);
    Tensor partOfB = sum.sub(a);
    return of(sum, a.sub(sum.sub(partOfB)).add(b.sub(partOfB)));
  }

  static Rounded product(Tensor a, Tensor b) {
    Tensor product = a.mul(b);
    return of(product, fma(a, b, product.neg()));
  }

  Rounded plus(Tensor other) {
    Rounded sum = sum(value, other);
    return of(sum.value, sum.lost.add(lost));
  }

  Rounded minus(Tensor other) {
    return plus(other.neg());
  }

  Rounded times(Tensor factor) {
    Rounded product = product(value, factor);
    return of(product.value, product.lost.add(lost.mul(factor)));
  }

  /// A tensor over this.
  Rounded dividing(Tensor dividend) {
    Tensor quotient = dividend.div(value);
    Tensor rest = fma(quotient.neg(), value, dividend);
    return of(quotient, rest.sub(quotient.mul(lost)).div(value));
  }

  Rounded sqrt() {
    Tensor root = value.sqrt();
    Tensor rest = fma(root.neg(), root, value).add(lost).div(root.mul(2));
    return of(root, root.eq(0).where(0, rest));
  }

  /// The natural logarithm: log(v + l) = log(v) + l / v.
  Tensor log() {
    Tensor correction = lost.div(value);
    return value.log().add(correction.isFinite().where(correction, 0).detach());
  }

  /// log(1 + v + l); v itself where it is lost in the sum, so that zeros keep their sign.
  Tensor log1p() {
    Rounded sum = plus(value.onesLike());
    return sum.value.eq(1).where(value, sum.log());
  }

  /// The value with something small added, after what was lost.
  Tensor plusSmall(Tensor small) {
    return value.add(lost.add(small));
  }

  private static Tensor fma(Tensor x, Tensor y, Tensor z) {
    return Tensor.apply(OpCode.FMA, x, y, z);
  }
}
