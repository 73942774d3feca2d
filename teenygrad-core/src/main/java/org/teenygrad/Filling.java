package org.teenygrad;

/// Constants in the shape of a tensor.
sealed interface Filling permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// Zeros of this tensor's shape and type. PyTorch's `zeros_like`.
  /// ```java
  /// Tensor.of(1, 2).zerosLike();   // [0 0]
  /// ```
  default Tensor zerosLike() {
    return fullLike(0);
  }

  /// Zeros of this tensor's shape.
  default Tensor zerosLike(DType dtype) {
    return fullLike(0, dtype);
  }

  /// Ones of this tensor's shape and type. PyTorch's `ones_like`.
  /// ```java
  /// Tensor.of(5, 6).onesLike();   // [1 1]
  /// ```
  default Tensor onesLike() {
    return fullLike(1);
  }

  /// Ones of this tensor's shape.
  default Tensor onesLike(DType dtype) {
    return fullLike(1, dtype);
  }

  /// One value in this tensor's shape and type. PyTorch's `full_like`.
  /// ```java
  /// Tensor.of(5, 6).fullLike(3);   // [3 3]
  /// ```
  default Tensor fullLike(Number value) {
    return fullLike(value, self().dtype());
  }

  /// One value in this tensor's shape.
  default Tensor fullLike(Number value, DType dtype) {
    return Tensor.full(self().shape(), value, dtype);
  }
}
