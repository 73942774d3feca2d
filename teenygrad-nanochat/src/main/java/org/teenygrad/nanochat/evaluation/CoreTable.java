package org.teenygrad.nanochat.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nanochat.tasks.CoreExample;

/// The table of CORE's tasks, `tasks.csv`: columns `task`, `type` (`multiple_choice`, `schema` or `language_modeling`), `fewshot`,
/// `continuation_delimiter` (a JSON string), `random_baseline_percent` and `file`. Tasks whose file is not in the folder are left out.
final class CoreTable {
  private static final int COLUMNS = 6;
  private static final double PERCENT = 100;

  private CoreTable() {}

  static List<CoreTask> read(Path folder) {
    Path table = folder.resolve("tasks.csv");
    if (!Files.exists(table)) {
      throw new IllegalArgumentException("there is no file " + table + ": CORE's tasks stand there, one a line");
    }
    List<CoreTask> tasks = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(table);
      for (int i = 1; i < lines.size(); i++) {
        try {
          CoreTask task = task(folder, cells(lines.get(i)));
          if (Files.exists(task.file())) {
            tasks.add(task);
          }
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(table + ", line " + (i + 1) + ": " + e.getMessage(), e);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(table + ": " + e.getMessage(), e);
    }
    return tasks;
  }

  private static CoreTask task(Path folder, List<String> cells) {
    if (cells.size() != COLUMNS) {
      throw new IllegalArgumentException(
          "a task is task,type,fewshot,continuation_delimiter,random_baseline_percent,file, but there are " + cells.size() + " columns");
    }
    String delimiter = Json.string(Json.object("{\"delimiter\": " + cells.get(3) + "}"), "delimiter");
    return new CoreTask(
        cells.getFirst(),
        CoreExample.Kind.valueOf(cells.get(1).toUpperCase(Locale.ROOT)),
        Integer.parseInt(cells.get(2)),
        delimiter,
        Double.parseDouble(cells.get(4)) / PERCENT,
        folder.resolve(cells.get(5)));
  }

  /// A line's cells; one in quotes may have commas, and quotes twice.
  static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
