package org.teenygrad.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Measures a call: warm-up, then at least [#LEAST_SAMPLES] samples of as many calls as fill [#SAMPLE_SECONDS].
///
/// @param seconds how long to go on sampling; where that is less than a sample takes, one call warms up and one sample is all
record Sampler(double seconds) {
  private static final int LEAST_SAMPLES = 11;
  private static final double SAMPLE_SECONDS = 0.01;
  private static final double MOST_WARM_UP_SECONDS = 0.5;
  private static final int WARM_UP_CALLS = 3;

  /// Linux counts in hundredths of a second; user, nice, system, and what other guests of the host took.
  private static final Path LINUX_CPU_TIMES = Path.of("/proc/stat");

  private static final int[] BUSY_FIELDS = {1, 2, 3, 8};

  Figure measure(Case what) {
    Runnable call = what.prepare().get();
    int calls = warmUp(call);
    double othersBefore = othersSeconds();
    long start = System.nanoTime();
    List<Double> samples = new ArrayList<>();
    while (samples.size() < (isBrief() ? 1 : LEAST_SAMPLES) || secondsSince(start) < seconds) {
      samples.add(what.unit().figure(what.work(), seconds(calls, call)));
    }
    double others = (othersSeconds() - othersBefore) / secondsSince(start);
    samples.sort(null);
    int half = samples.size() / 2;
    double median = samples.size() % 2 == 1 ? samples.get(half) : (samples.get(half - 1) + samples.get(half)) / 2;
    return new Figure(what.name(), what.unit().text, median, samples.getFirst(), samples.getLast(), Math.max(0, others));
  }

  /// As long as the sampling, up to half a second.
  private int warmUp(Runnable call) {
    long start = System.nanoTime();
    double last = 0;
    for (int i = 0; i < (isBrief() ? 1 : WARM_UP_CALLS) || secondsSince(start) < Math.min(seconds, MOST_WARM_UP_SECONDS); i++) {
      last = seconds(1, call);
    }
    return (int) Math.max(1, Math.ceil(SAMPLE_SECONDS / last));
  }

  private boolean isBrief() {
    return seconds < SAMPLE_SECONDS;
  }

  private static double seconds(int calls, Runnable call) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return secondsSince(start) / calls;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  /// Processor seconds that everything but this process has spent so far; NaN where the system does not tell.
  private static double othersSeconds() {
    if (!Files.isReadable(LINUX_CPU_TIMES) || !(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
      return Double.NaN;
    }
    try (var lines = Files.lines(LINUX_CPU_TIMES)) {
      String[] fields = lines.findFirst().orElse("").split(" +");
      long ticks = 0;
      for (int field : BUSY_FIELDS) {
        ticks += Long.parseLong(fields[field]);
      }
      return ticks / 100.0 - system.getProcessCpuTime() / 1e9;
    } catch (IOException | RuntimeException e) {
      return Double.NaN;
    }
  }
}
