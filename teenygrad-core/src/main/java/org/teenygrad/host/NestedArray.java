package org.teenygrad.host;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;

/// A Java array of arrays of primitives, flattened.
public record NestedArray(Object flat, Shape shape) {

  /// @throws IllegalArgumentException if rows differ in length, or elements are no numbers or booleans
  public static NestedArray of(Object[] nested) {
    Class<?> element = nested.getClass();
    int rank = 0;
    for (; element.isArray(); element = element.getComponentType()) {
      rank++;
    }
    if (!element.isPrimitive()) {
      throw new IllegalArgumentException(
          "of: arrays of " + element.getSimpleName() + "; there are float, double, int, long and boolean");
    }
    List<Integer> sizes = new ArrayList<>();
    Object first = nested;
    for (int axis = 0; axis < rank; axis++) {
      sizes.add(first == null ? 0 : Array.getLength(first));
      first = axis + 1 < rank && sizes.getLast() > 0 ? Array.get(first, 0) : null;
    }
    Shape shape = Shape.of(sizes);
    Object flat = Array.newInstance(element, Math.toIntExact(shape.elements()));
    copy(nested, 0, 0, shape, flat);
    return new NestedArray(flat, shape);
  }

  private static void copy(@Nullable Object part, int axis, long offset, Shape shape, Object flat) {
    int length = part == null ? -1 : Array.getLength(part);
    if (part == null || length != shape.size(axis)) {
      throw new IllegalArgumentException(
          "of: rows of axis " + axis + " differ: one has " + shape.size(axis) + " elements, another "
              + (part == null ? "is null" : "has " + length));
    }
    if (axis == shape.rank() - 1) {
      System.arraycopy(part, 0, flat, (int) offset, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      copy(Array.get(part, i), axis + 1, offset + i * shape.strides()[axis], shape, flat);
    }
  }
}
