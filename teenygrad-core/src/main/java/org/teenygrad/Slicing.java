package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Parts of a tensor as views.
sealed interface Slicing permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// Python's subscript with typed parts; axes that are not named are taken whole.
  /// ```java
  /// x.index(Slice.ELLIPSIS, Slice.at(-1));   // x[..., -1]
  /// ```
  /// @throws IndexOutOfBoundsException if [Slice#at] is outside its axis, or there are more slices than axes
  default Tensor index(Slice... slices) {
    return Subscript.of(self().shape(), List.of(slices)).read(self());
  }

  /// Python's subscript as text: `x.index("1:, ..., ::-2, None, 3")` is `x[1:, ..., ::-2, None, 3]`.
  /// @throws IllegalArgumentException if the subscript is malformed or names more axes than there are
  default Tensor index(String subscript) {
    return Subscript.of(self().shape(), Slice.parse(subscript)).read(self());
  }

  /// The part that a subscript names, to be replaced: `x.at(Slice.from(1)).assign(v)` is `x[1:] = v`.
  /// ```java
  /// Tensor.of(1, 2, 3).at(Slice.of(0, 2)).with(0);   // [0 0 3]
  /// ```
  /// @throws IndexOutOfBoundsException as [#index(Slice...)]
  default Selection at(Slice... slices) {
    return new Selection(self(), Subscript.of(self().shape(), List.of(slices)));
  }

  /// [#at(Slice...)] of a subscript as text: `x.at("1:3, ::2").assign(v)` is `x[1:3, ::2] = v`.
  default Selection at(String subscript) {
    return at(Slice.parse(subscript).toArray(Slice[]::new));
  }

  /// [#at(Slice...)] of tensors of positions, or bool masks, for the leading axes: `x.at(mask).assign(0)` is `x[mask] = 0`.
  default Selection at(Tensor... positions) {
    return at(Arrays.stream(positions).map(Slice::at).toArray(Slice[]::new));
  }

  /// The part at these positions of the leading axes: `x.get(2, -1)` is `x[2, -1]`.
  /// ```java
  /// Tensor.arange(6).reshape(2, 3).get(1);   // [3 4 5]
  /// ```
  default Tensor get(int... positions) {
    return index(Arrays.stream(positions).mapToObj(Slice::at).toArray(Slice[]::new));
  }

  /// One position along an axis, which disappears. PyTorch's `select`.
  /// ```java
  /// Tensor.arange(6).reshape(2, 3).select(1, -1);   // [2 5]
  /// ```
  default Tensor select(int axis, int position) {
    return along(axis, Slice.at(position));
  }

  /// Positions `begin` to before `end` along an axis, as Python's `begin:end`.
  /// ```java
  /// Tensor.arange(6).slice(0, 1, 6, 2);   // [1 3 5]
  /// ```
  default Tensor slice(int axis, int begin, int end) {
    return along(axis, Slice.of(begin, end));
  }

  /// Every `step`-th position along an axis, as Python's `begin:end:step`.
  default Tensor slice(int axis, int begin, int end, int step) {
    return along(axis, Slice.of(begin, end).step(step));
  }

  /// `length` positions from `start` along an axis. PyTorch's `narrow`.
  /// ```java
  /// Tensor.arange(6).narrow(0, 2, 3);   // [2 3 4]
  /// ```
  /// @throws IndexOutOfBoundsException if the axis is shorter
  default Tensor narrow(int axis, int start, int length) {
    int size = self().size(axis);
    int begin = start < 0 ? start + size : start;
    if (begin < 0 || length < 0 || begin + (long) length > size) {
      throw new IndexOutOfBoundsException(
          "narrow: " + length + " positions from " + start + " of axis " + axis + " of shape " + self().shape());
    }
    return along(axis, Slice.of(begin, begin + length));
  }

  private Tensor along(int axis, Slice slice) {
    Slice[] slices = new Slice[self().shape().axis(axis) + 1];
    Arrays.fill(slices, Slice.ALL);
    slices[slices.length - 1] = slice;
    return index(slices);
  }

  /// Consecutive parts of that size along an axis; the last may be smaller. PyTorch's `split`.
  /// ```java
  /// Tensor.arange(5).split(2, 0).getLast();   // [4]
  /// ```
  /// @throws IllegalArgumentException if the size is below 1
  default List<Tensor> split(int size, int axis) {
    if (size <= 0) {
      throw new IllegalArgumentException("split: parts of " + size);
    }
    int whole = self().size(axis);
    int[] sizes = new int[Math.max(1, (int) (((long) whole + size - 1) / size))];
    Arrays.fill(sizes, size);
    sizes[sizes.length - 1] = whole - size * (sizes.length - 1);
    return split(sizes, axis);
  }

  /// Consecutive parts of these sizes along an axis, which they must fill.
  /// @throws IllegalArgumentException if the sizes do not add up to the axis
  default List<Tensor> split(int[] sizes, int axis) {
    if (Arrays.stream(sizes).asLongStream().sum() != self().size(axis)) {
      throw new IllegalArgumentException(
          "split: sizes " + Arrays.toString(sizes) + " do not add up to axis " + axis + " of shape " + self().shape());
    }
    List<Tensor> parts = new ArrayList<>();
    int begin = 0;
    for (int size : sizes) {
      parts.add(narrow(axis, begin, size));
      begin += size;
    }
    return parts;
  }

  /// At most `chunks` consecutive parts of one size along an axis; the last may be smaller. PyTorch's `chunk`.
  /// ```java
  /// Tensor.arange(5).chunk(2, 0).getLast();   // [3 4]
  /// ```
  /// @throws IllegalArgumentException if the number is below 1
  default List<Tensor> chunk(int chunks, int axis) {
    if (chunks <= 0) {
      throw new IllegalArgumentException("chunk: into " + chunks + " parts");
    }
    return split(Math.max(1, Math.ceilDiv(self().size(axis), chunks)), axis);
  }

  /// All positions along an axis, which disappears. PyTorch's `unbind`.
  /// ```java
  /// Tensor.arange(4).reshape(2, 2).unbind(0).getLast();   // [2 3]
  /// ```
  default List<Tensor> unbind(int axis) {
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < self().size(axis); i++) {
      parts.add(select(axis, i));
    }
    return parts;
  }
}
