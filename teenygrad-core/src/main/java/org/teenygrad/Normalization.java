package org.teenygrad;

import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Layers that centre and scale: layerNorm, rmsNorm, groupNorm, instanceNorm, batchNorm.
///
/// Float16 and bfloat16 are computed in float32 and rounded once; the result has the type of the input.
sealed interface Normalization permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// `(x - mean) / sqrt(variance + eps) * weight + bias` over the last axes: `torch.nn.functional.layer_norm`.
  ///
  /// The variance is that of the population. A zero-size row stays empty.
  /// ```java
  /// x.layerNorm(Shape.of(4), null, bias, 1e-5);   // each row by itself
  /// ```
  /// @param normalizedShape the sizes of the last axes of this tensor, which are normalised together
  /// @param weight of that shape, or null for 1
  /// @param bias of that shape, or null for 0
  /// @throws IllegalArgumentException if the last axes have other sizes, or weight or bias another shape
  default Tensor layerNorm(Shape normalizedShape, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
    Scaling.checkEps("layerNorm", eps);
    int[] axes = Scaling.lastAxes("layerNorm", self(), normalizedShape, weight, bias);
    return Scaling.normalize(self(), eps, axes, weight, bias);
  }

  /// As [#layerNorm(Shape, Tensor, Tensor, double)] over the shape of `weight`, with eps 1e-5.
  default Tensor layerNorm(Tensor weight, @Nullable Tensor bias) {
    return layerNorm(weight.shape(), weight, bias, 1e-5);
  }

  /// As [#layerNorm(Shape, Tensor, Tensor, double)], without weight and bias, with eps 1e-5.
  default Tensor layerNorm(int... normalizedShape) {
    return layerNorm(Shape.of(normalizedShape), null, null, 1e-5);
  }

  /// `x / sqrt(mean(x²) + eps) * weight` over the last axes: `torch.nn.functional.rms_norm`.
  ///
  /// ```java
  /// Tensor.of(3f, -3f).rmsNorm(Shape.of(2), null, 0);   // [ 1. -1.]
  /// ```
  /// @param normalizedShape the sizes of the last axes of this tensor, which are normalised together
  /// @param weight of that shape, or null for 1
  /// @throws IllegalArgumentException if the last axes have other sizes, or weight another shape
  default Tensor rmsNorm(Shape normalizedShape, @Nullable Tensor weight, double eps) {
    Scaling.checkEps("rmsNorm", eps);
    int[] axes = Scaling.lastAxes("rmsNorm", self(), normalizedShape, weight, null);
    return Precision.compute(
        self(), x -> Scaling.affine(x.mul(x.square().mean(axes, true).add(eps).rsqrt()), weight, null));
  }

  /// As [#rmsNorm(Shape, Tensor, double)] over the shape of `weight`.
  default Tensor rmsNorm(Tensor weight, double eps) {
    return rmsNorm(weight.shape(), weight, eps);
  }

  /// Normalises each of `groups` groups of channels of each sample: `torch.nn.functional.group_norm`.
  ///
  /// This tensor is (batch, channels, ...); weight and bias are (channels) or null.
  /// ```java
  /// images.groupNorm(3, null, null, 1e-5).shape();   // (2, 3, 8, 8)
  /// ```
  /// @throws IllegalArgumentException if the channels do not divide into groups, or weight or bias is no (channels)
  default Tensor groupNorm(int groups, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
    Scaling.checkEps("groupNorm", eps);
    Shape shape = self().shape();
    Scaling.checkChannels("groupNorm", shape, weight, bias);
    if (groups < 1 || shape.size(1) % groups != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "groupNorm: %d channels do not divide into %d groups", shape.size(1), groups));
    }
    Tensor floating = Operations.toFloating(self());
    int each = Math.toIntExact(shape.size(1) / groups * shape.stream().skip(2).asLongStream().reduce(1, Math::multiplyExact));
    Tensor grouped = floating.reshape(shape.size(0), groups, each);
    Tensor standard = Scaling.standardize(grouped, eps, 2).reshape(shape.toArray());
    return Scaling.affine(standard, Scaling.perChannel(weight, shape), Scaling.perChannel(bias, shape)).cast(floating.dtype());
  }

  /// Normalises each channel of each sample over all other axes: `torch.nn.functional.instance_norm`.
  ///
  /// This tensor is (batch, channels, ...); weight and bias are (channels) or null.
  /// ```java
  /// Tensor.of(1f, 3f).reshape(1, 1, 2).instanceNorm(null, null, 0);   // [[[-1.  1.]]]
  /// ```
  /// @throws IllegalArgumentException if there is no axis behind the channels, or weight or bias is no (channels)
  default Tensor instanceNorm(@Nullable Tensor weight, @Nullable Tensor bias, double eps) {
    Scaling.checkEps("instanceNorm", eps);
    Shape shape = self().shape();
    Scaling.checkChannels("instanceNorm", shape, weight, bias);
    if (shape.rank() < 3) {
      throw new IllegalArgumentException("instanceNorm: takes (batch, channels, ...) with axes to normalise over, not " + shape);
    }
    int[] axes = IntStream.range(2, shape.rank()).toArray();
    return Scaling.normalize(self(), eps, axes, Scaling.perChannel(weight, shape), Scaling.perChannel(bias, shape));
  }

  /// Normalises each channel over the batch and all other axes, by the batch's own statistics:
  /// `torch.nn.functional.batch_norm(training=True)`.
  ///
  /// This tensor is (batch, channels, ...); weight and bias are (channels) or null.
  /// ```java
  /// Tensor.of(1f, 3f).reshape(2, 1).batchNorm(null, null, 0);   // [[-1.]
  ///                                                             //  [ 1.]]
  /// ```
  /// @throws IllegalArgumentException if weight or bias is no (channels)
  default Tensor batchNorm(@Nullable Tensor weight, @Nullable Tensor bias, double eps) {
    Scaling.checkEps("batchNorm", eps);
    Shape shape = self().shape();
    Scaling.checkChannels("batchNorm", shape, weight, bias);
    int[] axes = IntStream.range(0, shape.rank()).filter(axis -> axis != 1).toArray();
    return Scaling.normalize(self(), eps, axes, Scaling.perChannel(weight, shape), Scaling.perChannel(bias, shape));
  }

  /// Normalises each channel by given statistics: `torch.nn.functional.batch_norm(training=False)`.
  ///
  /// This tensor is (batch, channels, ...); the others are (channels), weight and bias may be null.
  /// @throws IllegalArgumentException if one of them is no (channels)
  default Tensor batchNorm(
      Tensor mean, Tensor variance, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
    Scaling.checkEps("batchNorm", eps);
    Shape shape = self().shape();
    Scaling.checkChannels("batchNorm", shape, mean, variance, weight, bias);
    int[] channels = Scaling.channelShape(shape);
    return Precision.compute(self(), x -> {
      Tensor scale = Precision.widen(variance).add(eps).rsqrt().reshape(channels);
      Tensor standard = x.sub(mean.reshape(channels)).mul(scale);
      return Scaling.affine(standard, Scaling.perChannel(weight, shape), Scaling.perChannel(bias, shape));
    });
  }
}
