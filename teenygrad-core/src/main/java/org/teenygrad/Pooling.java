package org.teenygrad;

/// Maxima and averages of windows, over one, two or three spatial axes, which are the last ones.
///
/// The kernel is named by its sizes, one for all axes or one for each; its stride is its size unless the [Window] says otherwise.
sealed interface Pooling permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `torch.nn.functional.max_pool1d` of (..., width).
  /// ```java
  /// Tensor.of(1f, 3f, 2f, 6f).maxPool1d(Window.DEFAULT.stride(1), 2);   // [3. 3. 6.]
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit the shape, or the padding is more than half of it
  default Tensor maxPool1d(Window window, int kernel) {
    return Pools.max("maxPool1d", self(), window, 1, kernel);
  }

  /// `torch.nn.functional.max_pool2d` of (..., height, width). Of equal elements the first gets the gradient.
  /// ```java
  /// images.maxPool2d(Window.DEFAULT, 2);                        // halves height and width
  /// images.maxPool2d(Window.DEFAULT.stride(2).padding(1), 3);
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit, or padding is more than half of it
  default Tensor maxPool2d(Window window, int... kernel) {
    return Pools.max("maxPool2d", self(), window, 2, kernel);
  }

  /// As [#maxPool2d], with the stride of the kernel's size and no padding.
  default Tensor maxPool2d(int... kernel) {
    return maxPool2d(Window.DEFAULT, kernel);
  }

  /// `torch.nn.functional.max_pool3d` of (..., depth, height, width).
  /// ```java
  /// Tensor.ones(2, 4, 4, 4).maxPool3d(Window.DEFAULT, 2).shape();   // (2, 2, 2, 2)
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit the shape, or the padding is more than half of it
  default Tensor maxPool3d(Window window, int... kernel) {
    return Pools.max("maxPool3d", self(), window, 3, kernel);
  }

  /// Where the maxima of [#maxPool2d] are: positions in the flattened (height, width), int64. The indices of
  /// `torch.nn.functional.max_pool2d_with_indices`.
  /// ```java
  /// Tensor.arange(4).reshape(2, 2).maxPool2dIndices(Window.DEFAULT, 2);   // [[3]]
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit the shape, or the padding is more than half of it
  default Tensor maxPool2dIndices(Window window, int... kernel) {
    return Pools.indices("maxPool2dIndices", self(), window, 2, kernel);
  }

  /// [#maxPool2dIndices] of [#maxPool1d]: `max_pool1d(return_indices=True)`.
  /// ```java
  /// Tensor.of(1f, 3f, 2f, 6f).maxPool1dIndices(Window.DEFAULT, 2);   // [1 3]
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit the shape, or the padding is more than half of it
  default Tensor maxPool1dIndices(Window window, int kernel) {
    return Pools.indices("maxPool1dIndices", self(), window, 1, kernel);
  }

  /// [#maxPool2dIndices] of [#maxPool3d]: `max_pool3d(return_indices=True)`.
  /// ```java
  /// Tensor.arange(8).reshape(2, 2, 2).maxPool3dIndices(Window.DEFAULT, 2);   // [[[7]]]
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit the shape, or the padding is more than half of it
  default Tensor maxPool3dIndices(Window window, int... kernel) {
    return Pools.indices("maxPool3dIndices", self(), window, 3, kernel);
  }

  /// Where the maxima of [#adaptiveMaxPool] are, positions in the flattened last axes: `adaptive_max_pool1d(return_indices=True)`,
  /// `2d` and `3d`.
  /// ```java
  /// Tensor.of(1f, 3f, 2f, 6f, 5f).adaptiveMaxPoolIndices(2);   // [1 3]
  /// ```
  /// @return int64
  /// @throws IllegalArgumentException if there are more sizes than axes
  default Tensor adaptiveMaxPoolIndices(int... outputs) {
    return Pools.adaptiveIndices(self(), outputs);
  }

  /// Maxima back at their places, zeros elsewhere: `torch.nn.functional.max_unpool2d`.
  /// ```java
  /// Tensor.of(7f).reshape(1, 1).maxUnpool2d(Tensor.of(2L).reshape(1, 1), 2, 2);   // [[0. 0.]
  ///                                                                               //  [7. 0.]]
  /// ```
  /// @param indices as [#maxPool2dIndices] gives them, of this tensor's shape
  /// @return (..., height, width)
  /// @throws IllegalArgumentException if the shapes differ
  default Tensor maxUnpool2d(Tensor indices, int height, int width) {
    return Pools.unpool(self(), indices, height, width);
  }

  /// As [#maxUnpool2d] of (..., width): `torch.nn.functional.max_unpool1d`.
  /// ```java
  /// Tensor.of(7f, 8f).maxUnpool1d(Tensor.of(1L, 2L), 4);   // [0. 7. 8. 0.]
  /// ```
  /// @param indices positions in the result's last axis, of this tensor's shape
  /// @throws IllegalArgumentException if the shapes differ, or there is no axis
  default Tensor maxUnpool1d(Tensor indices, int width) {
    if (self().rank() < 1 || !self().shape().equals(indices.shape())) {
      throw new IllegalArgumentException("maxUnpool1d: indices " + indices.shape() + " must have the shape of the maxima " + self().shape() + ", (..., width)");
    }
    return Pools.unpool(self().unsqueeze(-2), indices.unsqueeze(-2), 1, width).squeeze(-2);
  }

  /// As [#maxUnpool2d] of (..., depth, height, width): `torch.nn.functional.max_unpool3d`.
  /// ```java
  /// Tensor.of(7f).reshape(1, 1, 1).maxUnpool3d(Tensor.of(3L).reshape(1, 1, 1), 1, 2, 2);   // [[[0. 0.]
  ///                                                                                       //   [0. 7.]]]
  /// ```
  /// @param indices positions in the flattened (depth, height, width), of this tensor's shape
  /// @throws IllegalArgumentException if the shapes differ, or there are no three axes
  default Tensor maxUnpool3d(Tensor indices, int depth, int height, int width) {
    if (self().rank() < 3 || !self().shape().equals(indices.shape())) {
      throw new IllegalArgumentException("maxUnpool3d: indices " + indices.shape() + " must have the shape of the maxima " + self().shape()
          + ", (..., depth, height, width)");
    }
    Tensor planes = Pools.unpool(self().flatten(-3, -2), indices.flatten(-3, -2), Math.multiplyExact(depth, height), width);
    return planes.unflatten(-2, depth, height);
  }

  /// `torch.nn.functional.avg_pool1d` of (..., width).
  /// ```java
  /// Tensor.of(1f, 3f, 2f, 6f).avgPool1d(Window.DEFAULT, 2);   // [2. 4.]
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit the shape, or the padding is more than half of it
  default Tensor avgPool1d(Window window, int kernel) {
    return Pools.average("avgPool1d", self(), window, 1, kernel);
  }

  /// `torch.nn.functional.avg_pool2d` of (..., height, width).
  /// ```java
  /// Tensor.ones(3, 4, 6).avgPool2d(2).shape();   // (3, 2, 3)
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit, or padding is more than half of it
  default Tensor avgPool2d(Window window, int... kernel) {
    return Pools.average("avgPool2d", self(), window, 2, kernel);
  }

  /// As [#avgPool2d], with the stride of the kernel's size and no padding.
  default Tensor avgPool2d(int... kernel) {
    return avgPool2d(Window.DEFAULT, kernel);
  }

  /// `torch.nn.functional.avg_pool3d` of (..., depth, height, width).
  /// ```java
  /// Tensor.ones(3, 4, 4, 4).avgPool3d(Window.DEFAULT, 2).shape();   // (3, 2, 2, 2)
  /// ```
  /// @throws IllegalArgumentException if the kernel does not fit the shape, or the padding is more than half of it
  default Tensor avgPool3d(Window window, int... kernel) {
    return Pools.average("avgPool3d", self(), window, 3, kernel);
  }

  /// The averages of as many parts of the last axes as asked for, of equal sizes up to rounding:
  /// `torch.nn.functional.adaptive_avg_pool1d`, `2d` and `3d`.
  /// ```java
  /// images.adaptiveAvgPool(1, 1).shape();   // (2, 3, 1, 1)
  /// ```
  /// @param outputs the number of parts of each of the last axes
  /// @throws IllegalArgumentException if there are more sizes than axes
  default Tensor adaptiveAvgPool(int... outputs) {
    return Pools.adaptive(self(), outputs, (part, axis) -> part.mean(axis, true));
  }

  /// As [#adaptiveAvgPool] with maxima: `torch.nn.functional.adaptive_max_pool1d`, `2d` and `3d`.
  /// ```java
  /// Tensor.of(1f, 3f, 2f, 6f, 5f).adaptiveMaxPool(2);   // [3. 6.]
  /// ```
  /// @throws IllegalArgumentException if there are more sizes than axes
  default Tensor adaptiveMaxPool(int... outputs) {
    return Pools.adaptive(self(), outputs, (part, axis) -> part.max(axis, true));
  }
}
