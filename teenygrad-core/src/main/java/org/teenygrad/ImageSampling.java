package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Images of other sizes, and images looked up at positions that are data.
final class ImageSampling {
  private ImageSampling() {}

  static Tensor scaled(Tensor x, Interpolation mode, double... scales) {
    require(x, scales.length);
    int[] sizes = new int[scales.length];
    for (int i = 0; i < sizes.length; i++) {
      double size = x.size(x.rank() - scales.length + i) * scales[i];
      if (!(size >= 1 && size <= Integer.MAX_VALUE)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "interpolate: %s times as large, %s has an axis of %s positions", scales[i], x.shape(), size));
      }
      sizes[i] = (int) Math.floor(size);
    }
    return resized(x, mode, sizes, scales);
  }

  static Tensor resized(Tensor x, Interpolation mode, int[] sizes, double... scales) {
    require(x, sizes.length);
    Tensor result = x.alias();
    for (int i = sizes.length - 1; i >= 0; i--) {
      result = mode.along(result, x.rank() - sizes.length + i, sizes[i], scales[i]);
    }
    return result;
  }

  private static void require(Tensor x, int axes) {
    if (axes > x.rank()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "interpolate: %d sizes for shape %s", axes, x.shape()));
    }
  }

  static Tensor sample(Tensor x, Tensor grid, GridSampler sampler) {
    int axes = x.rank() - 2;
    boolean fits = (axes == 2 || axes == 3) && grid.rank() == x.rank() && grid.size(-1) == axes && grid.size(0) == x.size(0) && x.dtype() == grid.dtype()
        && x.dtype().isFloating() && x.shape().stream().skip(2).allMatch(size -> size > 0);
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "gridSample: %s %s and a grid %s %s; there must be (batch, channels, 2 or 3 sizes) and (batch, sizes, their number) "
                  + "of one floating type",
              x.dtype(), x.shape(), grid.dtype(), grid.shape()));
    }
    int[] shape = IntStream.concat(IntStream.of(x.size(0), x.size(1)), Arrays.stream(grid.shape().toArray(), 1, axes + 1)).toArray();
    Tensor wide = Precision.widen(x);
    List<Tensor> positions = IntStream.range(0, axes)
        .mapToObj(i -> sampler.position(Precision.widen(grid.select(-1, axes - 1 - i)).flatten(1, -1), x.size(2 + i)))
        .toList();
    return sampler.sample(wide, positions).reshape(shape).cast(x.dtype());
  }

  static Tensor affineGrid(Tensor theta, boolean alignCorners, int... size) {
    int axes = size.length - 2;
    boolean fits = (axes == 2 || axes == 3) && theta.dtype().isFloating()
        && theta.shape().equals(Shape.of(size[0], axes, axes + 1)) && Arrays.stream(size).allMatch(n -> n > 0);
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "affineGrid: matrices %s %s for sizes %s; there must be (batch, 2, 3) for (batch, channels, height, width), or "
                  + "(batch, 3, 4) with a depth",
              theta.dtype(), theta.shape(), Arrays.toString(size)));
    }
    Shape shape = Shape.of(Arrays.copyOfRange(size, 2, size.length));
    List<Tensor> coordinates = new ArrayList<>();
    for (int i = axes - 1; i >= 0; i--) {
      int n = shape.size(i);
      double[] along = IntStream.range(0, n).mapToDouble(p -> alignCorners ? n == 1 ? 0 : 2.0 * p / (n - 1) - 1 : (2.0 * p + 1) / n - 1).toArray();
      int axis = i;
      int[] alone = IntStream.range(0, axes).map(a -> a == axis ? n : 1).toArray();
      coordinates.add(Tensor.of(along, Shape.of(alone), theta.device()).cast(theta.dtype()).broadcastTo(shape).flatten());
    }
    coordinates.add(coordinates.getFirst().onesLike());
    Tensor grid = theta.matmul(Tensor.stack(coordinates, 0)).transpose(1, 2);
    return grid.reshape(IntStream.concat(IntStream.concat(IntStream.of(size[0]), shape.stream()), IntStream.of(axes)).toArray());
  }
}
