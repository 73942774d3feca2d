package org.teenygrad;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// How [Fourier]'s methods become transforms of rows: axes brought to the end, cut or filled with zeros, real numbers two by two.
final class FourierTransforms {
  private FourierTransforms() {}

  /// A tensor that floats are computed with.
  static Tensor floating(String name, Tensor x) {
    Tensor floating = Operations.toFloating(x);
    if (floating.dtype() != DType.FLOAT32 && floating.dtype() != DType.FLOAT64) {
      throw new IllegalArgumentException(name + ": is for float32 and float64, not " + x.dtype() + "; cast it");
    }
    return floating;
  }

  /// An axis among those of complex numbers, which the pairs' one does not belong to.
  static int axis(String name, Tensor x, int axis) {
    int rank = x.rank() - 1;
    if (axis < -rank || axis >= rank) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: no axis %d among the complex numbers of %s, whose last axis is that of their parts",
              name, axis, x.shape()));
    }
    return axis < 0 ? axis + rank : axis;
  }

  /// x with `count` positions on an axis: cut at the end, or zeros there.
  private static Tensor fitted(String name, Tensor x, int axis, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(name + ": a transform of " + count + " points, there must be one at least; input " + x.shape());
    }
    int size = x.size(axis);
    return count <= size ? x.narrow(axis, 0, count) : x.padAxis(axis, 0, count - size);
  }

  /// The transform along one axis of complex numbers.
  static Tensor complex(String name, Tensor x, int points, int axis, boolean inverse, FourierNorm norm) {
    Pairs.require(name, x);
    Tensor floating = floating(name, x);
    int at = axis(name, x, axis);
    Tensor moved = fitted(name, floating, at, points).movedim(at, -2);
    Tensor rows = FourierStages.of(rows(moved, points, 2), inverse ? 1 : -1);
    return scaled(rows, norm.scale(inverse, points)).reshape(moved.shape()).movedim(-2, at);
  }

  /// The first half of the spectrum of real numbers: of an axis of `points` the positions 0..points/2.
  static Tensor real(String name, Tensor x, int points, int axis, FourierNorm norm) {
    Tensor floating = floating(name, x);
    int at = floating.shape().axis(axis);
    Tensor moved = fitted(name, floating, at, points).movedim(at, -1);
    int[] leading = moved.shape().stream().limit(moved.rank() - 1L).toArray();
    Tensor rows = rows(moved, points);
    Tensor spectrum = points % 2 == 0 ? ofEven(rows) : FourierStages.of(Pairs.of(rows, rows.zerosLike()), -1).narrow(1, 0, points / 2 + 1);
    int[] shape = IntStream.concat(IntStream.of(leading), IntStream.of(points / 2 + 1, 2)).toArray();
    return scaled(spectrum, norm.scale(false, points)).reshape(shape).movedim(-2, at);
  }

  /// Neighbours are taken as complex numbers: z, whose transform of half the length is that of the elements at even places, and, turned, of
  /// those at odd ones.
  private static Tensor ofEven(Tensor x) {
    int n = x.size(1);
    int half = n / 2;
    Tensor z = FourierStages.of(x.reshape(x.size(0), half, 2), -1).contiguous();
    Tensor all = Tensor.cat(List.of(z, z.narrow(1, 0, 1)), 1);
    Tensor mirrored = Pairs.conjugate(all.flip(1));
    UnityRoots roots = UnityRoots.quarterAndMore(-1, n, half + 1, x.dtype(), x.device()).reshape(half + 1, 1);
    return all.add(mirrored).add(roots.times(all.sub(mirrored), 2)).mul(0.5);
  }

  /// Real numbers from the first half of their spectrum; imaginary parts that cannot be there are left out.
  static Tensor hermitian(String name, Tensor x, int points, int axis, FourierNorm norm) {
    Pairs.require(name, x);
    Tensor floating = floating(name, x);
    int at = axis(name, x, axis);
    if (points < 1) {
      throw new IllegalArgumentException(name + ": " + points + " points, there must be one at least; input " + x.shape());
    }
    int half = points / 2;
    Tensor moved = fitted(name, floating, at, half + 1).movedim(at, -2);
    int[] shape = IntStream.concat(moved.shape().stream().limit(moved.rank() - 2L), IntStream.of(points)).toArray();
    Tensor rows = rows(moved, half + 1, 2);
    Tensor position = Tensor.arange(half + 1, DType.INT32).unsqueeze(1);
    Tensor alone = points % 2 == 0 ? position.eq(0).or(position.eq(half)) : position.eq(0);
    Tensor spectrum = alone.and(Tensor.arange(2, DType.INT32).eq(1)).where(0, rows);
    Tensor numbers = points % 2 == 0 ? toEven(spectrum) : toOdd(spectrum);
    return scaled(numbers, norm.scale(true, points)).reshape(shape).movedim(-1, at);
  }

  private static Tensor toEven(Tensor x) {
    int half = x.size(1) - 1;
    Tensor mirrored = Pairs.conjugate(x.flip(1));
    UnityRoots roots = UnityRoots.quarterAndMore(1, 2 * half, half + 1, x.dtype(), x.device()).reshape(half + 1, 1);
    Tensor z = x.add(mirrored).add(roots.times(x.sub(mirrored), 2)).narrow(1, 0, half);
    return FourierStages.of(z.contiguous(), 1).reshape(x.size(0), 2 * half);
  }

  private static Tensor toOdd(Tensor x) {
    Tensor whole = Tensor.cat(List.of(x, Pairs.conjugate(x.slice(1, 1, x.size(1)).flip(1))), 1);
    return FourierStages.of(whole.contiguous(), 1).select(-1, 0);
  }

  private static Tensor rows(Tensor x, int... row) {
    int length = IntStream.of(row).reduce(1, Math::multiplyExact);
    int count = Math.toIntExact(x.numel() / length);
    return x.reshape(IntStream.concat(IntStream.of(count), IntStream.of(row)).toArray());
  }

  private static Tensor scaled(Tensor x, double scale) {
    return scale == 1 ? x : x.mul(scale);
  }
}
