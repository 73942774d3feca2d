package org.teenygrad.train;

import java.util.Arrays;

/// How long each iteration took.
final class Durations {
  private long[] nanos = new long[1024];
  private int count;

  /// @return the duration in milliseconds
  double add(long duration) {
    nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
    nanos[count++] = duration;
    return duration / 1e6;
  }

  int count() {
    return count;
  }

  /// In milliseconds; NaN of none.
  double median() {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return count == 0 ? Double.NaN : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2e6;
  }
}
