package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;

/// Many elements to one: sums, extremes, statistics.
///
/// Each method reduces over all axes (none given), one or several; negative axes count from the last. Reduced axes
/// disappear, or stay with size 1 where `keepDim` is true.
sealed interface Reductions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The sum of all elements, a scalar. float16 and bfloat16 are summed in float32 and rounded once; integers and
  /// bools sum to int64. The sum of nothing is 0. PyTorch's `sum`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 2}, {3, 4}}).sum();     // 10.0
  /// Tensor.of(new float[][] {{1, 2}, {3, 4}}).sum(-1);   // [3. 7.]
  /// ```
  default Tensor sum() {
    return Reducing.sum(self(), Reducing.ALL, false);
  }

  /// The sum over axes, which disappear.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor sum(int... axes) {
    return Reducing.sum(self(), axes, false);
  }

  /// The sum over one axis.
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor sum(int axis, boolean keepDim) {
    return Reducing.sum(self(), new int[] {axis}, keepDim);
  }

  /// The sum over several axes.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor sum(int[] axes, boolean keepDim) {
    return Reducing.sum(self(), axes, keepDim);
  }

  /// The mean of all elements; of integers and bools in float32; NaN of nothing. PyTorch's `mean`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 2}, {3, 4}}).mean(0);   // [2. 3.]
  /// ```
  default Tensor mean() {
    return Reducing.mean(self(), Reducing.ALL, false);
  }

  /// The mean over axes, which disappear.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor mean(int... axes) {
    return Reducing.mean(self(), axes, false);
  }

  /// The mean over one axis.
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor mean(int axis, boolean keepDim) {
    return Reducing.mean(self(), new int[] {axis}, keepDim);
  }

  /// The mean over several axes.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor mean(int[] axes, boolean keepDim) {
    return Reducing.mean(self(), axes, keepDim);
  }

  /// The product of all elements; integers and bools multiply to int64. The product of nothing is 1. PyTorch's `prod`.
  /// ```java
  /// Tensor.of(2, 3, 4).prod();   // 24
  /// ```
  default Tensor prod() {
    return Reducing.prod(self(), Reducing.ALL, false);
  }

  /// The product over axes, which disappear.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor prod(int... axes) {
    return Reducing.prod(self(), axes, false);
  }

  /// The product over one axis.
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor prod(int axis, boolean keepDim) {
    return Reducing.prod(self(), new int[] {axis}, keepDim);
  }

  /// As [#prod(int...)], with a choice of what becomes of the reduced axes.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor prod(int[] axes, boolean keepDim) {
    return Reducing.prod(self(), axes, keepDim);
  }

  /// The largest element; NaN if there is one. PyTorch's `amax`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 5}, {3, 4}}).max(1);   // [5. 4.]
  /// ```
  /// @throws IllegalArgumentException if there are no elements to choose from
  default Tensor max() {
    return Reducing.extreme("max", OpCode.MAX, self(), Reducing.ALL, false);
  }

  /// The largest over axes, which disappear. Values only: [Reductions#argmax(int)] says where.
  /// @throws IllegalArgumentException if an axis has no elements or is named twice
  default Tensor max(int... axes) {
    return Reducing.extreme("max", OpCode.MAX, self(), axes, false);
  }

  /// The largest over one axis.
  /// @throws IllegalArgumentException if the axis has no elements
  default Tensor max(int axis, boolean keepDim) {
    return Reducing.extreme("max", OpCode.MAX, self(), new int[] {axis}, keepDim);
  }

  /// The largest over several axes.
  /// @throws IllegalArgumentException if an axis has no elements or is named twice
  default Tensor max(int[] axes, boolean keepDim) {
    return Reducing.extreme("max", OpCode.MAX, self(), axes, keepDim);
  }

  /// The smallest element; NaN if there is one. PyTorch's `amin`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 5}, {3, 4}}).min(1, true);   // [[1.]
  ///                                                           //  [3.]]
  /// ```
  /// @throws IllegalArgumentException if there are no elements to choose from
  default Tensor min() {
    return Reducing.extreme("min", OpCode.MIN, self(), Reducing.ALL, false);
  }

  /// The smallest over axes, which disappear.
  /// @throws IllegalArgumentException if an axis has no elements or is named twice
  default Tensor min(int... axes) {
    return Reducing.extreme("min", OpCode.MIN, self(), axes, false);
  }

  /// The smallest over one axis.
  /// @throws IllegalArgumentException if the axis has no elements
  default Tensor min(int axis, boolean keepDim) {
    return Reducing.extreme("min", OpCode.MIN, self(), new int[] {axis}, keepDim);
  }

  /// The smallest over several axes.
  /// @throws IllegalArgumentException if an axis has no elements or is named twice
  default Tensor min(int[] axes, boolean keepDim) {
    return Reducing.extreme("min", OpCode.MIN, self(), axes, keepDim);
  }

  /// Where the largest element is, counted in row-major order: an int64 scalar. The first one if there are several;
  /// NaN counts as largest. PyTorch's `argmax`.
  /// ```java
  /// Tensor.of(1f, 7f, 7f).argmax();   // 1
  /// ```
  default Tensor argmax() {
    return self().flatten().argmax(0, false);
  }

  /// Where along an axis the largest is, int64.
  default Tensor argmax(int axis) {
    return argmax(axis, false);
  }

  /// Where along an axis the largest is, int64; the axis may stay with size 1.
  /// @throws IllegalArgumentException if the axis has no elements
  default Tensor argmax(int axis, boolean keepDim) {
    return Reducing.position("argmax", OpCode.MAX, self(), axis, keepDim);
  }

  /// Where the smallest element is, counted in row-major order: an int64 scalar. PyTorch's `argmin`.
  /// ```java
  /// Tensor.of(new float[][] {{1, 5}, {4, 3}}).argmin(1);   // [0 1]
  /// ```
  default Tensor argmin() {
    return self().flatten().argmin(0, false);
  }

  /// Where along an axis the smallest is, int64.
  default Tensor argmin(int axis) {
    return argmin(axis, false);
  }

  /// Where along an axis the smallest is, int64; the axis may stay with size 1.
  /// @throws IllegalArgumentException if the axis has no elements
  default Tensor argmin(int axis, boolean keepDim) {
    return Reducing.position("argmin", OpCode.MIN, self(), axis, keepDim);
  }

  /// The variance of all elements, divided by their number minus 1. PyTorch's `var`.
  /// ```java
  /// Tensor.of(1f, 3f, 5f).var();   // 4.0
  /// ```
  default Tensor var() {
    return Reducing.variance(self(), Reducing.ALL, 1, false);
  }

  /// The variance over axes, which disappear, divided by the number of elements minus 1.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor var(int... axes) {
    return Reducing.variance(self(), axes, 1, false);
  }

  /// The variance over axes.
  /// @param correction what is taken from the number of elements before dividing by it: 1 for a sample's,
  ///     0 for a population's
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor var(int[] axes, int correction, boolean keepDim) {
    return Reducing.variance(self(), axes, correction, keepDim);
  }

  /// The variance over one axis, with a correction as in [#var(int[], int, boolean)].
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor var(int axis, int correction, boolean keepDim) {
    return Reducing.variance(self(), new int[] {axis}, correction, keepDim);
  }

  /// The standard deviation of all elements: the root of [#var()]. PyTorch's `std`.
  /// ```java
  /// Tensor.of(1f, 3f, 5f).std();   // 2.0
  /// ```
  default Tensor std() {
    return var().sqrt();
  }

  /// The standard deviation over axes, which disappear.
  default Tensor std(int... axes) {
    return var(axes).sqrt();
  }

  /// The standard deviation over axes, with a correction as in [#var(int[], int, boolean)].
  default Tensor std(int[] axes, int correction, boolean keepDim) {
    return var(axes, correction, keepDim).sqrt();
  }

  /// The standard deviation over one axis, with a correction as in [#var(int[], int, boolean)].
  default Tensor std(int axis, int correction, boolean keepDim) {
    return var(axis, correction, keepDim).sqrt();
  }

  /// Whether any element is true (or not 0), as bool; false of nothing. PyTorch's `any`.
  /// ```java
  /// Tensor.of(false, true).any();   // True
  /// ```
  default Tensor any() {
    return Reducing.over(self().toBool(), OpCode.MAX, Reducing.ALL, false);
  }

  /// Whether any over the axes is true.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor any(int... axes) {
    return Reducing.over(self().toBool(), OpCode.MAX, axes, false);
  }

  /// Whether any over one axis is true.
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor any(int axis, boolean keepDim) {
    return Reducing.over(self().toBool(), OpCode.MAX, new int[] {axis}, keepDim);
  }

  /// As [#any(int...)], with a choice of what becomes of the reduced axes.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor any(int[] axes, boolean keepDim) {
    return Reducing.over(self().toBool(), OpCode.MAX, axes, keepDim);
  }

  /// Whether all elements are true (or not 0), as bool; true of nothing. PyTorch's `all`.
  /// ```java
  /// Tensor.of(1, 0, 2).all();   // False
  /// ```
  default Tensor all() {
    return Reducing.over(self().toBool(), OpCode.MIN, Reducing.ALL, false);
  }

  /// Whether all over the axes are true.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor all(int... axes) {
    return Reducing.over(self().toBool(), OpCode.MIN, axes, false);
  }

  /// Whether all over one axis are true.
  /// @throws IndexOutOfBoundsException if there is no such axis
  default Tensor all(int axis, boolean keepDim) {
    return Reducing.over(self().toBool(), OpCode.MIN, new int[] {axis}, keepDim);
  }

  /// As [#all(int...)], with a choice of what becomes of the reduced axes.
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor all(int[] axes, boolean keepDim) {
    return Reducing.over(self().toBool(), OpCode.MIN, axes, keepDim);
  }

  /// How many elements are not 0 (or true), over all or some axes, int64. PyTorch's `count_nonzero`.
  /// ```java
  /// Tensor.of(1, 0, 3).countNonzero();   // 2
  /// ```
  /// @throws IllegalArgumentException if an axis is named twice
  default Tensor countNonzero(int... axes) {
    return Reducing.sum(self().toBool(), axes, false);
  }
}
