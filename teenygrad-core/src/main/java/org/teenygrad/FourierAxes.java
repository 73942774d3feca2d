package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/// Transforms along several axes, one after the other, and which axes those are.
///
/// @param sizes how many numbers along each
record FourierAxes(int[] sizes, int[] axes) {
  /// The named axes of complex numbers, or all.
  static FourierAxes ofComplex(String name, Tensor x, int... axes) {
    Pairs.require(name, x);
    int[] named = axes.length == 0 ? IntStream.range(0, x.rank() - 1).toArray() : axes;
    return new FourierAxes(Arrays.stream(named).map(axis -> x.size(FourierTransforms.axis(name, x, axis))).toArray(), named);
  }

  static FourierAxes ofReal(Tensor x, int... axes) {
    int[] named = axes.length == 0 ? IntStream.range(0, x.rank()).toArray() : axes;
    return new FourierAxes(Arrays.stream(named).map(x::size).toArray(), named);
  }

  /// As [#ofComplex], for half of a spectrum along the last of the axes.
  static FourierAxes ofHalf(String name, Tensor x, int... axes) {
    FourierAxes all = ofComplex(name, x, axes);
    requireOne(name, all.axes);
    all.sizes[all.sizes.length - 1] = 2 * (all.sizes[all.sizes.length - 1] - 1);
    return all;
  }

  private static int[] requireOne(String name, int... axes) {
    if (axes.length == 0) {
      throw new IllegalArgumentException(name + ": needs an axis");
    }
    return axes;
  }

  static Tensor complex(String name, Tensor x, int[] sizes, int[] axes, boolean inverse, FourierNorm norm) {
    Pairs.require(name, x);
    require(name, x, x.rank() - 1, sizes, axes);
    return complex(name, FourierTransforms.floating(name, x).alias(), sizes, axes, axes.length, inverse, norm);
  }

  /// Along the first `count` of the axes.
  private static Tensor complex(String name, Tensor x, int[] sizes, int[] axes, int count, boolean inverse, FourierNorm norm) {
    Tensor result = x;
    for (int i = count - 1; i >= 0; i--) {
      result = FourierTransforms.complex(name, result, sizes[i], axes[i], inverse, norm);
    }
    return result;
  }

  /// @param inverse whether conjugate, as `ihfftn`
  static Tensor real(String name, Tensor x, int[] sizes, int[] axes, boolean inverse, FourierNorm norm) {
    require(name, x, x.rank(), sizes, requireOne(name, axes));
    int last = axes.length - 1;
    int axis = x.shape().axis(axes[last]);
    Tensor half = inverse ? x.ihfft(sizes[last], axis, norm) : FourierTransforms.real(name, x, sizes[last], axis, norm);
    return complex(name, half, sizes, axes, last, inverse, norm);
  }

  /// @param inverse false for `hfftn`
  static Tensor hermitian(String name, Tensor x, int[] sizes, int[] axes, boolean inverse, FourierNorm norm) {
    Pairs.require(name, x);
    require(name, x, x.rank() - 1, sizes, requireOne(name, axes));
    int last = axes.length - 1;
    Tensor others = complex(name, x, sizes, axes, last, inverse, norm);
    return inverse ? others.irfft(sizes[last], axes[last], norm) : others.hfft(sizes[last], axes[last], norm);
  }

  private static void require(String name, Tensor x, int rank, int[] sizes, int... axes) {
    boolean fits = sizes.length == axes.length
        && Arrays.stream(axes).allMatch(axis -> axis >= -rank && axis < rank)
        && Arrays.stream(axes).map(axis -> Math.floorMod(axis, rank)).distinct().count() == axes.length;
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: sizes %s along axes %s of %s; there must be one for each, and no axis twice",
              name, Arrays.toString(sizes), Arrays.toString(axes), x.shape()));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FourierAxes that && Arrays.equals(sizes, that.sizes) && Arrays.equals(axes, that.axes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(sizes) + Arrays.hashCode(axes);
  }
}
