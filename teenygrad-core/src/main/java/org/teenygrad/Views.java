package org.teenygrad;

import java.util.Arrays;

/// The arithmetic of shapes behind [Movement].
final class Views {
  private Views() {}

  /// The shape that a user means, where one size may be -1.
  static Shape inferred(Shape from, int... asked) {
    int[] sizes = asked.clone();
    int unknown = -1;
    long known = 1;
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis] == -1 && unknown < 0) {
        unknown = axis;
      } else {
        known *= sizes[axis];
      }
    }
    if (unknown >= 0 && known > 0 && from.elements() % known == 0) {
      sizes[unknown] = Math.toIntExact(from.elements() / known);
      known = from.elements();
    }
    if (known != from.elements() || Arrays.stream(sizes).anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException(
          "reshape: " + from + " with " + from.elements() + " elements does not fit " + Arrays.toString(asked));
    }
    return Shape.of(sizes);
  }
}
