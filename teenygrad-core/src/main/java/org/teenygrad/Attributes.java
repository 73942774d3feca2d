package org.teenygrad;

import java.util.Optional;

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
  /// as the result of [Tensor#t()], has them, too: what moves its indices is part of the kernel that reads it. [#layout] shows it.
  /// ```java
  /// Tensor.ones(2, 3).strides();       // [3, 1]
  /// Tensor.ones(2, 3).t().strides();   // [2, 1]
  /// ```
  default long[] strides() {
    return self().shape().strides();
  }

  /// Where the elements of a view lie in the memory of the tensor that it looks at: shape, strides and offset. A tensor that is no view has
  /// the strides of its shape; a computed view has been copied to memory of its own, and has them, too.
  ///
  /// Empty where no strides do: a matrix that was transposed and then flattened jumps from row to row, and the zeros of a padded tensor
  /// are in no memory.
  /// ```java
  /// var x = Tensor.arange(6).reshape(2, 3);
  /// x.index(":, 1:").layout().orElseThrow();   // Layout[shape=(2, 2), strides=[3, 1], offset=1]
  /// x.t().reshape(6).layout().isPresent();                     // false
  /// ```
  default Optional<Layout> layout() {
    return Places.layout(self().node());
  }
}
