package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What stands outside of a tensor when it is padded: the modes of `torch.nn.functional.pad`.
public enum PadMode {
  /// Zeros.
  ZEROS,
  /// The elements inside in reverse, without repeating the outermost: `[1 2 3]` by two is `[3 2 1 2 3 2 1]`.
  REFLECT,
  /// The outermost element again and again.
  REPLICATE,
  /// The elements from the other end, as if the tensor were a ring.
  CIRCULAR;

  Tensor pad(Tensor x, int[][] beforeAndAfter) {
    int[][] cuts = new int[beforeAndAfter.length][];
    for (int axis = 0; axis < cuts.length; axis++) {
      cuts[axis] = new int[] {Math.min(0, beforeAndAfter[axis][0]), Math.min(0, beforeAndAfter[axis][1])};
    }
    return switch (this) {
      case ZEROS -> Views.pad(x, beforeAndAfter);
      case CIRCULAR -> extended(Views.pad(x, cuts), beforeAndAfter); // the ring is what is left
      case REFLECT, REPLICATE -> Views.pad(extended(x, beforeAndAfter), cuts);
    };
  }

  private Tensor extended(Tensor x, int[][] beforeAndAfter) {
    Tensor result = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      int before = Math.max(0, beforeAndAfter[axis][0]);
      int after = Math.max(0, beforeAndAfter[axis][1]);
      int size = x.size(axis);
      int most = this == REFLECT ? Math.max(0, size - 1) : this == CIRCULAR || size == 0 ? size : Integer.MAX_VALUE;
      if (Math.max(before, after) > most) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT,
                "pad: %d and %d elements on axis %d of shape %s in mode %s; at most %d can be had",
                before, after, axis, x.shape(), this, most));
      }
      result = joined(result, axis, before, after);
    }
    return result;
  }

  private Tensor joined(Tensor x, int axis, int before, int after) {
    int size = x.size(axis);
    List<Tensor> parts = new ArrayList<>();
    if (before > 0) {
      parts.add(switch (this) {
        case REFLECT -> x.slice(axis, 1, 1 + before).flip(axis);
        case CIRCULAR -> x.slice(axis, size - before, size);
        default -> edge(x, axis, 0, before);
      });
    }
    parts.add(x);
    if (after > 0) {
      parts.add(switch (this) {
        case REFLECT -> x.slice(axis, size - 1 - after, size - 1).flip(axis);
        case CIRCULAR -> x.slice(axis, 0, after);
        default -> edge(x, axis, size - 1, after);
      });
    }
    return Tensor.cat(parts, axis);
  }

  private static Tensor edge(Tensor x, int axis, int position, int times) {
    return x.slice(axis, position, position + 1).broadcastTo(x.shape().with(axis, times));
  }
}
