package org.teenygrad.nanochat.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.state.AtomicFiles;

/// The report card of a model, a page of Markdown with the pictures of its stages: what each was trained with and what came of it.
///
/// @param stages those that are there
public record ReportCard(Path out, List<StageReport> stages) {
  private static final Set<String> NO_SETTINGS =
      Set.of("format", "stage", "iteration", "best_val_loss", "batches_taken", "random_seed", "random_drawn", "log_every");

  /// Reads what stages have left in a folder.
  /// @param out the folder of a model
  /// @throws IllegalArgumentException if nothing was trained there
  /// @throws org.teenygrad.state.FileException if a file cannot be read
  public static ReportCard of(Path out) {
    List<ModelFolder> folders = Arrays.stream(Stage.values()).map(stage -> ModelFolder.of(out, stage))
        .filter(folder -> Files.exists(folder.config()) && Files.exists(folder.log())).toList();
    if (folders.isEmpty()) {
      throw new IllegalArgumentException("nothing was trained in " + out + ": name the --out folder of a training");
    }
    return new ReportCard(out, folders.stream().map(StageReport::read).toList());
  }

  /// Where [#write] puts the page.
  public Path file() {
    return out.resolve("report.md");
  }

  /// Writes the page.
  /// @throws org.teenygrad.state.FileException if it cannot be written
  public void write() {
    AtomicFiles.write(file(), text());
  }

  /// The page.
  String text() {
    List<String> lines = new ArrayList<>(List.of("# A model's report card", ""));
    lines.addAll(summary());
    for (StageReport stage : stages) {
      lines.addAll(section(stage));
    }
    return String.join("\n", lines) + "\n";
  }

  /// A row a number, a column a stage.
  private List<String> summary() {
    Map<StageReport, Map<String, String>> columns = new LinkedHashMap<>();
    Set<String> rows = new LinkedHashSet<>();
    for (StageReport stage : stages) {
      Map<String, String> numbers = new LinkedHashMap<>();
      numbers.put("iterations", String.valueOf(stage.settings().get("iteration")));
      numbers.put("seconds in iterations", String.format(Locale.ROOT, "%.0f", stage.seconds()));
      stage.metrics().forEach((name, value) -> numbers.put(name, String.format(Locale.ROOT, "%.4f", value)));
      stage.tasks().ifPresent(tasks -> {
        tasks.results().forEach((task, result) -> numbers.put("accuracy of " + task, String.format(Locale.ROOT, "%.4f", result.accuracy())));
        numbers.put(stage.folder().stage() == Stage.BASE ? "CORE" : "ChatCORE", String.format(Locale.ROOT, "%.4f", tasks.metric()));
      });
      columns.put(stage, numbers);
      rows.addAll(numbers.keySet());
    }
    List<String> lines = new ArrayList<>();
    lines.add(stages.stream().map(stage -> stage.folder().stage().toString()).collect(Collectors.joining(" | ", "| | ", " |")));
    lines.add("| --- |" + " ---: |".repeat(stages.size()));
    for (String row : rows) {
      lines.add(stages.stream().map(stage -> columns.getOrDefault(stage, Map.of()).getOrDefault(row, ""))
          .collect(Collectors.joining(" | ", "| " + row + " | ", " |")));
    }
    return lines;
  }

  private List<String> section(StageReport stage) {
    List<String> lines = new ArrayList<>(List.of("", "## Stage " + stage.folder().stage(), ""));
    Path picture = stage.folder().picture();
    if (Files.exists(picture)) {
      lines.addAll(List.of("![](" + out.relativize(picture).toString().replace('\\', '/') + ")", ""));
    }
    lines.addAll(List.of("| setting | |", "| --- | ---: |"));
    stage.settings().forEach((name, value) -> {
      if (!NO_SETTINGS.contains(name)) {
        lines.add("| " + name + " | " + value + " |");
      }
    });
    return lines;
  }
}
