package org.teenygrad;

import org.jspecify.annotations.Nullable;

/// Convolutions over one, two or three spatial axes, and their transposes.
///
/// Each is one contraction of overlapping windows, which are a view, with the weight. Float16 and bfloat16 are added up in
/// float32 and rounded once.
///
/// GPUs multiply along channels. Images, weights and results whose channels lie innermost in memory, which PyTorch calls
/// `channels_last`, are read and written where they are, others are copied first:
/// ```java
/// Tensor pixels = Tensor.rand(2, 8, 8, 3);                                      // (batch, height, width, channels)
/// Tensor seen = pixels.permute(0, 3, 1, 2).conv2d(Tensor.ones(16, 3, 3, 3));
/// seen.permute(0, 2, 3, 1).contiguous().shape();                                // (2, 6, 6, 16)
/// ```
sealed interface Convolutions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `torch.nn.functional.conv1d` of (batch, channels, width) or (channels, width).
  /// ```java
  /// Tensor.of(1f, 2f, 4f).reshape(1, 3).conv1d(Tensor.of(1f, -1f).reshape(1, 1, 2));   // [[-1. -2.]]
  /// ```
  /// @param weight (out, channels / groups, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor conv1d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.of("conv1d", self(), weight, bias, window, 1);
  }

  /// As [#conv1d(Tensor, Tensor, Window)], without bias, stride 1 and no padding.
  default Tensor conv1d(Tensor weight) {
    return conv1d(weight, null, Window.DEFAULT);
  }

  /// `torch.nn.functional.conv2d` of images (batch, channels, height, width), or one without batch.
  /// ```java
  /// images.conv2d(Tensor.ones(16, 3, 3, 3), Tensor.ones(16), Window.DEFAULT.stride(2).padding(1)).shape();   // (2, 16, 4, 4)
  /// ```
  /// @param weight (out, channels / groups, height, width)
  /// @param bias (out), or null
  /// @return (batch, out, rows, columns)
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor conv2d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.of("conv2d", self(), weight, bias, window, 2);
  }

  /// As [#conv2d(Tensor, Tensor, Window)], without bias, stride 1 and no padding.
  default Tensor conv2d(Tensor weight) {
    return conv2d(weight, null, Window.DEFAULT);
  }

  /// `torch.nn.functional.conv3d` of (batch, channels, depth, height, width), or one without batch.
  /// ```java
  /// Tensor.ones(1, 2, 4, 4, 4).conv3d(Tensor.ones(3, 2, 2, 2, 2), null, Window.DEFAULT).shape();   // (1, 3, 3, 3, 3)
  /// ```
  /// @param weight (out, channels / groups, depth, height, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor conv3d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.of("conv3d", self(), weight, bias, window, 3);
  }

  /// `torch.nn.functional.conv_transpose1d` of (batch, channels, width): the gradient of [#conv1d] by its input.
  /// ```java
  /// var kernel = Tensor.of(1f, 10f).reshape(1, 1, 2);
  /// Tensor.of(1f, 2f).reshape(1, 2).convTranspose1d(kernel, null, Window.DEFAULT.stride(2));   // [[ 1. 10.  2. 20.]]
  /// ```
  /// @param weight (channels, out / groups, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor convTranspose1d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.transposed("convTranspose1d", self(), weight, bias, window, 1);
  }

  /// `torch.nn.functional.conv_transpose2d` of (batch, channels, height, width): the gradient of [#conv2d] by its input.
  /// ```java
  /// Tensor.ones(1, 2, 4, 4).convTranspose2d(Tensor.ones(2, 3, 2, 2), null, Window.DEFAULT.stride(2)).shape();   // (1, 3, 8, 8)
  /// ```
  /// @param weight (channels, out / groups, height, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor convTranspose2d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.transposed("convTranspose2d", self(), weight, bias, window, 2);
  }

  /// `torch.nn.functional.conv_transpose3d` of (batch, channels, depth, height, width).
  /// ```java
  /// Tensor.ones(1, 2, 2, 2, 2).convTranspose3d(Tensor.ones(2, 1, 2, 2, 2), null, Window.DEFAULT).shape();   // (1, 1, 3, 3, 3)
  /// ```
  /// @param weight (channels, out / groups, depth, height, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor convTranspose3d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.transposed("convTranspose3d", self(), weight, bias, window, 3);
  }
}
