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

  /// A tensor of this shape and type whose values are still to be assigned: PyTorch's `empty_like`. Until then they are 0.
  /// ```java
  /// Tensor.of(5, 6).emptyLike().assign(Tensor.of(7, 8));   // [7 8]
  /// ```
  default Tensor emptyLike() {
    return zerosLike();
  }

  /// Uniform numbers in [0, 1), as many as fit the type's digits, of this tensor's shape, type and device: PyTorch's `rand_like`.
  /// ```java
  /// x.randLike().lt(1).all();   // True
  /// ```
  /// @throws IllegalArgumentException if the type is not floating
  default Tensor randLike() {
    return RandomState.shared().randLike(self());
  }

  /// Normal numbers with mean 0 and variance 1, drawn in float32, of this tensor's shape, type and device: PyTorch's `randn_like`.
  /// ```java
  /// x.add(x.randnLike().mul(0.1)).shape();   // (4, 4)
  /// ```
  /// @throws IllegalArgumentException if the type is not floating
  default Tensor randnLike() {
    return RandomState.shared().randnLike(self());
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
