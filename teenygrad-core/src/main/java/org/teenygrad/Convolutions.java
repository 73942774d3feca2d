package org.teenygrad;

import org.jspecify.annotations.Nullable;

/// Convolutions over one, two or three spatial axes, and their transposes.
///
/// Each is one contraction of overlapping windows, which are a view, with the weight. Float16 and bfloat16 are added up in
/// float32 and rounded once.
sealed interface Convolutions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `torch.nn.functional.conv1d` of (batch, channels, width) or (channels, width).
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
  /// images.conv2d(weight, bias, Window.DEFAULT.stride(2).padding(1));   // weight (64, 3, 3, 3), bias (64)
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
  /// @param weight (out, channels / groups, depth, height, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor conv3d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.of("conv3d", self(), weight, bias, window, 3);
  }

  /// `torch.nn.functional.conv_transpose1d` of (batch, channels, width): the gradient of [#conv1d] by its input.
  /// @param weight (channels, out / groups, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor convTranspose1d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.transposed("convTranspose1d", self(), weight, bias, window, 1);
  }

  /// `torch.nn.functional.conv_transpose2d` of (batch, channels, height, width): the gradient of [#conv2d] by its input.
  /// @param weight (channels, out / groups, height, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor convTranspose2d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.transposed("convTranspose2d", self(), weight, bias, window, 2);
  }

  /// `torch.nn.functional.conv_transpose3d` of (batch, channels, depth, height, width).
  /// @param weight (channels, out / groups, depth, height, width)
  /// @param bias (out), or null
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor convTranspose3d(Tensor weight, @Nullable Tensor bias, Window window) {
    return Convolution.transposed("convTranspose3d", self(), weight, bias, window, 3);
  }
}
