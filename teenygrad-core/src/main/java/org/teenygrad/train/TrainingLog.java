package org.teenygrad.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The losses of a training as a CSV file, a row an iteration.
///
/// `loss` is that of the iteration's batch, before the weights change; metrics are those of an evaluation at that moment, if there
/// was one. Behind them stands the norm of the gradients, where the optimizer clips it. Without a file nothing is written.
final class TrainingLog implements AutoCloseable {
  private static final String NORM = "grad_norm";

  private final @Nullable CsvLog csv;
  private final List<String> metrics;
  private final boolean hasNorm;

  private TrainingLog(@Nullable CsvLog csv, List<String> metrics, boolean hasNorm) {
    this.csv = csv;
    this.metrics = metrics;
    this.hasNorm = hasNorm;
  }

  /// Goes on with what earlier iterations have written; a new log at iteration 0.
  /// @param norms whether the norm of gradients is known
  /// @param warn hears of a damaged log
  static TrainingLog from(@Nullable Path file, long iteration, List<String> metrics, boolean norms, Consumer<String> warn) {
    List<String> all = new ArrayList<>(List.of("iteration", "loss", "learning_rate", "ms"));
    all.addAll(metrics);
    boolean hasNorm = norms && (iteration == 0 || file == null || !header(file).equals(String.join(",", all))); // logs of earlier versions go on as they began
    if (hasNorm) {
      all.add(NORM);
    }
    String[] columns = all.toArray(String[]::new);
    CsvLog csv = file == null ? null : iteration == 0 ? CsvLog.create(file, columns) : CsvLog.resume(file, iteration, columns);
    if (csv != null && csv.setAside() != null) {
      warn.accept(file + " was damaged; it is now " + csv.setAside() + ", and a new log has the rows that could be read");
    }
    return new TrainingLog(csv, metrics, hasNorm);
  }

  /// The first line of a file; empty where there is none.
  private static String header(Path file) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines.findFirst().orElse("");
    } catch (IOException | UncheckedIOException e) {
      return ""; // a log that cannot be read is none to go on with, which CsvLog says
    }
  }

  void step(Step step, @Nullable Evaluation evaluation) {
    row(evaluation, Double.isNaN(step.gradientNorm()) ? "" : step.gradientNorm(), step.iteration(), step.loss(), step.learningRate(), Math.round(step.millis() * 1000) / 1000.0);
  }

  /// The evaluation after the last iteration, which no other follows.
  void end(Evaluation evaluation) {
    row(evaluation, "", evaluation.iteration(), "", "", "");
  }

  private void row(@Nullable Evaluation evaluation, Object norm, Object... cells) {
    if (csv != null) {
      List<Object> all = new ArrayList<>(Arrays.asList(cells));
      metrics.forEach(name -> all.add(evaluation == null ? "" : evaluation.metric(name)));
      if (hasNorm) {
        all.add(norm);
      }
      csv.append(all.toArray());
    }
  }

  @Override
  public void close() {
    if (csv != null) {
      csv.close();
    }
  }
}
