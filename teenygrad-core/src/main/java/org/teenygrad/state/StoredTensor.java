package org.teenygrad.state;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// A tensor of a file that nobody has asked for yet.
///
/// @param loader reads it; throws IllegalArgumentException if there are no tensors of its type
record StoredTensor(Shape shape, Supplier<Tensor> loader) {

  /// PyTorch's limit, and that of NumPy.
  static final int MAX_AXES = 64;

  /// Of one file: models with more come in several.
  static final int MAX_TENSORS = 100_000;

  /// @throws IllegalArgumentException if an axis is longer than an axis of a tensor can be, or there are too many
  static Shape shape(List<Long> sizes) {
    requireAxes(sizes.size());
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

  /// @throws IllegalArgumentException if a file has more tensors than any model: 200,000 of no elements are a small file, and
  ///     take seconds
  static void requireCount(long tensors) {
    if (tensors > MAX_TENSORS) {
      throw new IllegalArgumentException("it has more than " + MAX_TENSORS + " tensors");
    }
  }

  /// @throws IllegalArgumentException if no reader takes a shape of so many axes
  static void requireAxes(int axes) {
    if (axes > MAX_AXES) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "a tensor has %d axes, but files have %d at most", axes, MAX_AXES));
    }
  }
}
