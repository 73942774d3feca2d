package org.teenygrad.state;

import java.util.List;
import java.util.function.Supplier;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// A tensor of a file that nobody has asked for yet.
///
/// @param loader reads it; throws IllegalArgumentException if there are no tensors of its type
record StoredTensor(Shape shape, Supplier<Tensor> loader) {

  /// @throws IllegalArgumentException if an axis is longer than an axis of a tensor can be
  static Shape shape(List<Long> sizes) {
    for (long size : sizes) {
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("no tensor has the shape " + sizes);
      }
    }
    try {
      return Shape.of(sizes.stream().mapToInt(Long::intValue).toArray());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("no tensor has the shape " + sizes, e);
    }
  }
}
