package org.teenygrad.engine.ir;

import java.util.List;

/// Two numbers for each axis: begin and end of a SHRINK, or the zeros before and after of a PAD.
public record Bounds(List<Integer> first, List<Integer> second) {
  public Bounds {
    first = List.copyOf(first);
    second = List.copyOf(second);
    if (first.size() != second.size()) {
      throw new IllegalArgumentException("bounds of " + first.size() + " and " + second.size() + " axes");
    }
  }

  public int rank() {
    return first.size();
  }

  public int first(int axis) {
    return first.get(axis);
  }

  public int second(int axis) {
    return second.get(axis);
  }
}
