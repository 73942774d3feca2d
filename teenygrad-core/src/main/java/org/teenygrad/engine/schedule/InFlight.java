package org.teenygrad.engine.schedule;

import java.util.List;
import java.util.function.IntToLongFunction;

/// How long exchanges with other ranks may go on beside the launches after them. Until then their memory is not used for anything else, or what used it
/// would have to wait.
final class InFlight {
  /// What is exchanged later until an exchange is taken to have ended.
  private static final long MOST_BYTES = 64 << 20;

  private InFlight() {}

  /// @param bytes of a slot
  /// @return for each launch the last one beside which it may go on: itself where it is no exchange
  static int[] ends(List<List<Binding>> launches, IntToLongFunction bytes) {
    int[] ends = new int[launches.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = isExchange(launches.get(i)) ? end(launches, i, bytes) : i;
    }
    return ends;
  }

  private static boolean isExchange(List<Binding> launch) {
    return launch.getFirst().kernel().collective() != null;
  }

  private static int end(List<List<Binding>> launches, int exchange, IntToLongFunction bytes) {
    int result = launches.get(exchange).getFirst().kernel().writes().iterator().next();
    long later = 0;
    int end = exchange;
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
