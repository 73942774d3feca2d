package org.teenygrad;

/// What a quantile is that falls between two elements: the interpolations of `torch.quantile`.
public enum QuantileMode {
  /// The point between both, in proportion.
  LINEAR,
  /// The smaller one.
  LOWER,
  /// The larger one.
  HIGHER,
  /// The nearer one; the even position where both are as near.
  NEAREST,
  /// The mean of both.
  MIDPOINT;

  /// The value at fractional positions of rows in ascending order.
  /// @param sorted (..., n)
  /// @param rank (..., k)
  Tensor at(Tensor sorted, Tensor rank) {
    Tensor low = pick(sorted, this == NEAREST ? rank.round() : rank.floor());
    return switch (this) {
      case LOWER, NEAREST -> low;
      case HIGHER -> pick(sorted, rank.ceil());
      case MIDPOINT -> low.lerp(pick(sorted, rank.ceil()), 0.5);
      case LINEAR -> low.lerp(pick(sorted, rank.ceil()), rank.sub(rank.floor()));
    };
  }

  /// Where there is nothing to choose from, the rank is below 0.
  private static Tensor pick(Tensor sorted, Tensor position) {
    return sorted.gather(-1, position.clampMin(0).cast(DType.INT64));
  }
}
