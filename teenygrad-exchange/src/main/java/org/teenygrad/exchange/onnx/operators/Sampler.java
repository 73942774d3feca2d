package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Values of images between their elements, at positions that are data.
///
/// @param mode `nearest`, `linear` or `cubic`
/// @param padding what is outside: `zeros`, `border` or `reflection`
/// @param alignCorners whether reflections are at the outermost elements' centres, else at their borders
record Sampler(String mode, String padding, boolean alignCorners) {
  private static final double CUBIC = -0.75;

  /// An element that counts: where on its axis, and how much.
  private record Tap(Tensor position, Tensor weight) {}

  /// @param x (batch, channels, sizes...)
  /// @param positions for each of the sizes, (batch, points)
  /// @return (batch, channels, points)
  Tensor sample(Tensor x, List<Tensor> positions) {
    Tensor flat = x.flatten(2, -1);
    List<Tap> all = List.of();
    for (int axis = 0; axis < positions.size(); axis++) {
      List<Tap> own = taps(positions.get(axis), x.size(2 + axis));
      if (axis == 0) {
        all = own;
        continue;
      }
      List<Tap> products = new ArrayList<>();
      for (Tap outer : all) {
        for (Tap inner : own) {
          products.add(new Tap(outer.position.mul(x.size(2 + axis)).add(inner.position), outer.weight.mul(inner.weight)));
        }
      }
      all = products;
    }
    Tensor sum = null;
    for (Tap tap : all) {
      int points = tap.position.size(1);
      Tensor index = tap.position.unsqueeze(1).broadcastTo(Shape.of(x.size(0), x.size(1), points));
      Tensor part = flat.gather(2, index).mul(tap.weight.unsqueeze(1).cast(x.dtype()));
      sum = sum == null ? part : sum.add(part);
    }
    return Call.required(sum, "an image has an axis");
  }

  private List<Tap> taps(Tensor position, int size) {
    Tensor wide = mode.equals("nearest") ? position.round() : position;
    Tensor at = switch (padding) {
      case "border" -> wide.clamp(0, size - 1);
      case "reflection" -> reflected(wide, size);
      default -> wide;
    };
    if (mode.equals("nearest")) {
      return List.of(tap(at.round(), at.onesLike(), size));
    }
    Tensor first = at.floor();
    Tensor fraction = at.sub(first);
    List<Tap> taps = new ArrayList<>();
    int radius = mode.equals("cubic") ? 2 : 1;
    for (int k = 1 - radius; k <= radius; k++) {
      Tensor distance = fraction.sub(k).abs();
      taps.add(tap(first.add(k), mode.equals("cubic") ? cubic(distance) : distance.rsub(1), size));
    }
    return taps;
  }

  private static Tensor cubic(Tensor x) {
    Tensor near = x.mul(CUBIC + 2).sub(CUBIC + 3).mul(x).mul(x).add(1);
    Tensor far = x.mul(CUBIC).sub(5 * CUBIC).mul(x).add(8 * CUBIC).mul(x).sub(4 * CUBIC);
    return x.le(1).where(near, far);
  }

  private Tap tap(Tensor position, Tensor weight, int size) {
    Tensor inside = position.ge(0).logicalAnd(position.le(size - 1));
    return switch (padding) {
      case "zeros" -> new Tap(position.clamp(0, size - 1).cast(DType.INT64), inside.where(weight, weight.zerosLike()));
      case "border" -> new Tap(position.clamp(0, size - 1).cast(DType.INT64), weight);
      case "reflection" -> new Tap(reflected(position, size).round().clamp(0, size - 1).cast(DType.INT64), weight);
      default -> throw new IllegalArgumentException("there is no padding_mode '" + padding + "'; there are zeros, border and reflection");
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
