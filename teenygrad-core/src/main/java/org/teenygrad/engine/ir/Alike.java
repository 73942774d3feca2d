package org.teenygrad.engine.ir;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;

/// Compares expressions inside kernels that may run over different loops.
public final class Alike {
  private final Map<OpNode, OpNode> ranges;

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

  private record Pair(OpNode a, OpNode b) {}

  private boolean match(OpNode a, OpNode b) {
    Map<OpNode, OpNode> seen = new IdentityHashMap<>();
    ArrayDeque<Pair> pending = new ArrayDeque<>();
    pending.push(new Pair(a, b));
    while (!pending.isEmpty()) {
      Pair next = pending.pop();
      if (seen.put(next.a, next.b) == next.b) {
        continue;
      }
      if (!(next.a.is(OpCode.RANGE) && next.b.is(OpCode.RANGE) ? rename(next.a, next.b) : isSameOperation(next.a, next.b))) {
        return false;
      }
      for (int i = 0; i < next.a.inputs().size(); i++) {
        pending.push(new Pair(next.a.input(i), next.b.input(i)));
      }
    }
    return true;
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

  private static boolean isSameOperation(OpNode a, OpNode b) {
    return a.op() == b.op() && a.dtype() == b.dtype() && Objects.equals(a.payload(), b.payload()) && a.inputs().size() == b.inputs().size();
  }
}
