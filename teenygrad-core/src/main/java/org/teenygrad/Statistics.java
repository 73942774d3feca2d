package org.teenygrad;

import java.util.Locale;

/// What occurs and how often, where values lie in an order, and how rows vary together.
///
/// Results whose sizes depend on values are computed at once.
sealed interface Statistics permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The different elements in ascending order, a vector; which of them each element is; and how often each occurs: `torch.unique`
  /// with `return_inverse` and `return_counts`. Each NaN is different from all others. No derivatives flow.
  /// ```java
  /// var distinct = Tensor.of(3, 1, 3).unique();
  /// distinct.values();    // [1 3]
  /// distinct.inverse();   // [1 0 1]
  /// distinct.counts();    // [1 2]
  /// ```
  default Unique unique() {
    return Distinct.of(self());
  }

  /// The different parts along an axis, in the order of their elements: `torch.unique(dim=axis)`.
  /// ```java
  /// Tensor.of(new int[][] {{3, 1}, {0, 2}, {3, 1}}).unique(0).values();   // [[0 2]
  ///                                                                       //  [3 1]]
  /// ```
  /// @return values of this shape, but for the axis; inverse and counts are vectors
  default Unique unique(int axis) {
    return Distinct.along(self(), axis);
  }

  /// As [#unique()], but only of neighbours, in the order in which they are: `torch.unique_consecutive`.
  /// ```java
  /// Tensor.of(1, 1, 3, 1).uniqueConsecutive().values();   // [1 3 1]
  /// ```
  default Unique uniqueConsecutive() {
    return Distinct.consecutive(self());
  }

  /// [#uniqueConsecutive()] of the parts along an axis: `torch.unique_consecutive(dim=axis)`.
  /// ```java
  /// Tensor.of(new int[][] {{1, 2}, {1, 2}, {0, 2}}).uniqueConsecutive(0).counts();   // [2 1]
  /// ```
  /// @return values of this shape, but for the axis; inverse and counts are vectors
  default Unique uniqueConsecutive(int axis) {
    return Distinct.consecutive(self(), axis);
  }

  /// How often each of the numbers 0, 1, 2... occurs in a vector: `torch.bincount`.
  /// ```java
  /// Tensor.of(1, 3, 1).bincount(0);   // [0 2 0 1]
  /// ```
  /// @param least how many counts there are at least
  /// @return int64 (largest number + 1, or least)
  /// @throws IllegalArgumentException if this is no vector of integers that are not negative
  default Tensor bincount(int least) {
    Tensor x = Counting.numbers(self());
    return Counting.sums(x, x.onesLike(DType.INT64), least);
  }

  /// The sum of the weights that belong to each of the numbers 0, 1, 2...: `torch.bincount(weights=...)`.
  /// @param weights of this shape
  /// @return (largest number + 1, or least), of the weights' type, float64 for integers
  /// @throws IllegalArgumentException if this is no vector of integers that are not negative
  default Tensor bincount(Tensor weights, int least) {
    return Counting.sums(Counting.numbers(self()), weights.dtype().isFloating() ? weights : weights.toDouble(), least);
  }

  /// How many elements lie in each of `bins` parts of `low..high` of equal width, the last of which holds `high`; others do not count:
  /// `torch.histc`. If `low` equals `high`, the parts span the elements.
  /// ```java
  /// Tensor.of(0f, 0.1f, 0.5f, 1f).histc(2, 0, 1);   // [2. 2.]
  /// ```
  /// @return (bins), of this tensor's type
  /// @throws IllegalArgumentException if there are no bins, the bounds are in the wrong order, or this is not floating
  default Tensor histc(int bins, double low, double high) {
    return Counting.histogram(self(), bins, low, high);
  }

  /// Where values would have to be inserted into rows in ascending order, this tensor, to keep the order: `torch.searchsorted`.
  /// NaN stand behind all numbers.
  /// ```java
  /// Tensor.of(1, 3, 5).searchsorted(Tensor.of(0, 3, 9), false);   // [0 1 3]
  /// ```
  /// @param values (..., m) for rows (..., n); any shape for a vector
  /// @param right whether behind equal elements, not in front of them
  /// @return int64 of the values' shape
  /// @throws IllegalArgumentException if the leading axes differ
  default Tensor searchsorted(Tensor values, boolean right) {
    Tensor rows = self();
    boolean fits = rows.rank() == 1
        || rows.rank() == values.rank() && rows.rank() > 0 && rows.shape().with(-1, 1).equals(values.shape().with(-1, 1));
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "searchsorted: values %s do not fit rows %s; all axes but the last must be the same",
              values.shape(), rows.shape()));
    }
    return BinarySearch.places(rows, values, right);
  }

  /// In which part of a line each element lies, cut at boundaries in ascending order: `torch.bucketize`.
  /// ```java
  /// Tensor.of(0, 3, 9).bucketize(Tensor.of(1, 3, 5), false);   // [0 1 3]
  /// ```
  /// @param boundaries a vector
  /// @param right whether an element on a boundary belongs to the part behind it
  /// @return int64 of this shape
  /// @throws IllegalArgumentException if the boundaries are no vector
  default Tensor bucketize(Tensor boundaries, boolean right) {
    if (boundaries.rank() != 1) {
      throw new IllegalArgumentException("bucketize: boundaries are a vector, not " + boundaries.shape());
    }
    return boundaries.searchsorted(self(), right);
  }

  /// The value below which the part `q` of the elements along an axis lies, which disappears; NaN if there is one: `torch.quantile`.
  /// ```java
  /// Tensor.of(1f, 2f, 4f).quantile(0.75, 0);   // 3.0
  /// ```
  /// @param q 0..1
  default Tensor quantile(double q, int axis) {
    return quantile(new double[] {q}, axis, QuantileMode.LINEAR).squeeze(0);
  }

  /// [#quantile(double, int)] of several parts, which stand along a new first axis.
  /// @throws IllegalArgumentException if a part is not in 0..1, or the axis has no elements
  default Tensor quantile(double[] q, int axis, QuantileMode mode) {
    return Quantiles.of("quantile", self(), q, axis, mode, false);
  }

  /// [#quantile(double, int)] of the elements that are not NaN: `torch.nanquantile`.
  /// ```java
  /// Tensor.of(1f, Float.NaN, 4f).nanquantile(0.5, 0);   // 2.5
  /// ```
  default Tensor nanquantile(double q, int axis) {
    return nanquantile(new double[] {q}, axis, QuantileMode.LINEAR).squeeze(0);
  }

  /// [#nanquantile(double, int)] of several parts, which stand along a new first axis.
  /// @throws IllegalArgumentException if a part is not in 0..1, or the axis has no elements
  default Tensor nanquantile(double[] q, int axis, QuantileMode mode) {
    return Quantiles.of("nanquantile", self(), q, axis, mode, true);
  }

  /// The middle of the elements along an axis that are not NaN; of two the lower: the values of `torch.nanmedian`.
  /// ```java
  /// Tensor.of(1f, Float.NaN, 4f).nanmedian(0);   // 1.0
  /// ```
  default Tensor nanmedian(int axis) {
    return nanquantile(new double[] {0.5}, axis, QuantileMode.LOWER).squeeze(0);
  }

  /// The sum without NaN, over all or some axes: `torch.nansum`.
  /// ```java
  /// Tensor.of(1f, Float.NaN, 4f).nansum();   // 5.0
  /// ```
  default Tensor nansum(int... axes) {
    return self().dtype().isFloating() ? self().isNan().where(0, self()).sum(axes) : self().sum(axes);
  }

  /// The mean without NaN, over all or some axes; NaN where there is nothing else: `torch.nanmean`.
  /// ```java
  /// Tensor.of(1f, Float.NaN, 4f).nanmean();   // 2.5
  /// ```
  default Tensor nanmean(int... axes) {
    return Precision.compute(self(), x -> x.nansum(axes).div(x.isNan().logicalNot().sum(axes)));
  }

  /// How variables vary together, one a row, one observation a column: `torch.cov`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 2}, {2, 0}}).cov(1);   // [[ 2. -2.]
  ///                                                     //  [-2.  2.]]
  /// ```
  /// @param correction what is taken from the number of observations before dividing by it
  /// @return (variables, variables); of one variable its variance, a scalar
  /// @throws IllegalArgumentException for more than two axes
  default Tensor cov(int correction) {
    if (self().rank() > 2) {
      throw new IllegalArgumentException("cov: takes (variables, observations), not " + self().shape());
    }
    return Precision.compute(self(), x -> {
      Tensor rows = x.rank() == 2 ? x : x.reshape(1, -1);
      Tensor centred = Moments.of(rows, -1).centred();
      Tensor products = centred.matmul(centred.t()).div(Math.max(0, rows.size(1) - correction));
      return products.squeeze();
    });
  }

  /// [#cov] as correlations in -1..1: `torch.corrcoef`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 2}, {2, 0}}).corrcoef();   // [[ 1. -1.]
  ///                                                         //  [-1.  1.]]
  /// ```
  default Tensor corrcoef() {
    return Precision.compute(self(), x -> {
      Tensor cov = x.cov(1);
      if (cov.rank() == 0) {
        return cov.div(cov);
      }
      Tensor deviation = cov.diagonal().sqrt();
      return cov.div(deviation.unsqueeze(1)).div(deviation).clamp(-1, 1);
    });
  }

  /// The area under a line through points at a distance of `dx`, along an axis, which disappears: `torch.trapezoid`.
  /// ```java
  /// Tensor.of(0f, 1f, 4f).trapezoid(0.5, 0);   // 1.5
  /// ```
  default Tensor trapezoid(double dx, int axis) {
    return Counting.trapezoids(self(), axis).mul(dx).sum(axis);
  }

  /// The areas under [#trapezoid]'s line up to each point but the first: `torch.cumulative_trapezoid`.
  /// ```java
  /// Tensor.of(0f, 2f, 4f).cumulativeTrapezoid(1, 0);   // [1. 4.]
  /// ```
  default Tensor cumulativeTrapezoid(double dx, int axis) {
    return Counting.trapezoids(self(), axis).mul(dx).cumsum(axis);
  }

  /// Whether each element is one of others, of which NaN is none: `torch.isin`. Of many it is found by binary search.
  /// ```java
  /// Tensor.of(1, 2, 3).isIn(Tensor.of(3, 1));   // [ True False  True]
  /// ```
  default Tensor isIn(Tensor elements) {
    return Membership.of(self(), elements.flatten());
  }
}
