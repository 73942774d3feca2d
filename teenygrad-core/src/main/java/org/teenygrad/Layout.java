package org.teenygrad;

import java.util.Arrays;
import java.util.List;

/// Where the elements of a view lie in the memory of the tensor that it looks at: the one at `(i, j, ...)` at position
/// `offset + i * strides(0) + j * strides(1) + ...`.
///
/// ```java
/// var x = Tensor.arange(6).reshape(2, 3);
/// x.layout().orElseThrow();               // Layout[shape=(2, 3), strides=[3, 1], offset=0]
/// x.t().layout().orElseThrow();           // Layout[shape=(3, 2), strides=[1, 3], offset=0]
/// x.flip(1).layout().orElseThrow();       // Layout[shape=(2, 3), strides=[3, -1], offset=2]
/// ```
///
/// @param shape of the view
/// @param strides how many elements of the memory lie between neighbours on each axis: negative where an axis runs
///     backwards, 0 where it repeats
/// @param offset the position of the element whose indices are all 0
public record Layout(Shape shape, List<Long> strides, long offset) {

  /// @throws IllegalArgumentException if there is not one stride for each axis
  public Layout {
    strides = List.copyOf(strides);
    if (strides.size() != shape.rank()) {
      throw new IllegalArgumentException("strides " + strides + " for shape " + shape + "; each axis needs one");
    }
  }

  /// The position in memory of an element.
  /// ```java
  /// Tensor.arange(6).reshape(2, 3).t().layout().orElseThrow().position(2, 1);   // 5
  /// ```
  /// @param index one for each axis, not negative
  /// @throws IndexOutOfBoundsException if there is no such element
  public long position(int... index) {
    boolean inside = index.length == shape.rank();
    long position = offset;
    for (int axis = 0; inside && axis < index.length; axis++) {
      inside = index[axis] >= 0 && index[axis] < shape.size(axis);
      position += index[axis] * strides.get(axis);
    }
    if (!inside) {
      throw new IndexOutOfBoundsException("no element " + Arrays.toString(index) + " in a tensor of shape " + shape);
    }
    return position;
  }

  /// Whether the elements follow each other in memory in their own order, without gaps: PyTorch's `is_contiguous`. A
  /// copy is; a view may be.
  /// ```java
  /// Tensor.arange(6).reshape(2, 3).t().layout().orElseThrow().isRowMajor();   // false
  /// ```
  public boolean isRowMajor() {
    long[] dense = shape.strides();
    for (int axis = 0; axis < dense.length; axis++) {
      if (shape.size(axis) > 1 && strides.get(axis) != dense[axis]) {
        return shape.elements() == 0;
      }
    }
    return true;
  }
}
