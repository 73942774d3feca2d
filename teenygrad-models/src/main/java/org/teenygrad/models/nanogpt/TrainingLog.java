package org.teenygrad.models.nanogpt;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.report.CsvLog;
import org.teenygrad.models.report.LossChart;
import org.teenygrad.models.report.LossChart.Point;
import org.teenygrad.state.FileException;

/// The losses of a training as a CSV file, a row an iteration, and as a picture.
///
/// `loss` is that of the iteration's batch, before the weights change; `train_loss` and `val_loss` are those of an evaluation
/// at that moment, if there was one.
final class TrainingLog implements AutoCloseable {
  private static final String[] COLUMNS = {"iteration", "loss", "learning_rate", "ms", "train_loss", "val_loss"};

  private final RunFolder folder;
  private final CsvLog csv;
  private final List<Point> train = new ArrayList<>();
  private final List<Point> validation = new ArrayList<>();

  private TrainingLog(RunFolder folder, CsvLog csv) {
    this.folder = folder;
    this.csv = csv;
  }

  /// Goes on with what earlier iterations have written; a new log at iteration 0.
  static TrainingLog from(RunFolder folder, int iteration, Progress progress) {
    if (iteration == 0) {
      return new TrainingLog(folder, CsvLog.create(folder.log(), COLUMNS));
    }
    CsvLog csv = CsvLog.resume(folder.log(), iteration, COLUMNS);
    if (csv.setAside() != null) {
      progress.warned(
          folder.log() + " was damaged; it is now " + csv.setAside() + ", and a new log has the rows that could be read");
    }
    TrainingLog log = new TrainingLog(folder, csv);
    try (var rows = Files.lines(folder.log())) {
      rows.skip(1).map(row -> row.split(",", -1)).forEach(log::remember);
    } catch (IOException e) {
      throw FileException.cannotRead(folder.log(), e);
    }
    return log;
  }

  private void remember(String[] row) {
    int iteration = Integer.parseInt(row[0]);
    if (!row[1].isEmpty()) {
      train.add(new Point(iteration, Double.parseDouble(row[1])));
    }
    if (!row[5].isEmpty()) {
      validation.add(new Point(iteration, Double.parseDouble(row[5])));
    }
  }

  void iteration(int iteration, double loss, double learningRate, double millis, @Nullable Evaluation evaluation) {
    train.add(new Point(iteration, loss));
    row(iteration, loss, learningRate, Math.round(millis * 1000) / 1000.0, evaluation);
  }

  /// The evaluation after the last iteration, which no other follows.
  void end(Evaluation evaluation) {
    row(evaluation.iteration(), "", "", "", evaluation);
  }

  private void row(int iteration, Object loss, Object learningRate, Object millis, @Nullable Evaluation evaluation) {
    csv.append(
        iteration, loss, learningRate, millis,
        evaluation == null ? "" : evaluation.trainLoss(), evaluation == null ? "" : evaluation.valLoss());
  }

  /// Draws the picture anew.
  void draw(String title, @Nullable Evaluation latest) {
    if (latest != null && (validation.isEmpty() || validation.getLast().iteration() < latest.iteration())) {
      validation.add(new Point(latest.iteration(), latest.valLoss()));
    }
    new LossChart(title, train, validation).write(folder.picture());
  }

  @Override
  public void close() {
    csv.close();
  }
}
