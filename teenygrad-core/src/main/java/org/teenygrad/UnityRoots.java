package org.teenygrad;

import java.util.List;
import java.util.stream.IntStream;

/// Complex numbers of length 1: what Fourier transforms turn by.
///
/// @param cos real parts
/// @param sin imaginary parts, of one shape
record UnityRoots(Tensor cos, Tensor sin) {
  /// Up to so many angles are one table; more are sums of two angles, each from a table of its own.
  private static final int TABLE = 256;

  /// The k-th of a table's angles, as `k / n` of the circle.
  interface Turns {
    long of(int k);
  }

  /// The root at `k / n` of the circle: real and imaginary part. From the nearest right angle, so that those are exact.
  static double[] root(long k, long n) {
    long place = Math.floorMod(k, n);
    long quarter = (8 * place + n) / (2 * n);
    double angle = 2 * Math.PI * (4 * place - quarter * n) / (4.0 * n);
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    return switch ((int) (quarter & 3)) {
      case 0 -> new double[] {cos, sin};
      case 1 -> new double[] {-sin, cos};
      case 2 -> new double[] {-cos, -sin};
      default -> new double[] {sin, -cos};
    };
  }

  private static UnityRoots table(int count, Turns turns, long n, DType type, Device device) {
    double[] cos = new double[count];
    double[] sin = new double[count];
    for (int k = 0; k < count; k++) {
      double[] root = root(turns.of(k), n);
      cos[k] = root[0];
      sin[k] = root[1];
    }
    Shape shape = Shape.of(count);
    return new UnityRoots(Tensor.of(cos, shape, device).cast(type), Tensor.of(sin, shape, device).cast(type));
  }

  /// The angles `turns * (k / n + 1/4)` of the circle for k in 0..count-1.
  static UnityRoots quarterAndMore(int turns, int n, int count, DType type, Device device) {
    if (count <= TABLE) {
      return table(count, k -> turns * (4L * k + n), 4L * n, type, device);
    }
    int low = Integer.highestOneBit((int) Math.sqrt(count));
    int high = Math.ceilDiv(count, low);
    UnityRoots coarse = table(high, k -> turns * (4L * k * low + n), 4L * n, type, device).reshape(high, 1);
    return coarse.times(table(low, k -> (long) turns * k, n, type, device)).reshape(high * low).slice(count);
  }

  /// The angles `turns * j * k / (rows * columns)`, j along the first axis, k along the second.
  static UnityRoots products(int turns, int rows, int columns, DType type, Device device) {
    long n = (long) rows * columns;
    int low = rows <= TABLE ? rows : divisor(rows);
    int high = rows / low;
    UnityRoots fine = table(low * columns, i -> turns * (long) (i / columns) * (i % columns), n, type, device).reshape(1, low, columns);
    if (high == 1) {
      return fine.reshape(rows, columns);
    }
    UnityRoots coarse = table(high * columns, i -> turns * (long) (i / columns) * low * (i % columns), n, type, device);
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
    return Tensor.stack(List.of(cos, sin), -1);
  }

  /// Complex numbers, whose parts lie along an axis of two, times these, which broadcast with them.
  Tensor times(Tensor x, int axis) {
    int[] alone = IntStream.range(0, x.rank()).map(i -> i == x.shape().axis(axis) ? 2 : 1).toArray();
    Tensor signs = Tensor.of(new double[] {-1, 1}, Shape.of(alone), x.device()).cast(x.dtype());
    return x.mul(cos).add(x.flip(axis).mul(sin.mul(signs)));
  }
}
