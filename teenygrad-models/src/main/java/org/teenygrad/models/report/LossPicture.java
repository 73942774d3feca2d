package org.teenygrad.models.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.teenygrad.models.report.LossChart.Point;
import org.teenygrad.state.FileException;

/// The losses of a training as a picture that is drawn anew whenever more is known.
///
/// @param file where it is drawn
public record LossPicture(Path file, List<Point> train, List<Point> validation) {
  private static final String LOSS = "loss";
  private static final String VAL_LOSS = "val_loss";

  /// Begins with what a log has of the iterations before one.
  /// @param log with columns `iteration`, the first, `loss` and `val_loss`; it need not be there
  /// @throws FileException if it cannot be read
  public static LossPicture from(Path log, Path file, int iteration) {
    LossPicture picture = new LossPicture(file, new ArrayList<>(), new ArrayList<>());
    if (iteration > 0 && Files.isRegularFile(log)) {
      try (var rows = Files.lines(log, StandardCharsets.ISO_8859_1)) {
        List<List<String>> cells = rows.map(row -> List.of(row.split(",", -1))).toList();
        List<String> columns = cells.isEmpty() ? List.of() : cells.getFirst();
        cells.stream().skip(1).filter(row -> isBefore(iteration, row, columns)).forEach(row -> {
          add(picture.train, row, columns.indexOf(LOSS));
          add(picture.validation, row, columns.indexOf(VAL_LOSS));
        });
      } catch (IOException e) {
        throw FileException.cannotRead(log, e);
      }
    }
    return picture;
  }

  /// A row that is damaged, or of iterations that are done again, is none.
  private static boolean isBefore(int iteration, List<String> row, List<String> columns) {
    return row.size() == columns.size() && row.getFirst().matches("\\d{1,9}") && Integer.parseInt(row.getFirst()) < iteration;
  }

  private static void add(List<Point> points, List<String> row, int column) {
    if (column >= 0 && row.get(column).matches("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?")) {
      points.add(new Point(Integer.parseInt(row.getFirst()), Double.parseDouble(row.get(column))));
    }
  }

  /// @param iteration in the order in which they come
  public void train(int iteration, double loss) {
    train.add(new Point(iteration, loss));
  }

  /// One that is there already, as a resumed training evaluates again, is left as it is.
  public void validation(int iteration, double loss) {
    if (validation.isEmpty() || validation.getLast().iteration() < iteration) {
      validation.add(new Point(iteration, loss));
    }
  }

  /// Replaces the file.
  /// @throws FileException if it cannot be written
  public void draw(String title) {
    new LossChart(title, train, validation).write(file);
  }
}
