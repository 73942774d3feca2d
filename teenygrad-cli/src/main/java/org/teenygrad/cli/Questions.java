package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.teenygrad.nanochat.evaluation.CoreTask;
import org.teenygrad.nanochat.evaluation.EvaluationTable;
import org.teenygrad.nanochat.evaluation.EvaluationTable.Result;
import org.teenygrad.nanochat.evaluation.Scorer;

/// Asks the questions of several tasks, one task after the other, and says on the screen what came of each.
final class Questions {
  /// The metric of a base model's tasks.
  static final String CORE = "CORE";

  private Questions() {}

  /// A task as it is asked.
  ///
  /// @param label what it is called in tables
  /// @param name what it is called on the screen
  /// @param randomBaseline the accuracy of guessing, 0 to 1
  /// @param accuracy computes it
  record Asked(String label, String name, double randomBaseline, ToDoubleFunction<Scorer> accuracy) {}

  /// CORE's tasks.
  /// @param folder with `tasks.csv`, or with a folder `core` that has it
  /// @param most questions of a task; -1 for all
  static List<Asked> ofCore(Path folder, int most) {
    Path core = folder.resolve("core");
    return CoreTask.read(Files.exists(core) ? core : folder).stream()
        .map(task -> new Asked(task.label(), task.toString(), task.randomBaseline(), scorer -> task.accuracy(scorer, most))).toList();
  }

  /// @param metric what the mean of all tasks is called
  static EvaluationTable ask(List<Asked> tasks, Scorer scorer, String metric, PrintStream screen) {
    Map<String, Result> results = new LinkedHashMap<>();
    for (Asked task : tasks) {
      long start = System.nanoTime();
      Result result = Result.of(task.accuracy.applyAsDouble(scorer), task.randomBaseline);
      results.put(task.label, result);
      screen.printf(Locale.ROOT, "%-40s accuracy %.4f, centered %7.4f, %.1f s%n", task.name, result.accuracy(), result.centered(),
          (System.nanoTime() - start) / 1e9);
    }
    EvaluationTable table = new EvaluationTable(results);
    screen.printf(Locale.ROOT, "%s of %d tasks: %.4f%n", metric, results.size(), table.metric());
    return table;
  }
}
