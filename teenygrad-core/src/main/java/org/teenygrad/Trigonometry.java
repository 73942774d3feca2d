package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Inverse circular functions, hyperbolic functions and their inverses, of each element.
///
/// All keep floating types; integers and bools become float32 first; float16 and bfloat16 are computed in float32 and
/// rounded once. Outside a function's domain the result is NaN.
sealed interface Trigonometry permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The angle in -π/2..π/2 with this sine. PyTorch's `asin`.
  /// ```java
  /// Tensor.of(0f).asin();   // 0.0
  /// ```
  default Tensor asin() {
    return Precision.compute(self(), Angles::asin);
  }

  /// The angle in 0..π with this cosine. PyTorch's `acos`.
  /// ```java
  /// Tensor.of(1f).acos();   // 0.0
  /// ```
  default Tensor acos() {
    return Precision.compute(self(), Angles::acos);
  }

  /// The angle in -π/2..π/2 with this tangent. PyTorch's `atan`.
  /// ```java
  /// Tensor.of(0f).atan();   // 0.0
  /// ```
  default Tensor atan() {
    return Precision.compute(self(), Angles::atan);
  }

  /// The angle in -π..π of the point (x, y), where this tensor is y: signs, zeros and infinities as C's `atan2`.
  /// PyTorch's `atan2`.
  /// ```java
  /// Tensor.of(1f, -1f).atan2(Tensor.of(-1f, 0f));   // in the second quadrant 3π/4, straight down -π/2
  /// ```
  /// @param x broadcasts with this tensor
  default Tensor atan2(Tensor x) {
    DType type = Operations.toFloating(self()).dtype();
    DType common = DType.promote(type, Operations.toFloating(x).dtype());
    return Angles.atan2(Precision.widen(self().cast(common)), Precision.widen(x.cast(common))).cast(common);
  }

  /// The hyperbolic sine. PyTorch's `sinh`.
  /// ```java
  /// Tensor.of(0f).sinh();   // 0.0
  /// ```
  default Tensor sinh() {
    return Precision.compute(self(), Hyperbolic::sinh);
  }

  /// The hyperbolic cosine. PyTorch's `cosh`.
  /// ```java
  /// Tensor.of(0f).cosh();   // 1.0
  /// ```
  default Tensor cosh() {
    return Precision.compute(self(), Hyperbolic::cosh);
  }

  /// The inverse of [#sinh]. PyTorch's `asinh`.
  /// ```java
  /// Tensor.of(0f).asinh();   // 0.0
  /// ```
  default Tensor asinh() {
    return Precision.compute(self(), Hyperbolic::asinh);
  }

  /// The inverse of [#cosh] from 1 up. PyTorch's `acosh`.
  /// ```java
  /// Tensor.of(1f).acosh();   // 0.0
  /// ```
  default Tensor acosh() {
    return Precision.compute(self(), Hyperbolic::acosh);
  }

  /// The inverse of [Tensor#tanh]; infinite at -1 and 1. PyTorch's `atanh`.
  /// ```java
  /// Tensor.of(0f, 1f).atanh();   // [ 0. inf]
  /// ```
  default Tensor atanh() {
    return Precision.compute(self(), Hyperbolic::atanh);
  }

  /// The size of each element with the sign of another, the sign of zeros and NaN included. PyTorch's `copysign`.
  /// ```java
  /// Tensor.of(1f, -2f).copysign(Tensor.of(-0.0f, 3f));   // [-1.  2.]
  /// ```
  /// @param sign broadcasts with this tensor
  /// @throws IllegalArgumentException if the shapes do not broadcast
  default Tensor copysign(Tensor sign) {
    DType type = Operations.toFloating(Operations.binary("copysign", OpCode.ADD, self(), sign)).dtype();
    Tensor size = self().cast(type).abs();
    return sign.signbit().where(size.neg(), size);
  }

  /// Whether the sign is negative, that of -0.0 and of NaN included. PyTorch's `signbit`.
  /// ```java
  /// Tensor.of(1f, -0f).signbit();   // [False  True]
  /// ```
  /// @return bool
  default Tensor signbit() {
    Tensor x = self();
    return switch (x.dtype()) {
      case FLOAT64 -> x.bitcast(DType.INT64).lt(0);
      case FLOAT32 -> x.bitcast(DType.INT32).lt(0);
      case FLOAT16, BFLOAT16 -> x.bitcast(DType.INT16).lt(0);
      case FLOAT8_E4M3, FLOAT8_E5M2 -> x.bitcast(DType.INT8).lt(0);
      case BOOL, UINT8 -> x.zerosLike(DType.BOOL);
      case INT8, INT16, INT32, INT64 -> x.lt(0);
    };
  }
}
