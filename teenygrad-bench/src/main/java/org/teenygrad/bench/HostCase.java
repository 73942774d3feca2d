package org.teenygrad.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Settings;

/// What a GPT's training step costs beside its kernels. All but [Kind#OUTSIDE] are of a process for each sample, PyTorch's eager step in a
/// Python of its own beside it. What is computed is checked as the step itself is.
record HostCase(Kind kind, GptStep step) implements ComparedCase {
  /// What is measured.
  enum Kind {
    /// From the start of a process to its end after one step, no kernel compiled before.
    COLD_START("startup_%s_cold", Unit.MILLIS),

    /// The same with the kernels of an earlier process.
    WARM_START("startup_%s_warm", Unit.MILLIS),

    /// The most memory that a process has held when it has made some steps.
    MEMORY("memory_%s", Unit.MEBIBYTES),

    /// The part of a replayed step in which no kernel runs. A schedule's kernels are timed as a whole, from the first to the last: what threads
    /// wait for each other in between belongs to them.
    OUTSIDE("outside_%s", Unit.PERCENT);

    private final String form;
    private final Unit unit;

    Kind(String form, Unit unit) {
      this.form = form;
      this.unit = unit;
    }
  }

  /// Whose median is a sample of [Kind#OUTSIDE].
  private static final int STEPS = 30;

  static List<HostCase> all() {
    return Stream.of(
        new HostCase(Kind.COLD_START, GptStep.CHAR_CPU), new HostCase(Kind.WARM_START, GptStep.CHAR_CPU),
        new HostCase(Kind.MEMORY, GptStep.CHAR_CPU), new HostCase(Kind.MEMORY, GptStep.BABY), new HostCase(Kind.MEMORY, GptStep.GPT2),
        new HostCase(Kind.OUTSIDE, GptStep.CHAR_CPU)).toList();
  }

  @Override
  public String name() {
    return String.format(Locale.ROOT, kind.form, step.text());
  }

  @Override
  public Unit unit() {
    return kind.unit;
  }

  @Override
  public double work() {
    return 1;
  }

  @Override
  public int copies() {
    return 1;
  }

  @Override
  public int leastSamples() {
    return 1;
  }

  @Override
  public double roundSeconds() {
    return 0;
  }

  @Override
  public double leastSeconds(Peak peak) {
    return Double.NaN;
  }

  @Override
  public boolean hasPeer() {
    return kind != Kind.OUTSIDE;
  }

  @Override
  public double bound() {
    return checked().bound();
  }

  @Override
  public double error(long seed) {
    return checked().error(seed);
  }

  private TrainingCase checked() {
    return new TrainingCase(name(), unit(), step, 1, step.time(), Rounding.FLOAT32);
  }

  @Override
  public DoubleSupplier prepare() {
    return switch (kind) {
      case COLD_START -> () -> Processes.withCache(this::startSeconds);
      case WARM_START -> () -> Processes.withCache(cache -> {
        startSeconds(cache);
        return startSeconds(cache);
      });
      case MEMORY -> () -> Processes.withCache(cache -> own(Suite.MEMORY, cache));
      case OUTSIDE -> outside();
    };
  }

  private double startSeconds(Path cache) {
    long start = System.nanoTime();
    own(Suite.STARTUP, cache);
    return (System.nanoTime() - start) / 1e9;
  }

  private double own(Suite suite, Path cache) {
    int threads = Settings.THREADS.or(Runtime.getRuntime().availableProcessors());
    return Processes.ownFigure(List.of(suite.text, "--here", "--config", step.text()), cache, threads);
  }

  private DoubleSupplier outside() {
    Runnable run = step.prepare(1);
    CpuCase.warmUp(run);
    return () -> IntStream.range(0, STEPS).mapToDouble(_ -> partOutside(run)).sorted().toArray()[STEPS / 2];
  }

  private static double partOutside(Runnable run) {
    KernelTime kernels = new KernelTime();
    try (Activity.Watching _ = Activity.watch(kernels)) {
      long start = System.nanoTime();
      run.run();
      double nanos = System.nanoTime() - start;
      return 1 - kernels.nanos / nanos;
    }
  }

  /// How long schedules ran.
  private static final class KernelTime implements Activity.Watcher {
    private long nanos;

    @Override
    public void happened(Activity.Event event) {
      if (event instanceof Activity.Ran) {
        nanos += event.nanos();
      }
    }

    @Override
    public boolean wantsLaunches(long schedule) {
      return false;
    }
  }
}
