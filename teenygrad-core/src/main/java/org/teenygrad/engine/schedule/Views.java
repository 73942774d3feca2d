package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpNode;

/// Movement operations as index arithmetic: from the index of an element of the result to that of the input.
public final class Views {
  private Views() {}

  /// The index into the input of a movement node, given one into its result.
  /// @throws IllegalArgumentException if it is no movement
  public static List<OpNode> inputIndex(IndexAlgebra algebra, OpNode movement, List<OpNode> index) {
    OpNode input = movement.input(0);
    return switch (movement.op()) {
      case RESHAPE -> reshape(algebra, input.shape(), movement.shape(), index);
      case EXPAND -> {
        List<OpNode> result = new ArrayList<>(index);
        for (int axis = 0; axis < result.size(); axis++) {
          if (input.shape().size(axis) == 1) {
            result.set(axis, IndexAlgebra.ZERO);
          }
        }
        yield result;
      }
      case PERMUTE -> {
        List<?> order = movement.payload(List.class);
        List<OpNode> result = new ArrayList<>(index);
        for (int axis = 0; axis < order.size(); axis++) {
          result.set((Integer) order.get(axis), index.get(axis));
        }
        yield result;
      }
      case PAD, SHRINK -> {
        Bounds bounds = movement.payload(Bounds.class);
        List<OpNode> result = new ArrayList<>(index);
        for (int axis = 0; axis < result.size(); axis++) {
          long shift = movement.is(org.teenygrad.engine.ir.OpCode.PAD) ? -bounds.first(axis) : bounds.first(axis);
          result.set(axis, algebra.add(index.get(axis), shift));
        }
        yield result;
      }
      case FLIP -> {
        List<OpNode> result = new ArrayList<>(index);
        for (Object axis : movement.payload(List.class)) {
          int i = (Integer) axis;
          result.set(i, algebra.subtract(IndexAlgebra.constant(input.shape().size(i) - 1L), index.get(i)));
        }
        yield result;
      }
      default -> throw new IllegalArgumentException(movement + " is no movement");
    };
  }

  /// Where an index into the result of a PAD stands for an element of the input.
  static OpNode inside(IndexAlgebra algebra, OpNode pad, List<OpNode> index) {
    Bounds zeros = pad.payload(Bounds.class);
    Shape shape = pad.shape();
    OpNode inside = IndexAlgebra.TRUE;
    for (int axis = 0; axis < index.size(); axis++) {
      OpNode i = index.get(axis);
      if (zeros.first(axis) > 0) {
        inside = algebra.and(inside, algebra.less(IndexAlgebra.constant(zeros.first(axis) - 1L), i));
      }
      if (zeros.second(axis) > 0) {
        inside = algebra.and(inside, algebra.less(i, IndexAlgebra.constant(shape.size(axis) - (long) zeros.second(axis))));
      }
    }
    return inside;
  }

  /// Regroups axes: neighbouring axes of equal products are taken together, so that `(B, T, C)` to `(B, T, H, D)` divides
  /// the last index alone.
  private static List<OpNode> reshape(IndexAlgebra algebra, Shape from, Shape to, List<OpNode> index) {
    OpNode[] result = new OpNode[from.rank()];
    int fromEnd = from.rank();
    int toEnd = to.rank();
    while (fromEnd > 0 || toEnd > 0) {
      int fromStart = fromEnd;
      int toStart = toEnd;
      long fromSize = 1;
      long toSize = 1;
      do {
        if (fromStart > 0 && (fromSize <= toSize || toStart == 0)) {
          fromSize *= from.size(--fromStart);
        } else {
          toSize *= to.size(--toStart);
        }
      } while (fromSize != toSize);
      OpNode offset = IndexAlgebra.ZERO;
      long stride = 1;
      for (int axis = toEnd - 1; axis >= toStart; axis--) {
        offset = algebra.add(offset, algebra.multiply(index.get(axis), stride));
        stride *= to.size(axis);
      }
      for (int axis = fromEnd - 1; axis >= fromStart; axis--) {
        int size = from.size(axis);
        result[axis] = size == 1 ? IndexAlgebra.ZERO : axis == fromStart ? offset : algebra.remainder(offset, size);
        offset = algebra.divide(offset, size);
      }
      fromEnd = fromStart;
      toEnd = toStart;
    }
    return List.of(result);
  }
}
