package org.teenygrad.engine.schedule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Collective;

/// How long exchanges with other ranks may go on beside the launches after them. Until then their memory is not used for anything
/// else, or what used it would have to wait.
final class InFlight {
  /// What is exchanged later until an exchange is taken to have ended.
  private static final long MOST_BYTES = 64 << 20;

  private InFlight() {}

  /// @param bytes of a slot
  /// @return for each launch the last one beside which it may go on: itself where it is no exchange
  static int[] ends(List<List<Binding>> launches, IntToLongFunction bytes) {
    Map<Integer, Integer> buckets = new HashMap<>(); // their last exchanges, before which none begins
    int[] ends = new int[launches.size()];
    for (int i = ends.length - 1; i >= 0; i--) {
      Collective collective = collective(launches.get(i));
      int last = i;
      if (collective != null) {
        buckets.putIfAbsent(collective.bucket(), i);
        last = Objects.requireNonNull(buckets.get(collective.bucket()));
      }
      ends[i] = collective == null ? i : end(launches, i, last, bytes);
    }
    return ends;
  }

  private static @Nullable Collective collective(List<Binding> launch) {
    return launch.getFirst().kernel().collective();
  }

  private static int end(List<List<Binding>> launches, int exchange, int begin, IntToLongFunction bytes) {
    int result = launches.get(exchange).getFirst().kernel().writes().iterator().next();
    long later = 0;
    int end = begin;
    while (end + 1 < launches.size() && later < MOST_BYTES) {
      end++;
      for (Binding bound : launches.get(end)) {
        if (bound.kernel().reads().contains(result)) {
          return end;
        }
        later += bound.kernel().collective() == null ? 0 : bound.slots().stream().mapToLong(bytes::applyAsLong).max().orElse(0);
      }
    }
    return end;
  }
}
