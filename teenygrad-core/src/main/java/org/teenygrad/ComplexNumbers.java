package org.teenygrad;

/// Complex numbers as pairs along a last axis of two, real part first, as `torch.view_as_real` gives them.
sealed interface ComplexNumbers permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// Complex numbers of these real parts: `torch.complex`.
  /// ```java
  /// Tensor.of(1f, 2f).complex(Tensor.of(3f, 4f));   // [[1. 3.]
  ///                                                 //  [2. 4.]]
  /// ```
  /// @param imaginary parts of this type; both broadcast
  /// @throws IllegalArgumentException if the types differ, or are not floating
  default Tensor complex(Tensor imaginary) {
    if (self().dtype() != imaginary.dtype() || !self().dtype().isFloating()) {
      throw new IllegalArgumentException("complex: parts are of one floating type, not " + self().dtype() + " and " + imaginary.dtype());
    }
    Shape shape = Broadcasting.shape("complex", self().shape(), imaginary.shape());
    return Pairs.of(self().broadcastTo(shape), imaginary.broadcastTo(shape));
  }

  /// The real parts: `torch.real`.
  /// ```java
  /// Tensor.of(1f, 3f).real();   // 1.0
  /// ```
  /// @throws IllegalArgumentException if the last axis is not of two
  default Tensor real() {
    Pairs.require("real", self());
    return self().select(-1, 0);
  }

  /// The imaginary parts: `torch.imag`.
  /// ```java
  /// Tensor.of(1f, 3f).imag();   // 3.0
  /// ```
  /// @throws IllegalArgumentException if the last axis is not of two
  default Tensor imag() {
    Pairs.require("imag", self());
    return self().select(-1, 1);
  }

  /// Imaginary parts with the other sign: `torch.conj`.
  /// ```java
  /// Tensor.of(1f, 3f).conj();   // [ 1. -3.]
  /// ```
  /// @throws IllegalArgumentException if the last axis is not of two
  default Tensor conj() {
    Pairs.require("conj", self());
    return Pairs.conjugate(self());
  }

  /// Products of complex numbers: what `*` means for PyTorch's.
  /// ```java
  /// Tensor.of(0f, 1f).complexMul(Tensor.of(0f, 1f));   // [-1.  0.]
  /// ```
  /// @throws IllegalArgumentException if a last axis is not of two
  default Tensor complexMul(Tensor other) {
    Pairs.require("complexMul", self());
    Pairs.require("complexMul", other);
    return Pairs.product(self(), other);
  }

  /// The lengths of complex numbers: what `torch.abs` means for them.
  /// ```java
  /// Tensor.of(3f, 4f).complexAbs();   // 5.0
  /// ```
  /// @throws IllegalArgumentException if the last axis is not of two
  default Tensor complexAbs() {
    Pairs.require("complexAbs", self());
    return self().real().hypot(self().imag());
  }

  /// The angles of complex numbers, in -π..π: `torch.angle`.
  /// ```java
  /// Tensor.of(0f, 2f).complexAngle();   // 1.5707964
  /// ```
  /// @throws IllegalArgumentException if the last axis is not of two
  default Tensor complexAngle() {
    Pairs.require("complexAngle", self());
    return self().imag().atan2(self().real());
  }
}
