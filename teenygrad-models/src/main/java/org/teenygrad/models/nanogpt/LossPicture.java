package org.teenygrad.models.nanogpt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.report.LossChart;
import org.teenygrad.models.report.LossChart.Point;
import org.teenygrad.state.FileException;
import org.teenygrad.train.Step;

/// The losses of a training as a picture.
record LossPicture(RunFolder folder, List<Point> train, List<Point> validation) {
  private static final int LOSS = 1;
  private static final int VAL_LOSS = 5;
  private static final int COLUMNS = 6;

  /// Goes on with what the log has of earlier iterations.
  static LossPicture from(RunFolder folder, int iteration) {
    LossPicture picture = new LossPicture(folder, new ArrayList<>(), new ArrayList<>());
    if (iteration > 0 && Files.isRegularFile(folder.log())) {
      try (var rows = Files.lines(folder.log(), StandardCharsets.ISO_8859_1)) {
        rows.skip(1).map(row -> row.split(",", -1)).forEach(row -> picture.remember(row, iteration));
      } catch (IOException e) {
        throw FileException.cannotRead(folder.log(), e);
      }
    }
    return picture;
  }

  /// A row that is damaged, or of iterations that are done again, is none.
  private void remember(String[] row, int before) {
    if (row.length == COLUMNS && row[0].matches("\\d{1,9}") && Integer.parseInt(row[0]) < before) {
      add(train, row[0], row[LOSS]);
      add(validation, row[0], row[VAL_LOSS]);
    }
  }

  private static void add(List<Point> points, String iteration, String loss) {
    if (loss.matches("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?")) {
      points.add(new Point(Integer.parseInt(iteration), Double.parseDouble(loss)));
    }
  }

  void add(Step step) {
    train.add(new Point((int) step.iteration(), step.loss()));
  }

  /// Draws the picture anew.
  void draw(String title, @Nullable Evaluation latest) {
    if (latest != null && (validation.isEmpty() || validation.getLast().iteration() < latest.iteration())) {
      validation.add(new Point(latest.iteration(), latest.valLoss()));
    }
    new LossChart(title, train, validation).write(folder.picture());
  }
}
