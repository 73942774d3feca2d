package org.teenygrad;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Slopes of sampled functions by parabolas through three neighbours, and areas by lines through two.
final class Slopes {
  private Slopes() {}

  /// The areas between neighbours.
  static Tensor areas(Tensor y, Tensor places, int axis) {
    int at = y.shape().axis(axis);
    Tensor x = places.rank() == 1 ? alongside(y, places, at) : places;
    int own = x.rank() - (y.rank() - at);
    if (own < 0 || x.size(own) != y.size(at)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "trapezoid: places %s do not fit axis %d of %s", places.shape(), at, y.shape()));
    }
    return Counting.trapezoids(y, at).mul(Operations.toFloating(x).diff(own));
  }

  private static Tensor alongside(Tensor y, Tensor vector, int axis) {
    return vector.reshape(IntStream.range(0, y.rank()).map(i -> i == axis ? Math.toIntExact(vector.numel()) : 1).toArray());
  }

  static Tensor of(Tensor input, @Nullable Tensor places, double spacing, int axis, int edgeOrder) {
    int at = input.shape().axis(axis);
    int n = input.rank() == 0 ? 0 : input.size(at);
    if (edgeOrder < 1 || edgeOrder > 2 || n <= edgeOrder || places != null && (places.rank() != 1 || places.size(0) != n)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "gradient: axis %d of %s with edges of order %d%s; the order is 1 or 2 and below the number of points", at, input.shape(),
              edgeOrder, places == null ? "" : " and places " + places.shape()));
    }
    Tensor y = Operations.toFloating(input);
    Tensor steps = places == null
        ? Tensor.full(Shape.of(n - 1), spacing, y.dtype()) : Operations.toFloating(places).cast(y.dtype()).diff(0);
    Tensor first = end(y, steps, at, edgeOrder, false);
    Tensor last = end(y, steps, at, edgeOrder, true);
    if (n == 2) {
      return Tensor.cat(List.of(first, last), at);
    }
    Tensor left = alongside(y, steps.slice(0, 0, n - 2), at);
    Tensor right = alongside(y, steps.slice(0, 1, n - 1), at);
    Tensor whole = left.add(right);
    Tensor before = y.slice(at, 0, n - 2).mul(right.div(left.mul(whole)).neg());
    Tensor here = y.slice(at, 1, n - 1).mul(right.sub(left).div(left.mul(right)));
    Tensor after = y.slice(at, 2, n).mul(left.div(right.mul(whole)));
    return Tensor.cat(List.of(first, before.add(here).add(after), last), at);
  }

  /// The slope at the first point, or at the last: from the step there, or a parabola through three points.
  private static Tensor end(Tensor y, Tensor steps, int axis, int order, boolean last) {
    int n = y.size(axis);
    Tensor own = part(y, axis, 0, last, n);
    Tensor next = part(y, axis, 1, last, n);
    Tensor near = steps.select(0, last ? n - 2 : 0);
    if (order == 1) {
      return (last ? own.sub(next) : next.sub(own)).div(near);
    }
    Tensor far = steps.select(0, last ? n - 3 : 1);
    Tensor whole = near.add(far);
    Tensor slope = own.mul(near.mul(2).add(far).div(near.mul(whole)).neg())
        .add(next.mul(whole.div(near.mul(far))))
        .sub(part(y, axis, 2, last, n).mul(near.div(far.mul(whole))));
    return last ? slope.neg() : slope;
  }

  private static Tensor part(Tensor y, int axis, int distance, boolean last, int n) {
    return y.narrow(axis, last ? n - 1 - distance : distance, 1);
  }
}
