package org.teenygrad.nanochat.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.teenygrad.nanochat.evaluation.EvaluationTable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.state.FileException;

/// What the files of a stage say.
///
/// @param settings from `config.json`
/// @param first the first evaluation in `log.csv`
/// @param metrics the last of each number there
/// @param tasks from `evaluation.csv`, if the model was asked
/// @param seconds that the iterations took
public record StageReport(
    ModelFolder folder, Map<String, Object> settings, Map<String, Double> first, Map<String, Double> metrics, Optional<EvaluationTable> tasks, double seconds) {
  /// Columns of a log that are no metrics.
  private static final List<String> OF_ITERATIONS = List.of("iteration", "loss", "learning_rate", "ms");

  private static final double MILLIS = 1000;

  /// @throws FileException if a file cannot be read
  public static StageReport read(ModelFolder folder) {
    List<Map<String, String>> rows = rows(folder.log());
    Map<String, Double> first = new LinkedHashMap<>();
    Map<String, Double> metrics = new LinkedHashMap<>();
    double millis = 0;
    for (Map<String, String> row : rows) {
      millis += row.getOrDefault("ms", "").isEmpty() ? 0 : Double.parseDouble(row.getOrDefault("ms", "0"));
      row.forEach((column, cell) -> {
        if (!OF_ITERATIONS.contains(column) && !cell.isEmpty() && !cell.equals("NaN")) { // what was not measured
          first.putIfAbsent(column, Double.valueOf(cell));
          metrics.put(column, Double.valueOf(cell));
        }
      });
    }
    Optional<EvaluationTable> tasks =
        Files.exists(folder.evaluation()) ? Optional.of(EvaluationTable.read(folder.evaluation())) : Optional.empty();
    return new StageReport(folder, Json.object(text(folder.config())), first, metrics, tasks, millis / MILLIS);
  }

  /// A column of a log's iterations.
  static double[] column(Path log, String name) {
    return rows(log).stream().map(row -> row.getOrDefault(name, "")).filter(cell -> !cell.isEmpty()).mapToDouble(Double::parseDouble).toArray();
  }

  private static List<Map<String, String>> rows(Path log) {
    List<String> lines = text(log).lines().toList();
    List<Map<String, String>> rows = new ArrayList<>();
    List<String> columns = Arrays.asList(lines.getFirst().split(",", -1));
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      if (cells.length == columns.size()) { // the last one may have been cut off
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < cells.length; i++) {
          row.put(columns.get(i), cells[i]);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    }
  }
}
