package org.teenygrad.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The losses of a training as a CSV file, a row an iteration.
///
/// `loss` is that of the iteration's batch, before the weights change; metrics are those of an evaluation at that moment, if there
/// was one. Without a file nothing is written.
final class TrainingLog implements AutoCloseable {
  private final @Nullable CsvLog csv;
  private final List<String> metrics;

  private TrainingLog(@Nullable CsvLog csv, List<String> metrics) {
    this.csv = csv;
    this.metrics = metrics;
  }

  /// Goes on with what earlier iterations have written; a new log at iteration 0.
  /// @param warn hears of a damaged log
  static TrainingLog from(@Nullable Path file, long iteration, List<String> metrics, Consumer<String> warn) {
    List<String> all = new ArrayList<>(List.of("iteration", "loss", "learning_rate", "ms"));
    all.addAll(metrics);
    String[] columns = all.toArray(String[]::new);
    CsvLog csv = file == null ? null : iteration == 0 ? CsvLog.create(file, columns) : CsvLog.resume(file, iteration, columns);
    if (csv != null && csv.setAside() != null) {
      warn.accept(file + " was damaged; it is now " + csv.setAside() + ", and a new log has the rows that could be read");
    }
    return new TrainingLog(csv, metrics);
  }

  void step(Step step, @Nullable Evaluation evaluation) {
    row(evaluation, step.iteration(), step.loss(), step.learningRate(), Math.round(step.millis() * 1000) / 1000.0);
  }

  /// The evaluation after the last iteration, which no other follows.
  void end(Evaluation evaluation) {
    row(evaluation, evaluation.iteration(), "", "", "");
  }

  private void row(@Nullable Evaluation evaluation, Object... cells) {
    if (csv != null) {
      List<Object> all = new ArrayList<>(Arrays.asList(cells));
      metrics.forEach(name -> all.add(evaluation == null ? "" : evaluation.metric(name)));
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
