package org.teenygrad;

import java.util.stream.IntStream;

/// Complex numbers of length 1: what Fourier transforms turn by.
///
/// @param cos real parts
/// @param sin imaginary parts, of one shape
record UnityRoots(Tensor cos, Tensor sin) {
  /// Up to so many angles are one table; more are sums of two angles, each from a table of its own.
  private static final int TABLE = 256;

  /// An angle as a part of the circle, for each k.
  interface Turns {
    double of(int k);
  }

  private static UnityRoots table(int count, Turns turns, DType type, Device device) {
    double[] angles = IntStream.range(0, count).mapToDouble(k -> 2 * Math.PI * turns.of(k)).toArray();
    double[] cos = IntStream.range(0, count).mapToDouble(k -> Math.cos(angles[k])).toArray();
    double[] sin = IntStream.range(0, count).mapToDouble(k -> Math.sin(angles[k])).toArray();
    Shape shape = Shape.of(count);
    return new UnityRoots(Tensor.of(cos, shape, device).cast(type), Tensor.of(sin, shape, device).cast(type));
  }

  /// The angles `turns * k / n` of the circle for k in 0..count-1, behind an angle of `start` circles.
  static UnityRoots of(int turns, int n, int count, double start, DType type, Device device) {
    if (count <= TABLE) {
      return table(count, k -> start + turns * (double) k / n, type, device);
    }
    int low = Integer.highestOneBit((int) Math.sqrt(count));
    int high = Math.ceilDiv(count, low);
    UnityRoots coarse = table(high, k -> start + turns * (double) k * low / n, type, device).reshape(high, 1);
    return coarse.times(table(low, k -> turns * (double) k / n, type, device)).reshape(high * low).slice(count);
  }

  /// The angles `turns * j * k / (rows * columns)`, j along the first axis, k along the second.
  static UnityRoots products(int turns, int rows, int columns, DType type, Device device) {
    long n = (long) rows * columns;
    int low = rows <= TABLE ? rows : divisor(rows);
    int high = rows / low;
    UnityRoots fine = table(low * columns, i -> turns * (double) ((long) (i / columns) * (i % columns)) / n, type, device).reshape(1, low, columns);
    if (high == 1) {
      return fine.reshape(rows, columns);
    }
    UnityRoots coarse = table(high * columns, i -> turns * (double) ((long) (i / columns) * low * (i % columns) % n) / n, type, device);
    return coarse.reshape(high, 1, columns).times(fine).reshape(rows, columns);
  }

  /// The largest divisor that is not above the root.
  private static int divisor(int n) {
    return IntStream.iterate((int) Math.sqrt(n), d -> d - 1).filter(d -> n % d == 0).findFirst().orElse(1);
  }

  /// `turns * k² / (2 n)` circles for k in 0..n-1: the chirp of Bluestein's algorithm. Squares are reduced as integers.
  static UnityRoots chirp(int turns, int n, DType type) {
    Tensor k = Tensor.arange(n, DType.INT64);
    Tensor angle = k.mul(k).remainder(2L * n).toDouble().mul(turns * Math.PI / n);
    return new UnityRoots(angle.cos().cast(type), angle.sin().cast(type));
  }

  /// Complex products: the angles' sums.
  private UnityRoots times(UnityRoots other) {
    return new UnityRoots(
        cos.mul(other.cos).sub(sin.mul(other.sin)), sin.mul(other.cos).add(cos.mul(other.sin)));
  }

  private UnityRoots slice(int count) {
    return new UnityRoots(cos.slice(0, 0, count), sin.slice(0, 0, count));
  }

  UnityRoots reshape(int... shape) {
    return new UnityRoots(cos.reshape(shape), sin.reshape(shape));
  }

  /// These as pairs along a new last axis.
  Tensor pairs() {
    return Tensor.stack(java.util.List.of(cos, sin), -1);
  }

  /// Complex numbers, whose parts lie along an axis of two, times these, which broadcast with them.
  Tensor times(Tensor x, int axis) {
    int[] alone = IntStream.range(0, x.rank()).map(i -> i == x.shape().axis(axis) ? 2 : 1).toArray();
    Tensor signs = Tensor.of(new double[] {-1, 1}, Shape.of(alone), x.device()).cast(x.dtype());
    return x.mul(cos).add(x.flip(axis).mul(sin.mul(signs)));
  }
}
