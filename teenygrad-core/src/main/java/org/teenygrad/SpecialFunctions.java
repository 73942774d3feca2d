package org.teenygrad;

/// Functions of each element that geometry, signals and probabilities ask for.
sealed interface SpecialFunctions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The length of the hypotenuse, `sqrt(x² + y²)`, without overflow. PyTorch's `hypot`.
  /// ```java
  /// Tensor.of(3f, 3e30f).hypot(Tensor.of(4f, 4e30f));   // [5.e+00 5.e+30]
  /// ```
  default Tensor hypot(Tensor other) {
    Tensor y = Precision.widen(other);
    return Precision.compute(self(), x -> {
      Tensor larger = x.abs().maximum(y.abs()).detach();
      Tensor scale = larger.eq(0).logicalOr(larger.isInf()).where(1, larger);
      return x.div(scale).square().add(y.div(scale).square()).sqrt().mul(scale);
    }).cast(DType.promote(Operations.toFloating(self()).dtype(), Operations.toFloating(other).dtype()));
  }

  /// 0 below 0, 1 above, and `atZero` at 0. PyTorch's `heaviside`.
  /// ```java
  /// Tensor.of(-2f, 0f, 3f).heaviside(Tensor.of(0.5f));   // [0.  0.5 1. ]
  /// ```
  /// @param atZero of this tensor's type
  default Tensor heaviside(Tensor atZero) {
    Tensor x = self();
    return x.eq(0).where(atZero, x.gt(0).cast(x.dtype()));
  }

  /// The fraction, with the element's sign. PyTorch's `frac`.
  /// ```java
  /// Tensor.of(1.5f, -1.25f).frac();   // [ 0.5  -0.25]
  /// ```
  default Tensor frac() {
    return self().sub(self().trunc());
  }

  /// `sin(πx) / (πx)`, 1 at 0. PyTorch's `sinc`.
  /// ```java
  /// Tensor.of(0f).sinc();   // 1.0
  /// ```
  default Tensor sinc() {
    return Precision.compute(self(), x -> {
      Tensor zero = x.eq(0);
      Tensor angle = zero.where(1, x).mul(Math.PI);
      return zero.where(1, angle.sin().div(angle));
    });
  }

  /// `x log(y)`, 0 where x is 0 unless y is NaN. PyTorch's `xlogy`.
  /// ```java
  /// Tensor.of(0f, 2f).xlogy(Tensor.of(0f, 1f));   // [0. 0.]
  /// ```
  default Tensor xlogy(Tensor other) {
    Tensor x = Operations.toFloating(self());
    Tensor y = Operations.toFloating(other);
    Tensor nothing = x.eq(0).logicalAnd(y.le(0).logicalOr(y.eq(Double.POSITIVE_INFINITY))); // elsewhere the product says it, and its derivative
    return nothing.where(0, x.mul(nothing.where(1, y).log()));
  }

  /// `log(x / (1 - x))`, what [Activations#sigmoid()] undoes. PyTorch's `logit`.
  /// ```java
  /// Tensor.of(0.5f, 1f).logit();   // [ 0. inf]
  /// ```
  default Tensor logit() {
    return Precision.compute(self(), x -> x.div(x.rsub(1)).log());
  }

  /// `log2(2^x + 2^y)` without overflow. PyTorch's `logaddexp2`.
  /// ```java
  /// Tensor.of(1000f).logaddexp2(Tensor.of(1000f));   // 1001.0
  /// ```
  default Tensor logaddexp2(Tensor other) {
    Tensor x = Operations.toFloating(self());
    Tensor y = Operations.toFloating(other);
    Tensor first = x.ge(y);
    Tensor distance = first.where(y.sub(x), x.sub(y));
    Tensor same = x.eq(y).logicalAnd(x.isInf());
    return first.where(x, y).add(same.where(0, distance).exp2().log1p().div(Math.log(2)));
  }

  /// Degrees as radians. PyTorch's `deg2rad`.
  /// ```java
  /// Tensor.of(0f, 180f).deg2rad();   // [0.        3.1415927]
  /// ```
  default Tensor deg2rad() {
    return Precision.compute(self(), x -> x.mul(Math.PI / 180));
  }

  /// Radians as degrees. PyTorch's `rad2deg`.
  /// ```java
  /// Tensor.of(0f).rad2deg();   // 0.0
  /// ```
  default Tensor rad2deg() {
    return Precision.compute(self(), x -> x.mul(180 / Math.PI));
  }

  /// The larger of both; the other one where one is NaN. PyTorch's `fmax`.
  /// ```java
  /// Tensor.of(1f, Float.NaN).fmax(Tensor.of(2f, 3f));   // [2. 3.]
  /// ```
  default Tensor fmax(Tensor other) {
    return numberOf(other, self().maximum(other));
  }

  /// The smaller of both; the other one where one is NaN. PyTorch's `fmin`.
  /// ```java
  /// Tensor.of(1f, Float.NaN).fmin(Tensor.of(2f, 3f));   // [1. 3.]
  /// ```
  default Tensor fmin(Tensor other) {
    return numberOf(other, self().minimum(other));
  }

  private Tensor numberOf(Tensor other, Tensor chosen) {
    return self().isNan().where(other.cast(chosen.dtype()), other.isNan().where(self().cast(chosen.dtype()), chosen));
  }

  /// The next number of the type on the way to another. PyTorch's `nextafter`. No derivatives flow.
  /// ```java
  /// Tensor.of(1.0).nextafter(Tensor.of(2.0)).sub(1);   // 2.220446049250313e-16
  /// ```
  /// @throws IllegalArgumentException if the types differ, or are not float32 or float64
  default Tensor nextafter(Tensor towards) {
    Tensor x = self().detach();
    Tensor y = towards.detach();
    if (x.dtype() != y.dtype() || x.dtype() != DType.FLOAT32 && x.dtype() != DType.FLOAT64) {
      throw new IllegalArgumentException("nextafter: is for float32 or float64, not " + x.dtype() + " and " + y.dtype());
    }
    Shape shape = Broadcasting.shape("nextafter", x.shape(), y.shape());
    x = x.broadcastTo(shape);
    y = y.broadcastTo(shape);
    boolean wide = x.dtype() == DType.FLOAT64;
    Tensor least = Tensor.full(Shape.SCALAR, wide ? Double.MIN_VALUE : Float.MIN_VALUE, x.dtype());
    Tensor away = y.gt(x).eq(x.gt(0)); // the bits of a number grow with its size
    Tensor bits = x.bitcast(wide ? DType.INT64 : DType.INT32);
    Tensor next = away.where(bits.add(1), bits.sub(1)).bitcast(x.dtype());
    Tensor stepped = x.eq(0).where(y.gt(0).where(least, least.neg()), next);
    return x.isNan().logicalOr(y.isNan()).where(Double.NaN, x.eq(y).where(y, stepped));
  }

  /// The greatest common divisor: `torch.gcd`.
  /// ```java
  /// Tensor.of(12, -18).gcd(Tensor.of(8, 27));   // [4 9]
  /// ```
  /// @throws IllegalArgumentException if the types are not integers
  default Tensor gcd(Tensor other) {
    return Divisors.gcd("gcd", self(), other);
  }

  /// The least common multiple, 0 if one is 0: `torch.lcm`.
  /// ```java
  /// Tensor.of(4, 0).lcm(Tensor.of(6, 3));   // [12  0]
  /// ```
  /// @throws IllegalArgumentException if the types are not integers
  default Tensor lcm(Tensor other) {
    Tensor divisor = Divisors.gcd("lcm", self(), other);
    Tensor x = self().cast(divisor.dtype());
    return x.truncDiv(divisor.eq(0).where(1, divisor)).mul(other.cast(divisor.dtype())).abs();
  }

  /// Each element as a part of 1, from 1/2 on, times a power of two: `torch.frexp`.
  /// ```java
  /// Tensor.of(12f).frexp().mantissa();   // 0.75
  /// Tensor.of(12f).frexp().exponent();   // 4
  /// ```
  /// @throws IllegalArgumentException if the type is not floating
  default Frexp frexp() {
    return Frexp.of(self());
  }

  /// `x + value * a * b`. PyTorch's `addcmul`.
  /// ```java
  /// Tensor.of(1f).addcmul(Tensor.of(2f), Tensor.of(3f), 0.5);   // 4.0
  /// ```
  default Tensor addcmul(Tensor a, Tensor b, Number value) {
    return self().add(a.mul(b).mul(value));
  }

  /// `x + value * a / b`. PyTorch's `addcdiv`.
  /// ```java
  /// Tensor.of(1f).addcdiv(Tensor.of(6f), Tensor.of(3f), 0.5);   // 2.0
  /// ```
  default Tensor addcdiv(Tensor a, Tensor b, Number value) {
    return self().add(a.div(b).mul(value));
  }
}
