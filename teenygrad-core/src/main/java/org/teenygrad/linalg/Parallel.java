package org.teenygrad.linalg;

import java.util.stream.IntStream;
import org.teenygrad.engine.runtime.Settings;

/// Independent work on as many threads as [Settings#THREADS] says. What each item computes must not depend on where ranges end.
final class Parallel {
  /// Operations from which on another thread is woken: some 50 µs of them.
  private static final double LEAST_FLOPS = 2e6;

  private Parallel() {}

  /// Works on the items from `first` to `last`, exclusively.
  interface Range {
    void run(int first, int last);
  }

  /// Runs `body` for ranges that are `0..count` together.
  static void ranges(int count, double flops, Range body) {
    int threads = flops < LEAST_FLOPS ? 1 : Math.min(count, Settings.THREADS.or(Runtime.getRuntime().availableProcessors()));
    if (threads <= 1) {
      body.run(0, count);
      return;
    }
    int each = Math.ceilDiv(Math.ceilDiv(count, threads), 2) * 2; // rows go in pairs
    IntStream.range(0, threads).parallel().forEach(i -> body.run(Math.min(i * each, count), Math.min((i + 1) * each, count)));
  }
}
