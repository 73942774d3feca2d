package org.teenygrad;

/// The result of [Tensor#frexp()].
/// @param mantissa of the tensor's type, 1/2 to 1 in size; 0, infinities and NaN as they are
/// @param exponent int32
public record Frexp(Tensor mantissa, Tensor exponent) {
  /// The exponent is in the bits of a normal number; what is smaller is made normal first.
  static Frexp of(Tensor x) {
    if (!x.dtype().isFloating()) {
      throw new IllegalArgumentException("frexp: is for floating types, not " + x.dtype());
    }
    Tensor wide = Precision.widen(x);
    boolean is64 = wide.dtype() == DType.FLOAT64;
    int fraction = is64 ? 52 : 23;
    int bias = is64 ? 1022 : 126;
    Tensor tiny = wide.abs().lt(is64 ? Double.MIN_NORMAL : Float.MIN_NORMAL);
    Tensor normal = tiny.where(wide.mul(Math.scalb(1.0, fraction + 2)), wide);
    Tensor bits = normal.detach().bitcast(is64 ? DType.INT64 : DType.INT32);
    Tensor raised = bits.shiftRight(fraction).and(is64 ? 0x7FF : 0xFF);
    Tensor plain = wide.eq(0).logicalOr(wide.isFinite().logicalNot());
    Tensor power = plain.where(0, raised.sub(bias)).cast(DType.INT32);
    // A power of two of which neither half leaves the type's range.
    Tensor half = power.shiftRight(1);
    Tensor mantissa = normal.mul(scale(half, wide)).mul(scale(power.sub(half), wide));
    Tensor exponent = plain.logicalNot().and(tiny).where(power.sub(fraction + 2), power);
    return new Frexp(plain.where(wide, mantissa).cast(x.dtype()), exponent);
  }

  private static Tensor scale(Tensor power, Tensor like) {
    return power.neg().cast(like.dtype()).exp2();
  }
}
