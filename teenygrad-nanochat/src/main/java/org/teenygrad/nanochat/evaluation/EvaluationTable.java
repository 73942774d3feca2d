package org.teenygrad.nanochat.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;

/// What an evaluation found, by task: `evaluation.csv` in the folder of a stage.
///
/// @param results in the order of the tasks
public record EvaluationTable(Map<String, Result> results) {
  private static final String HEADER = "task,accuracy,centered";

  /// @param accuracy the share of right answers
  /// @param centered what that is worth above guessing: 0 for that, 1 if all is right
  public record Result(double accuracy, double centered) {
    /// @param randomBaseline the accuracy of guessing
    public static Result of(double accuracy, double randomBaseline) {
      return new Result(accuracy, (accuracy - randomBaseline) / (1 - randomBaseline));
    }
  }

  public EvaluationTable {
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
  }

  /// The mean centered accuracy: CORE's metric of its tasks, nanochat's ChatCORE of those of a chat. NaN of no tasks.
  public double metric() {
    return results.values().stream().mapToDouble(Result::centered).average().orElse(Double.NaN);
  }

  /// @throws FileException if the file cannot be written
  public void write(Path file) {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    results.forEach((task, result) -> lines.add(String.format(Locale.ROOT, "%s,%.6f,%.6f", task, result.accuracy, result.centered)));
    AtomicFiles.write(file, String.join("\n", lines) + "\n");
  }

  /// @throws FileException if there is no such file, or it is none of these
  public static EvaluationTable read(Path file) {
    try {
      Map<String, Result> results = new LinkedHashMap<>();
      for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
        String[] cells = line.split(",", -1);
        results.put(cells[0], new Result(Double.parseDouble(cells[1]), Double.parseDouble(cells[2])));
      }
      return new EvaluationTable(results);
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw FileException.malformed(file, "a table of accuracies", "a line is not " + HEADER);
    }
  }
}
