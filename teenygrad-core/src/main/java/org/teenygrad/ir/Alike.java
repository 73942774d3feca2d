package org.teenygrad.ir;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;

/// Compares expressions inside kernels that may run over different loops.
public final class Alike {
  private final Map<OpNode, OpNode> ranges;
  private final Map<OpNode, OpNode> matched = new IdentityHashMap<>();

  private Alike(Map<OpNode, OpNode> ranges) {
    this.ranges = ranges;
  }

  /// Whether `a` becomes `b` when RANGEs are renamed, each to one of its size and no two to the same.
  /// @param ranges what is known to become what; what was found is added if the answer is yes
  public static boolean match(OpNode a, OpNode b, Map<OpNode, OpNode> ranges) {
    Map<OpNode, OpNode> found = new HashMap<>(ranges);
    if (!new Alike(found).match(a, b)) {
      return false;
    }
    ranges.putAll(found);
    return true;
  }

  private boolean match(OpNode a, OpNode b) {
    if (matched.get(a) == b) {
      return true;
    }
    boolean same = a.is(OpCode.RANGE) && b.is(OpCode.RANGE) ? rename(a, b) : isSame(a, b);
    if (same) {
      matched.put(a, b);
    }
    return same;
  }

  private boolean rename(OpNode a, OpNode b) {
    OpNode known = ranges.get(a);
    if (known != null) {
      return known == b;
    }
    boolean fits = a.payload(Range.class).size() == b.payload(Range.class).size() && !ranges.containsValue(b);
    if (fits) {
      ranges.put(a, b);
    }
    return fits;
  }

  private boolean isSame(OpNode a, OpNode b) {
    if (a.op() != b.op() || a.dtype() != b.dtype() || !Objects.equals(a.payload(), b.payload()) || a.inputs().size() != b.inputs().size()) {
      return false;
    }
    for (int i = 0; i < a.inputs().size(); i++) {
      if (!match(a.input(i), b.input(i))) {
        return false;
      }
    }
    return true;
  }
}
