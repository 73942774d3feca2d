package org.teenygrad.engine.runtime.interpreter;

import java.util.Arrays;
import java.util.List;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;

/// Where elements are: for every element of one tensor, in row-major order, its position in another.
final class Positions {
  private Positions() {}

  /// `offset + Σ index[axis] · strides[axis]` for every index of the shape.
  static int[] strided(Shape shape, long offset, long[] strides) {
    int[] positions = new int[Math.toIntExact(shape.elements())];
    int[] index = new int[shape.rank()];
    long position = offset;
    for (int i = 0; i < positions.length; i++) {
      positions[i] = (int) position;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        position += strides[axis];
        if (++index[axis] < shape.size(axis)) {
          break;
        }
        position -= strides[axis] * shape.size(axis);
        index[axis] = 0;
      }
    }
    return positions;
  }

  /// In the input of a PERMUTE, for each element of its output.
  static int[] permuted(Shape from, Shape to, List<?> order) {
    long[] strides = from.strides();
    return strided(
        to, 0, order.stream().mapToLong(axis -> strides[from.axis((Integer) axis)]).toArray());
  }

  /// In a tensor with axes of size 1, for each element of one where they are larger: of an EXPAND's
  /// input for its output, and of a REDUCE's output for its input.
  static int[] broadcast(Shape small, Shape large) {
    long[] strides = small.strides();
    for (int axis = 0; axis < strides.length; axis++) {
      if (small.size(axis) == 1) {
        strides[axis] = 0;
      }
    }
    return strided(large, 0, strides);
  }

  static int[] shrunk(Shape from, Shape to, Bounds part) {
    long[] strides = from.strides();
    long offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      offset += part.first(axis) * strides[axis];
    }
    return strided(to, offset, strides);
  }

  static int[] flipped(Shape shape, List<?> axes) {
    long[] strides = shape.strides();
    long offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      if (axes.contains(axis)) {
        offset += (shape.size(axis) - 1) * strides[axis];
        strides[axis] = -strides[axis];
      }
    }
    return strided(shape, offset, strides);
  }

  /// In the input of a PAD, for each element of its output; -1 where the output is 0.
  static int[] padded(Shape from, Shape to, Bounds zeros) {
    long[] strides = to.strides();
    long offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      offset += zeros.first(axis) * strides[axis];
    }
    int[] positions = new int[Math.toIntExact(to.elements())];
    Arrays.fill(positions, -1);
    int[] inside = strided(from, offset, strides);
    for (int i = 0; i < inside.length; i++) {
      positions[inside[i]] = i;
    }
    return positions;
  }

  /// In the indexed tensor of a GATHER or SCATTER, for each element of the index; -1 where an index is
  /// outside of it.
  static int[] indexed(Shape indexed, Shape indexShape, int axis, long[] index) {
    long[] strides = indexed.strides();
    long step = strides[axis];
    strides[axis] = 0;
    int[] positions = strided(indexShape, 0, strides);
    for (int i = 0; i < positions.length; i++) {
      boolean inside = index[i] >= 0 && index[i] < indexed.size(axis);
      positions[i] = inside ? (int) (positions[i] + index[i] * step) : -1;
    }
    return positions;
  }
}
