package org.teenygrad;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A linear function of an index, `offset + sum(strides * index)`, and what movement operations make of it: how [Layout] is found.
record Places(Shape shape, long[] strides, long offset) {

  /// The layout of a chain of movements over what is not one; empty where some element has no place by one stride for each axis, as after
  /// a RESHAPE across a transposed matrix's rows, or none at all, as the zeros of a PAD.
  static Optional<Layout> layout(OpNode root) {
    Deque<OpNode> movements = new ArrayDeque<>();
    OpNode base = root;
    while (base.op().isMovement() || base.is(OpCode.DETACH)) {
      movements.push(base);
      base = base.input(0);
    }
    Places memory = new Places(base.shape(), base.shape().strides(), 0);
    // The position along each padded axis is such a function, too. Slices may cut the padding off: only the end tells.
    List<Padded> padded = new ArrayList<>();
    for (OpNode movement : movements) {
      memory = memory == null ? null : memory.moved(movement);
      padded.replaceAll(pad -> new Padded(pad.place() == null ? null : pad.place().moved(movement), pad.size()));
      if (movement.is(OpCode.PAD)) {
        for (int axis = 0; axis < movement.shape().rank(); axis++) {
          long[] one = new long[movement.shape().rank()];
          one[axis] = 1;
          padded.add(new Padded(new Places(movement.shape(), one, -movement.payload(Bounds.class).first(axis)),
              movement.input(0).shape().size(axis)));
        }
      }
    }
    return memory != null && padded.stream().allMatch(Padded::holdsNoZeros)
        ? Optional.of(new Layout(memory.shape, LongStream.of(memory.strides).boxed().toList(), memory.offset))
        : Optional.empty();
  }

  /// The position on an axis of `size` elements around which a PAD put zeros.
  private record Padded(@Nullable Places place, int size) {
    boolean holdsNoZeros() {
      if (place == null) {
        return false;
      }
      long least = place.offset;
      long greatest = place.offset;
      for (int axis = 0; axis < place.strides.length; axis++) {
        long reach = place.strides[axis] * (place.shape.size(axis) - 1L);
        least += Math.min(0, reach);
        greatest += Math.max(0, reach);
      }
      return place.shape.elements() == 0 || least >= 0 && greatest < size;
    }
  }

  /// The same function of the result's index; null if it is not linear.
  private @Nullable Places moved(OpNode movement) {
    Shape to = movement.shape();
    long[] moved = strides.clone();
    long start = offset;
    switch (movement.op()) {
      case RESHAPE -> {
        return reshaped(to);
      }
      case PERMUTE -> {
        List<?> order = movement.payload(List.class);
        for (int axis = 0; axis < moved.length; axis++) {
          moved[axis] = strides[(Integer) order.get(axis)];
        }
      }
      case EXPAND -> {
        for (int axis = 0; axis < moved.length; axis++) {
          moved[axis] = shape.size(axis) == to.size(axis) ? strides[axis] : 0;
        }
      }
      case SHRINK, PAD -> {
        for (int axis = 0; axis < moved.length; axis++) {
          int first = movement.payload(Bounds.class).first(axis);
          start += strides[axis] * (movement.is(OpCode.PAD) ? -first : first);
        }
      }
      case FLIP -> {
        for (Object axis : movement.payload(List.class)) {
          int i = (Integer) axis;
          start += strides[i] * (shape.size(i) - 1L);
          moved[i] = -strides[i];
        }
      }
      default -> {
        // DETACH moves nothing.
      }
    }
    return new Places(to, moved, start);
  }

  /// Axes that lie in each other evenly (stride of the outer = stride times size of the inner) are one run of elements; the new axes must
  /// each fit into one run.
  private @Nullable Places reshaped(Shape to) {
    if (to.elements() == 0) {
      return new Places(to, to.strides(), offset);
    }
    long[] result = new long[to.rank()];
    Arrays.fill(result, 1);
    int axis = to.rank() - 1;
    int inner = shape.rank() - 1;
    while (inner >= 0) {
      long run = shape.size(inner);
      long stride = strides[inner];
      int outer = inner - 1;
      while (outer >= 0 && (shape.size(outer) == 1 || run == 1 || strides[outer] == stride * run)) {
        stride = run == 1 ? strides[outer] : stride;
        run *= shape.size(outer--);
      }
      while (axis >= 0 && (run > 1 || to.size(axis) == 1)) {
        if (run % to.size(axis) != 0) {
          return null;
        }
        result[axis] = stride;
        stride *= to.size(axis);
        run /= to.size(axis--);
      }
      if (run > 1) {
        return null;
      }
      inner = outer;
    }
    return new Places(to, result, offset);
  }
}
