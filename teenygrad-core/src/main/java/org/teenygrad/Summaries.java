package org.teenygrad;

import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Medians and where they are, weighted covariances, slopes and areas of sampled functions.
sealed interface Summaries permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The middle element along an axis, which disappears, and where it is; of two the lower, of equal ones the first in order, and
  /// NaN where there is one: `torch.median(dim=axis)`.
  /// ```java
  /// Tensor.of(3f, 1f, 2f, 9f).medianWithIndices(0).indices();   // 2
  /// ```
  /// @throws IllegalArgumentException if the axis has no elements
  default Sorted medianWithIndices(int axis) {
    return Medians.of("medianWithIndices", self(), axis, false);
  }

  /// [#medianWithIndices] of the elements that are not NaN: `torch.nanmedian(dim=axis)`.
  /// ```java
  /// Tensor.of(1f, Float.NaN, 4f).nanmedianWithIndices(0).indices();   // 0
  /// ```
  /// @throws IllegalArgumentException if the axis has no elements
  default Sorted nanmedianWithIndices(int axis) {
    return Medians.of("nanmedianWithIndices", self(), axis, true);
  }

  /// The standard deviation and the mean: `torch.std_mean`.
  /// ```java
  /// Tensor.of(1f, 3f).stdMean(new int[] {0}, 0, false).spread();   // 1.0
  /// ```
  /// @param correction what is taken from the number of elements before dividing by it
  default Spread stdMean(int[] axes, int correction, boolean keepDim) {
    return new Spread(self().std(axes, correction, keepDim), self().mean(axes, keepDim));
  }

  /// The variance and the mean: `torch.var_mean`.
  /// ```java
  /// Tensor.of(1f, 5f).varMean(new int[] {0}, 0, false).spread();   // 4.0
  /// ```
  /// @param correction what is taken from the number of elements before dividing by it
  default Spread varMean(int[] axes, int correction, boolean keepDim) {
    return new Spread(self().var(axes, correction, keepDim), self().mean(axes, keepDim));
  }

  /// [Statistics#cov(int)] of observations that count several times, or more than others: `torch.cov(fweights=..., aweights=...)`.
  /// ```java
  /// Tensor.of(new float[][] {{0, 2}}).cov(1, Tensor.of(1, 3), null);   // 1.0
  /// ```
  /// @param times integers, how often each observation occurred; null for once
  /// @param weights how much each counts; null for 1
  /// @throws IllegalArgumentException for more than two axes, or weights that are no vectors of a number for each observation
  default Tensor cov(int correction, @Nullable Tensor times, @Nullable Tensor weights) {
    return Covariance.of(self(), correction, times, weights);
  }

  /// The area under a line through points at these places, along an axis, which disappears: `torch.trapezoid(x=...)`.
  /// ```java
  /// Tensor.of(0f, 1f, 4f).trapezoid(Tensor.of(0f, 1f, 3f), 0);   // 5.5
  /// ```
  /// @param places a vector, or broadcasting with this tensor
  /// @throws IllegalArgumentException if the places do not fit
  default Tensor trapezoid(Tensor places, int axis) {
    return Slopes.areas(self(), places, axis).sum(axis);
  }

  /// The areas under [#trapezoid]'s line up to each point but the first: `torch.cumulative_trapezoid(x=...)`.
  /// ```java
  /// Tensor.of(0f, 1f, 4f).cumulativeTrapezoid(Tensor.of(0f, 1f, 3f), 0);   // [0.5 5.5]
  /// ```
  /// @throws IllegalArgumentException if the places do not fit
  default Tensor cumulativeTrapezoid(Tensor places, int axis) {
    return Slopes.areas(self(), places, axis).cumsum(axis);
  }

  /// The slope at each point of a function that is sampled at equal distances along an axis, from both neighbours:
  /// `torch.gradient(spacing=...)`.
  /// ```java
  /// Tensor.of(1f, 4f, 9f).gradient(1, 0, 1);   // [3. 4. 5.]
  /// ```
  /// @param edgeOrder 1: at the ends from one neighbour, 2: from two
  /// @throws IllegalArgumentException if the axis has not more elements than that, or for other orders
  default Tensor gradient(double spacing, int axis, int edgeOrder) {
    return Slopes.of(self(), null, spacing, axis, edgeOrder);
  }

  /// [#gradient(double, int, int)] of a function that is sampled at any places.
  /// ```java
  /// Tensor.of(1f, 4f, 16f).gradient(Tensor.of(1f, 2f, 4f), 0, 1);   // [3. 4. 6.]
  /// ```
  /// @param places a vector, one for each point
  /// @throws IllegalArgumentException if the axis has not more elements than the order, or not as many as there are places
  default Tensor gradient(Tensor places, int axis, int edgeOrder) {
    return Slopes.of(self(), places, 1, axis, edgeOrder);
  }

  /// Sums over the axes that broadcasting made of a smaller shape: PyTorch's `sum_to_size`.
  /// ```java
  /// Tensor.ones(2, 3).sumToSize(1, 3);   // [[2. 2. 2.]]
  /// ```
  /// @throws IllegalArgumentException if the shape does not broadcast to this one
  default Tensor sumToSize(int... shape) {
    Tensor x = self();
    int missing = x.rank() - shape.length;
    boolean fits = missing >= 0
        && IntStream.range(0, shape.length).allMatch(i -> shape[i] == x.size(missing + i) || shape[i] == 1);
    if (!fits) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "sumToSize: %s does not come from %s by broadcasting", x.shape(), Shape.of(shape)));
    }
    int[] axes = IntStream.range(0, x.rank()).filter(i -> i < missing || shape[i - missing] != x.size(i)).toArray();
    return axes.length == 0 ? x.alias() : x.sum(axes, true).reshape(shape);
  }
}
