package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.nanogpt.Evaluation;
import org.teenygrad.models.nanogpt.Progress;
import org.teenygrad.models.nanogpt.TrainSettings;

/// Shows how a training goes on: a line that rewrites itself on a terminal, a line every so many iterations elsewhere.
final class ProgressPrinter implements Progress {
  private static final long REWRITE_NANOS = 100_000_000;
  private static final String CLEAR_LINE = "\r\u001b[K";

  /// The first iterations tell nothing of the pace: kernels are compiled, then counted, then what will be replayed is recorded.
  private static final int WITHOUT_PACE = 3;

  /// How much the last iteration counts for the pace.
  private static final double SMOOTHING = 0.05;

  /// What a training does.
  ///
  /// @param first iterations that are done already
  /// @param iterations in all
  /// @param logInterval iterations between two lines where output is no terminal
  record Run(long first, long iterations, long tokensPerIteration, int logInterval) {
    static Run of(TrainSettings settings, int first) {
      return new Run(first, settings.maxIters(), settings.tokensPerIteration(), settings.logInterval());
    }
  }

  private final PrintStream out;
  private final Run run;
  private final boolean isTerminal;
  private double millisPerStep;
  private long lastShown;
  private boolean lineIsOpen;
  private @Nullable Path lastSaved;

  ProgressPrinter(PrintStream out, Run run) {
    this.out = out;
    this.run = run;
    var console = System.console();
    isTerminal = console != null && console.isTerminal();
  }

  @Override
  public void iteration(int iteration, double loss, double millis) {
    long done = iteration - run.first();
    if (done > WITHOUT_PACE) {
      millisPerStep = done == WITHOUT_PACE + 1 ? millis : millisPerStep + SMOOTHING * (millis - millisPerStep);
    }
    long now = System.nanoTime();
    boolean due = isTerminal ? now - lastShown > REWRITE_NANOS : done == 1 || iteration % run.logInterval() == 0;
    if (due) {
      lastShown = now;
      String line = line(iteration, loss);
      out.print(isTerminal ? CLEAR_LINE + line : line + System.lineSeparator());
      out.flush();
      lineIsOpen = isTerminal;
    }
  }

  private String line(int iteration, double loss) {
    String progress = String.format(Locale.ROOT, "iteration %d/%d, loss %.4f", iteration, run.iterations(), loss);
    return millisPerStep == 0 ? progress : progress + String.format(
        Locale.ROOT,
        ", %s tokens/s, %.1f ms a step, %s left",
        thousands(run.tokensPerIteration() * 1000 / millisPerStep),
        millisPerStep,
        duration((run.iterations() - iteration) * millisPerStep / 1000));
  }

  private static String thousands(double number) {
    return number < 10_000
        ? String.format(Locale.ROOT, "%.0f", number) : String.format(Locale.ROOT, "%.1fk", number / 1000);
  }

  /// A time for people: `1:02:03`.
  static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 3600 ? String.format(Locale.ROOT, "%d:%02d",
        s / 60, s % 60) : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }

  @Override
  public void evaluated(Evaluation evaluation) {
    evaluated(String.format(
        Locale.ROOT, "iteration %d: train loss %.4f, val loss %.4f", evaluation.iteration(), evaluation.trainLoss(), evaluation.valLoss()));
  }

  /// @param line what an evaluation says
  void evaluated(String line) {
    end();
    out.println(line);
  }

  @Override
  public void warned(String sentence) {
    end();
    System.err.println("teenygrad: " + Printable.of(sentence));
  }

  @Override
  public void saved(Path file, int iteration) {
    lastSaved = file;
  }

  /// The newest checkpoint of this run, if there is any.
  @Nullable Path lastSaved() {
    return lastSaved;
  }

  /// Ctrl-C was pressed.
  void stopping() {
    end();
    out.println("stopping... (Ctrl-C again ends at once and saves nothing)");
  }

  /// What is printed next begins on a line of its own.
  void end() {
    if (lineIsOpen) {
      out.println();
      lineIsOpen = false;
    }
  }
}
