package org.teenygrad.serve;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/// Counts durations by how long they are, as Prometheus wants them. Any thread may add.
final class Histogram {
  /// Seconds: three a decade, from a millisecond to five minutes.
  private static final double[] BOUNDS = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 300};

  private final String name;
  private final String help;

  /// By bucket; the last is for all above.
  private final LongAdder[] counts = Stream.generate(LongAdder::new).limit(BOUNDS.length + 1L).toArray(LongAdder[]::new);

  private final LongAdder nanos = new LongAdder();

  Histogram(String name, String help) {
    this.name = name;
    this.help = help;
  }

  void add(long duration) {
    int bucket = 0;
    while (bucket < BOUNDS.length && duration > BOUNDS[bucket] * 1e9) {
      bucket++;
    }
    counts[bucket].increment();
    nanos.add(duration);
  }

  void appendTo(StringBuilder text) {
    text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(" histogram\n");
    long below = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      below += counts[bucket].sum();
      String bound = bucket < BOUNDS.length ? String.valueOf(BOUNDS[bucket]) : "+Inf";
      text.append(name).append("_bucket{le=\"").append(bound).append("\"} ").append(below).append('\n');
    }
    text.append(String.format(Locale.ROOT, "%s_sum %.6f%n", name, nanos.sum() / 1e9)).append(name).append("_count ").append(below).append('\n');
  }
}
