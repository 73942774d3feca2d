package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The arithmetic and the checks behind [Normalization].
final class Scaling {
  private Scaling() {}

  /// [#standardize] and [#affine], rounded to the type of `x`.
  static Tensor normalize(Tensor x, double eps, int[] axes, @Nullable Tensor weight, @Nullable Tensor bias) {
    Tensor floating = Operations.toFloating(x);
    return affine(standardize(floating, eps, axes), weight, bias).cast(floating.dtype());
  }

  /// Mean 0 and variance 1 over axes, however large the mean is; of a floating tensor, in the type that it is computed in.
  static Tensor standardize(Tensor x, double eps, int... axes) {
    Moments moments = Moments.of(x, axes);
    Tensor variance = moments.squares().div(Reducing.count(x.shape(), axes));
    return moments.centred().mul(variance.add(eps).rsqrt());
  }

  static Tensor affine(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias) {
    Tensor scaled = weight == null ? x.alias() : x.mul(weight.cast(x.dtype()));
    return bias == null ? scaled : scaled.add(bias.cast(x.dtype()));
  }

  static int[] lastAxes(
      String name, Tensor x, Shape normalized, @Nullable Tensor weight, @Nullable Tensor bias) {
    int first = x.rank() - normalized.rank();
    if (normalized.rank() == 0
        || first < 0
        || !Arrays.equals(normalized.toArray(), x.shape().stream().skip(first).toArray())) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: %s does not end in the normalized shape %s", name, x.shape(), normalized));
    }
    for (Tensor parameter : new @Nullable Tensor[] {weight, bias}) {
      if (parameter != null && !parameter.shape().equals(normalized)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%s: weight and bias must be of the normalized shape %s, not %s",
                name, normalized, parameter.shape()));
      }
    }
    return IntStream.range(first, x.rank()).toArray();
  }

  static void checkChannels(String name, Shape shape, @Nullable Tensor... perChannel) {
    if (shape.rank() < 2) {
      throw new IllegalArgumentException(name + ": takes (batch, channels, ...), not " + shape);
    }
    for (Tensor parameter : perChannel) {
      if (parameter != null && !(parameter.rank() == 1 && parameter.size(0) == shape.size(1))) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%s: %s is not (channels) of %s", name, parameter.shape(), shape));
      }
    }
  }

  /// The slopes of `prelu`: one, or one for each channel.
  static void checkSlopes(Tensor x, Tensor weight) {
    int channels = x.rank() < 2 ? 1 : x.size(1);
    if (weight.rank() > 1 || weight.numel() != 1 && weight.numel() != channels) {
      throw new IllegalArgumentException(
          "prelu: the weight is one number or (channels), here (" + channels + ",), not " + weight.shape());
    }
    if (weight.dtype() != Operations.toFloating(x).dtype()) {
      throw new IllegalArgumentException("prelu: the weight must be " + Operations.toFloating(x).dtype() + " as the input, not "
          + weight.dtype());
    }
  }

  static void checkEps(String name, double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException(name + ": eps must not be negative, but is " + eps);
    }
  }

  static int[] channelShape(Shape shape) {
    int[] sizes = new int[shape.rank()];
    Arrays.fill(sizes, 1);
    sizes[1] = shape.size(1);
    return sizes;
  }

  static @Nullable Tensor perChannel(@Nullable Tensor parameter, Shape shape) {
    return parameter == null ? null : parameter.reshape(channelShape(shape));
  }

  /// One number for each channel of (batch, channels, ...), or the tensor's own shape.
  static Shape features(String name, Tensor x, boolean channels) {
    if (!channels) {
      return x.shape();
    }
    if (x.rank() < 2) {
      throw new IllegalArgumentException(name + ": takes (batch, channels, ...), not " + x.shape());
    }
    return Shape.of(IntStream.range(0, x.rank()).map(axis -> axis < 2 ? x.size(axis) : 1).toArray());
  }
}
