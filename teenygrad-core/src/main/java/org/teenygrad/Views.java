package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpCode;

/// The arithmetic of shapes behind [Movement].
final class Views {
  private Views() {}

  /// The shape that a user means, where one size may be -1.
  static Shape inferred(String operation, Shape from, int... asked) {
    int[] sizes = asked.clone();
    int unknown = -1;
    long known = 1;
    boolean fits = true;
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis] == -1 && unknown < 0) {
        unknown = axis;
      } else {
        fits &= sizes[axis] >= 0;
        known *= sizes[axis];
      }
    }
    if (unknown >= 0 && known > 0 && from.elements() % known == 0) {
      sizes[unknown] = Math.toIntExact(from.elements() / known);
    } else {
      fits &= unknown < 0 && known == from.elements();
    }
    if (!fits) {
      throw new IllegalArgumentException(
          operation + ": shape " + from + " with " + from.elements() + " elements does not fit "
              + Arrays.toString(asked));
    }
    return Shape.of(sizes);
  }

  /// The shape that EXPAND's user means, where -1 stands for an axis as it is.
  static Shape expanded(Shape from, int... asked) {
    int[] sizes = asked.clone();
    int missing = sizes.length - from.rank();
    for (int axis = Math.max(0, missing); axis < sizes.length; axis++) {
      sizes[axis] = sizes[axis] == -1 ? from.size(axis - missing) : sizes[axis];
    }
    if (missing < 0 || Arrays.stream(sizes).anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException("expand: shape " + from + " does not expand to " + Arrays.toString(asked));
    }
    return Shape.of(sizes);
  }

  static Tensor pad(Tensor x, int[][] beforeAndAfter) {
    requirePairs("pad", x, beforeAndAfter);
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    int[][] kept = new int[x.rank()][];
    for (int axis = 0; axis < x.rank(); axis++) {
      int[] zeros = beforeAndAfter[axis];
      before.add(Math.max(0, zeros[0]));
      after.add(Math.max(0, zeros[1]));
      long size = (long) x.size(axis) + zeros[0] + zeros[1];
      if (size > Integer.MAX_VALUE || Math.min(zeros[0], zeros[1]) < -x.size(axis)) {
        throw new IllegalArgumentException(
            "pad: by " + zeros[0] + " and " + zeros[1] + ", axis " + axis + " of shape " + x.shape() + " would have " + size
                + " elements; it may have up to " + Integer.MAX_VALUE + ", and no more can be cut than it has");
      }
      kept[axis] = new int[] {Math.max(0, -zeros[0]), x.size(axis) - Math.max(0, -zeros[1])};
    }
    Tensor part = shrink(x, kept);
    boolean nothing = before.stream().allMatch(n -> n == 0) && after.stream().allMatch(n -> n == 0);
    return nothing ? part : Tensor.applyWith(OpCode.PAD, new Bounds(before, after), part);
  }

  static Tensor shrink(Tensor x, int[][] beginAndEnd) {
    requirePairs("shrink", x, beginAndEnd);
    List<Integer> begins = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    boolean whole = true;
    for (int axis = 0; axis < x.rank(); axis++) {
      int begin = beginAndEnd[axis][0];
      int end = beginAndEnd[axis][1];
      if (begin < 0 || end < begin || end > x.size(axis)) {
        throw new IndexOutOfBoundsException(
            "shrink: " + begin + " to " + end + " of axis " + axis + " of shape " + x.shape());
      }
      begins.add(begin);
      ends.add(end);
      whole &= begin == 0 && end == x.size(axis);
    }
    return whole ? x.alias() : Tensor.applyWith(OpCode.SHRINK, new Bounds(begins, ends), x);
  }

  private static void requirePairs(String operation, Tensor x, int[][] pairs) {
    if (pairs.length != x.rank() || Arrays.stream(pairs).anyMatch(pair -> pair.length != 2)) {
      throw new IllegalArgumentException(
          operation + ": " + Arrays.deepToString(pairs) + " is not a pair for each axis of shape " + x.shape());
    }
  }

  static Tensor repeat(Tensor x, int... times) {
    int missing = times.length - x.rank();
    if (missing < 0) {
      throw new IllegalArgumentException(
          "repeat: " + Arrays.toString(times) + " has fewer counts than shape " + x.shape() + " has axes");
    }
    int[] split = new int[2 * times.length];
    int[] spread = new int[2 * times.length];
    int[] joined = new int[times.length];
    for (int axis = 0; axis < times.length; axis++) {
      int size = axis < missing ? 1 : x.size(axis - missing);
      split[2 * axis] = 1;
      split[2 * axis + 1] = size;
      spread[2 * axis] = times[axis];
      spread[2 * axis + 1] = size;
      joined[axis] = Math.multiplyExact(times[axis], size);
    }
    return x.reshape(split).broadcastTo(Shape.of(spread)).reshape(joined);
  }

  /// A (rows, columns) condition: column - row <= diagonal.
  static Tensor lowerTriangle(Tensor x, int diagonal) {
    if (x.rank() < 2) {
      throw new IllegalArgumentException("tril and triu: are for matrices, not shape " + x.shape());
    }
    Tensor rows = Tensor.arange(x.size(-2), DType.INT32).unsqueeze(1);
    Tensor columns = Tensor.arange(x.size(-1), DType.INT32).unsqueeze(0);
    return columns.lt(rows.add(diagonal).add(1));
  }
}
