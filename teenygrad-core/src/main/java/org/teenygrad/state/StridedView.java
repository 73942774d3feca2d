package org.teenygrad.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.state.PickledValue.View;

/// A tensor by offset and strides into a row of elements, as an expression: nothing is copied.
final class StridedView {
  private StridedView() {}

  /// The elements between the first and the last that a view uses.
  record Reach(long begin, long elements, boolean rowMajor) {
    /// Whether these are the view's elements in its own order.
    boolean isWhole(Shape shape) {
      return rowMajor && elements == shape.elements();
    }
  }

  /// Checks that a view stays within its storage, and that there are tensors of its shape.
  /// @throws IllegalArgumentException if not
  static Shape requireInside(View view) {
    TorchStorage storage = view.storage();
    Shape shape = StoredTensor.shape(view.shape());
    long first = Math.multiplyExact(storage.start(), storage.type().bits / 8L) / (view.type().bits / 8);
    long available = (storage.start() + storage.length()) * (storage.type().bits / 8) / (view.type().bits / 8) - first;
    if (view.strides().size() != shape.rank()) {
      throw new IllegalArgumentException("it has " + shape.rank() + " sizes and " + view.strides().size() + " strides");
    }
    try {
      long last = view.offset();
      for (int axis = 0; axis < shape.rank(); axis++) {
        last = Math.addExact(last, Math.multiplyExact(Math.max(0L, shape.size(axis) - 1L), view.strides().get(axis)));
      }
      if (view.offset() >= 0 && (shape.elements() == 0 ? view.offset() <= available : last < available)) {
        return shape;
      }
    } catch (ArithmeticException e) {
      // Below: far outside.
    }
    throw new IllegalArgumentException(
        String.format(Locale.ROOT,
            "its shape %s, strides %s and offset %d reach outside the %d elements of its storage",
            shape, view.strides(), view.offset(), available));
  }

  /// What a checked view uses of the whole storage.
  static Reach reach(View view) {
    TorchStorage storage = view.storage();
    long begin = storage.start() * (storage.type().bits / 8) / (view.type().bits / 8) + view.offset();
    long last = 0;
    long step = 1;
    boolean rowMajor = true;
    for (int axis = view.shape().size() - 1; axis >= 0; axis--) {
      long size = view.shape().get(axis);
      if (size == 0) {
        return new Reach(0, 0, true);
      }
      last += (size - 1) * view.strides().get(axis);
      rowMajor &= size == 1 || view.strides().get(axis) == step;
      step *= size;
    }
    return new Reach(begin, last + 1, rowMajor);
  }

  /// The elements of `row` from `offset` on.
  static Tensor of(Tensor row, long offset, Shape shape, List<Long> strides) {
    List<Integer> moving = new ArrayList<>();
    int[] ones = new int[shape.rank()];
    Arrays.fill(ones, 1);
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.size(axis) > 1 && strides.get(axis) > 0) {
        moving.add(axis);
        ones[axis] = shape.size(axis);
      }
    }
    if (shape.elements() == 0) {
      return row.slice(0, 0, 0).reshape(shape);
    }
    Tensor dense = dense(row, (int) offset, shape, strides, moving);
    Tensor moved = dense != null ? dense : gathered(row, offset, shape, strides, moving);
    return moved.reshape(Shape.of(ones)).broadcastTo(shape);
  }

  /// The moving axes as a permutation of adjacent elements, if they are one.
  private static @Nullable Tensor dense(
      Tensor row, int offset, Shape shape, List<Long> strides, List<Integer> moving) {
    List<Integer> outermostFirst = new ArrayList<>(moving);
    outermostFirst.sort(Comparator.comparingLong((Integer axis) -> -strides.get(axis)));
    long step = 1;
    for (int axis : outermostFirst.reversed()) {
      if (strides.get(axis) != step) {
        return null;
      }
      step *= shape.size(axis);
    }
    int[] sizes = outermostFirst.stream().mapToInt(shape::size).toArray();
    int[] order = moving.stream().mapToInt(outermostFirst::indexOf).toArray();
    return row.slice(0, offset, offset + (int) step).reshape(Shape.of(sizes)).permute(order);
  }

  private static Tensor gathered(Tensor row, long offset, Shape shape, List<Long> strides, List<Integer> moving) {
    Tensor index = Tensor.full(Shape.SCALAR, offset, DType.INT64);
    for (int axis : moving) {
      Tensor along = Tensor.arange(shape.size(axis), DType.INT64).mul(strides.get(axis));
      index = index.unsqueeze(-1).add(along);
    }
    return row.take(index);
  }
}
