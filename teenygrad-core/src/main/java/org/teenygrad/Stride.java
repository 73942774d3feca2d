package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpCode;

/// Positions `first`, `first + step`... of an axis, `count` of them: to take what stands there, and to put it back.
record Stride(int first, int count, int step) {
  boolean isWhole(int size) {
    return first == 0 && count == size && step == 1;
  }

  /// The elements at these positions, a view. Steps over more than one are rows of a (count, step) matrix, of which the
  /// first column is taken.
  Tensor of(Tensor x, int axis) {
    if (count == 0) {
      return shrink(x, axis, 0, 0);
    }
    if (step < 0) {
      return forward().of(x, axis).flip(axis);
    }
    if (step == 1 || count == 1) {
      return shrink(x, axis, first, first + count);
    }
    Tensor part = shrink(x, axis, first, first + kept(x.size(axis)));
    Tensor rows = part.padAxis(axis, 0, count * step - part.size(axis)).unflatten(axis, count, step);
    return Operations.reshape(shrink(rows, axis + 1, 0, 1), x.shape().with(axis, count));
  }

  /// The opposite of [#of]: an axis of `size` elements with those of `part` at these positions, and zeros elsewhere.
  Tensor back(Tensor part, int axis, int size) {
    if (count == 0) {
      return part.zerosLike().padAxis(axis, 0, size);
    }
    if (step < 0) {
      return forward().back(part.flip(axis), axis, size);
    }
    Tensor dense = part;
    if (step > 1 && count > 1) {
      Tensor rows = part.unsqueeze(axis + 1).padAxis(axis + 1, 0, step - 1);
      dense = shrink(rows.flatten(axis, axis + 1), axis, 0, kept(size));
    }
    return dense.padAxis(axis, first, size - first - dense.size(axis));
  }

  /// The same positions in ascending order.
  private Stride forward() {
    return new Stride(first + step * (count - 1), count, -step);
  }

  /// How far an axis of `size` elements goes on from the first position, at most to the end of the last step.
  private int kept(int size) {
    return (int) Math.min((long) count * step, (long) size - first);
  }

  private static Tensor shrink(Tensor x, int axis, int begin, int end) {
    if (begin == 0 && end == x.size(axis)) {
      return x;
    }
    List<Integer> begins = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      begins.add(i == axis ? begin : 0);
      ends.add(i == axis ? end : x.size(i));
    }
    return Tensor.applyWith(OpCode.SHRINK, new Bounds(begins, ends), x);
  }
}
