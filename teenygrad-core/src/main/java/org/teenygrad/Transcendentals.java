package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Roots, powers, exponentials, logarithms and circular functions of each element.
///
/// All keep floating types; integers and bools become float32 first. Outside a function's domain the result is NaN.
sealed interface Transcendentals permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  private Tensor floating() {
    return Operations.toFloating(self());
  }

  /// The square root, correctly rounded; NaN below 0. PyTorch's `sqrt`.
  /// ```java
  /// Tensor.of(4f, 9f).sqrt();   // [2. 3.]
  /// ```
  default Tensor sqrt() {
    return Operations.floating(OpCode.SQRT, self());
  }

  /// The cube root, of the sign of the element.
  /// ```java
  /// Tensor.of(27f, -8f).cbrt();   // [ 3. -2.]
  /// ```
  default Tensor cbrt() {
    return Precision.compute(self(), Powers::cbrt);
  }

  /// One over the square root. PyTorch's `rsqrt`.
  /// ```java
  /// Tensor.of(4f, 16f).rsqrt();   // [0.5  0.25]
  /// ```
  default Tensor rsqrt() {
    return sqrt().reciprocal();
  }

  /// One over each element. PyTorch's `reciprocal`.
  /// ```java
  /// Tensor.of(4f, 8f).reciprocal();   // [0.25  0.125]
  /// ```
  default Tensor reciprocal() {
    return self().rdiv(1);
  }

  /// e to the power of each element. PyTorch's `exp`.
  /// ```java
  /// Tensor.of(0f, Float.NEGATIVE_INFINITY).exp();   // [1. 0.]
  /// ```
  default Tensor exp() {
    return Operations.floating(OpCode.EXP, self());
  }

  /// 2 to the power of each element. PyTorch's `exp2`.
  /// ```java
  /// Tensor.of(-1f, 3f).exp2();   // [0.5 8. ]
  /// ```
  default Tensor exp2() {
    return Operations.floating(OpCode.EXP2, self());
  }

  /// `exp(x) - 1`, accurate near 0. PyTorch's `expm1`.
  /// ```java
  /// Tensor.of(0f, 1e-20f).expm1();   // [0.e+00 1.e-20]
  /// ```
  default Tensor expm1() {
    Tensor x = floating();
    Tensor near = x.abs().lt(0.5);
    // exp(x) - 1 = 2 tanh(x/2) / (1 - tanh(x/2)); each branch sees only arguments that are harmless to it.
    Tensor half = near.where(x, 0).mul(0.5).tanh();
    return near.where(half.mul(2).div(half.rsub(1)), x.exp().sub(1));
  }

  /// The natural logarithm; -inf at 0, NaN below. PyTorch's `log`.
  /// ```java
  /// Tensor.of(1f, 0f).log();   // [  0. -inf]
  /// ```
  default Tensor log() {
    return Operations.floating(OpCode.LOG, self());
  }

  /// The logarithm to base 2. PyTorch's `log2`.
  /// ```java
  /// Tensor.of(8f, 0.5f).log2();   // [ 3. -1.]
  /// ```
  default Tensor log2() {
    return Operations.floating(OpCode.LOG2, self());
  }

  /// The logarithm to base 10. PyTorch's `log10`.
  /// ```java
  /// Tensor.of(1f, 0f).log10();   // [  0. -inf]
  /// ```
  default Tensor log10() {
    return Operations.floating(OpCode.LOG10, self());
  }

  /// `log(1 + x)`, accurate near 0. PyTorch's `log1p`.
  /// ```java
  /// Tensor.of(0f, 1e-20f).log1p();   // [0.e+00 1.e-20]
  /// ```
  default Tensor log1p() {
    return Precision.compute(self(), x -> Rounded.exact(x).log1p());
  }

  /// The sine of radians. PyTorch's `sin`.
  /// ```java
  /// Tensor.of(0f, -0f).sin();   // [ 0. -0.]
  /// ```
  default Tensor sin() {
    return Operations.floating(OpCode.SIN, self());
  }

  /// The cosine of radians. PyTorch's `cos`.
  /// ```java
  /// Tensor.of(0f).cos();   // 1.0
  /// ```
  default Tensor cos() {
    return Operations.floating(OpCode.COS, self());
  }

  /// The tangent of radians. PyTorch's `tan`.
  /// ```java
  /// Tensor.of(0f).tan();   // 0.0
  /// ```
  default Tensor tan() {
    return sin().div(cos());
  }

  /// The hyperbolic tangent. PyTorch's `tanh`.
  /// ```java
  /// Tensor.of(0f, 100f).tanh();   // [0. 1.]
  /// ```
  default Tensor tanh() {
    return Operations.floating(OpCode.TANH, self());
  }

  /// The error function, twice the normal distribution's integral from 0. PyTorch's `erf`.
  /// ```java
  /// Tensor.of(0f, 100f).erf();   // [0. 1.]
  /// ```
  default Tensor erf() {
    return Operations.floating(OpCode.ERF, self());
  }

  /// Each element to a power. Small whole powers are products, halves are roots. Integers stay integers under whole
  /// powers, which must not be negative. PyTorch's `pow`.
  /// ```java
  /// Tensor.of(1f, 2f, 3f).pow(2);   // [1. 4. 9.]
  /// ```
  default Tensor pow(Number exponent) {
    return Powers.pow(self(), exponent);
  }

  /// Each element to the power of another. Integers to integer powers stay integers, through float64.
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor pow(Tensor exponent) {
    return Powers.pow(self(), exponent);
  }

  /// `log(e^x + e^y)` without overflow. PyTorch's `logaddexp`.
  /// ```java
  /// Tensor.of(1000f).logaddexp(Tensor.of(Float.NEGATIVE_INFINITY));   // 1000.0
  /// ```
  /// @param other broadcasts with this tensor
  default Tensor logaddexp(Tensor other) {
    Tensor x = floating();
    Tensor y = Operations.toFloating(other);
    Tensor first = x.ge(y);
    Tensor larger = first.where(x, y);
    Tensor distance = first.where(x.sub(y), y.sub(x)); // not abs: equal elements share the gradient
    Tensor same = x.eq(y).logicalAnd(x.isInf()); // the distance of two infinities is NaN
    return larger.add(same.where(0, distance).neg().exp().log1p());
  }
}
