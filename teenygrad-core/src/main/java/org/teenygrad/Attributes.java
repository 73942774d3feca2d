package org.teenygrad;

/// What follows from the shape and the type: sizes, counts, strides. Nothing is computed for it.
sealed interface Attributes permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The number of axes; a scalar has none. PyTorch's `ndim`.
  /// ```java
  /// Tensor.ones(2, 3).rank();   // 2
  /// ```
  default int rank() {
    return self().shape().rank();
  }

  /// The size of an axis; a negative axis counts from the last.
  /// ```java
  /// Tensor.ones(2, 3).size(-1);   // 3
  /// ```
  default int size(int axis) {
    return self().shape().size(axis);
  }

  /// The number of elements. PyTorch's `numel`.
  /// ```java
  /// Tensor.ones(2, 3).numel();   // 6
  /// ```
  default long numel() {
    return self().shape().elements();
  }

  /// How many bytes the elements take: PyTorch's `nbytes`. A computed tensor takes as many, one that is part of a fused kernel none.
  /// ```java
  /// Tensor.ones(2, 3).nbytes();   // 24
  /// ```
  default long nbytes() {
    return numel() * self().dtype().bytes();
  }

  /// How many elements lie between neighbours on each axis: PyTorch's `stride`.
  ///
  /// A tensor is a value and has no layout until it is computed; then it lies in row-major order, and these are its strides. A view, such
  /// as the result of [Tensor#t()], has them, too: what moves its indices is part of the kernel that reads it.
  /// ```java
  /// Tensor.ones(2, 3).strides();       // [3, 1]
  /// Tensor.ones(2, 3).t().strides();   // [2, 1]
  /// ```
  default long[] strides() {
    return self().shape().strides();
  }
}
