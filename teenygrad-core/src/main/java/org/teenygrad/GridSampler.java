package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Values of images between their pixels, at positions that are data: sums over the pixels around, weighted by the distance.
///
/// @param mode `NEAREST`, `LINEAR` or `CUBIC`
/// @param outside `ZEROS`, `REPLICATE` or `REFLECT`
/// @param alignCorners whether -1 and 1, and reflections, are at the outermost pixels' centres, else at their borders
record GridSampler(Interpolation mode, PadMode outside, boolean alignCorners) {
  private static final double STEEP = -0.75;

  GridSampler {
    boolean known = (mode == Interpolation.NEAREST || mode == Interpolation.LINEAR || mode == Interpolation.CUBIC) && outside != PadMode.CIRCULAR;
    if (!known) {
      throw new IllegalArgumentException("gridSample: by NEAREST, LINEAR or CUBIC with ZEROS, REPLICATE or REFLECT, not by " + mode + " with " + outside);
    }
  }

  /// A pixel that counts: where on its axis, and how much.
  private record Tap(Tensor position, Tensor weight) {}

  /// A position from -1 to 1 as one among `size` pixels.
  Tensor position(Tensor normal, int size) {
    return alignCorners ? normal.add(1).mul((size - 1) / 2.0) : normal.add(1).mul(size).sub(1).div(2);
  }

  /// @param x (batch, channels, sizes...)
  /// @param positions for each of the sizes, (batch, points)
  /// @return (batch, channels, points)
  Tensor sample(Tensor x, List<Tensor> positions) {
    if (mode == Interpolation.CUBIC && positions.size() != 2) {
      throw new IllegalArgumentException("gridSample: CUBIC is for images of two axes, not " + x.shape());
    }
    Tensor flat = x.flatten(2, -1);
    List<Tap> all = List.of();
    for (int axis = 0; axis < positions.size(); axis++) {
      List<Tap> own = taps(positions.get(axis), x.size(2 + axis));
      all = axis == 0 ? own : products(all, own, x.size(2 + axis));
    }
    Tensor sum = null;
    for (Tap tap : all) {
      Tensor index = tap.position.unsqueeze(1).broadcastTo(Shape.of(x.size(0), x.size(1), tap.position.size(1)));
      Tensor part = flat.gather(2, index).mul(tap.weight.unsqueeze(1));
      sum = sum == null ? part : sum.add(part);
    }
    return Objects.requireNonNull(sum);
  }

  private static List<Tap> products(List<Tap> outer, List<Tap> inner, int size) {
    List<Tap> products = new ArrayList<>();
    for (Tap one : outer) {
      for (Tap other : inner) {
        products.add(new Tap(one.position.mul(size).add(other.position), one.weight.mul(other.weight)));
      }
    }
    return products;
  }

  /// Of a cubic each pixel is moved inside by itself; else the position is.
  private List<Tap> taps(Tensor position, int size) {
    Tensor at = mode == Interpolation.CUBIC ? position : moved(position, size);
    if (mode == Interpolation.NEAREST) {
      return List.of(tap(at.detach().round(), at.onesLike(), size));
    }
    Tensor first = at.detach().floor();
    Tensor fraction = at.sub(first);
    if (mode == Interpolation.LINEAR) {
      return List.of(tap(first, fraction.rsub(1), size), tap(first.add(1), fraction, size));
    }
    Tensor rest = fraction.rsub(1);
    return List.of(tap(first.sub(1), far(fraction.add(1)), size), tap(first, near(fraction), size),
        tap(first.add(1), near(rest), size), tap(first.add(2), far(rest.add(1)), size));
  }

  private static Tensor near(Tensor x) {
    return x.mul(STEEP + 2).sub(STEEP + 3).mul(x).mul(x).add(1);
  }

  private static Tensor far(Tensor x) {
    return x.mul(STEEP).sub(5 * STEEP).mul(x).add(8 * STEEP).mul(x).sub(4 * STEEP);
  }

  private Tap tap(Tensor position, Tensor weight, int size) {
    Tensor at = mode == Interpolation.CUBIC ? moved(position, size) : position;
    Tensor inside = at.ge(0).logicalAnd(at.le(size - 1));
    return new Tap(at.round().clamp(0, size - 1).cast(DType.INT64), inside.where(weight, weight.zerosLike()));
  }

  private Tensor moved(Tensor position, int size) {
    return switch (outside) {
      case REPLICATE -> position.clamp(0, size - 1);
      case REFLECT -> reflected(position, size).clamp(0, size - 1);
      default -> position;
    };
  }

  private Tensor reflected(Tensor position, int size) {
    double low = alignCorners ? 0 : -0.5;
    double span = alignCorners ? size - 1 : size;
    if (span == 0) {
      return position.zerosLike();
    }
    Tensor phase = position.sub(low).abs().fmod(2 * span);
    return phase.gt(span).where(phase.rsub(2 * span), phase).add(low);
  }
}
