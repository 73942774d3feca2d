package org.teenygrad;

/// Elements in order, and where they were.
///
/// @param values the elements
/// @param indices int64: `values = x.gather(axis, indices)`
public record Sorted(Tensor values, Tensor indices) {
  /// The first `count` elements of the order. An element's place is the number of elements that stand before it.
  static Sorted of(Tensor x, int axis, boolean descending, int count) {
    int along = x.shape().axis(axis);
    int n = x.size(along);
    if (count < 0 || count > n) {
      throw new IllegalArgumentException("topk: " + count + " elements of axis " + along + " of " + x.shape());
    }
    Tensor keys = x.detach().transpose(along, -1);
    Tensor mine = keys.unsqueeze(-1); // (..., mine, other)
    Tensor other = keys.unsqueeze(-2);
    Tensor before = descending ? less(mine, other) : less(other, mine);
    Tensor after = descending ? less(other, mine) : less(mine, other);
    Tensor position = Tensor.arange(n);
    Tensor earlier = position.lt(position.unsqueeze(1));
    Tensor stands = before.or(before.or(after).not().and(earlier));
    Tensor place = stands.cast(DType.INT64).sum(-1);

    Tensor isAt = place.unsqueeze(-2).eq(Tensor.arange(count).unsqueeze(1)); // (..., place, position)
    Tensor indices = isAt.cast(DType.INT64).mul(position).sum(-1).transpose(along, -1);
    return new Sorted(x.gather(along, indices), indices);
  }

  /// Whether a < b, NaN being the largest.
  private static Tensor less(Tensor a, Tensor b) {
    return a.dtype().isFloating() ? a.lt(b).or(b.ne(b).and(a.eq(a))) : a.lt(b);
  }
}
