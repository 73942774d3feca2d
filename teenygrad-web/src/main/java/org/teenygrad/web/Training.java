package org.teenygrad.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.Call;

/// The trainings of a folder, told as they go on: each `log.csv` in it is of a run, `config.json` beside it has its settings, and `samples.jsonl` what the model wrote. What a view shows is all in these files, so
/// that it survives a reload, and a server that is started later.
///
/// @param folder that need not exist yet
record Training(Path folder) {
  private static final String SETTINGS = "config.json";
  private static final FileTime NEVER = FileTime.fromMillis(0);
  private static final int DEEPEST = 5;
  private static final int MOST_RUNS = 100;
  private static final int MOST_CONFIG_BYTES = 1 << 20;
  private static final long INTERVAL_MILLIS = 300;

  /// So often it is looked for new runs, in intervals; who has gone is noticed by being written to.
  private static final int LOOK = 5;

  /// Tells of all runs, and then of what is added to them, as server-sent events, until the client goes.
  /// @throws IOException if the client has gone
  void events(Call call) throws IOException {
    call.begin("text/event-stream");
    Map<String, LogFile> runs = new LinkedHashMap<>();
    Map<String, LogFile> samples = new LinkedHashMap<>();
    Map<String, FileTime> written = new HashMap<>();
    try {
      for (int round = 0; !Thread.currentThread().isInterrupted(); round++) {
        if (round % LOOK == 0) {
          for (Map.Entry<String, Path> run : find().entrySet()) {
            runs.computeIfAbsent(run.getKey(), _ -> LogFile.withHeader(run.getValue().resolve("log.csv")));
            samples.computeIfAbsent(run.getKey(), _ -> LogFile.withoutHeader(run.getValue().resolve("samples.jsonl")));
          }
          send(call, Json.members("runs", List.copyOf(runs.keySet()), "folder", folder.toString()));
          tellSettings(call, runs.keySet(), written);
        }
        if (!tell(call, runs) & !tellSamples(call, samples)) {
          Thread.sleep(INTERVAL_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server ends
    }
  }

  /// @return whether there was something new
  private boolean tell(Call call, Map<String, LogFile> runs) throws IOException {
    boolean isNew = false;
    for (Map.Entry<String, LogFile> run : runs.entrySet()) {
      LogFile.Added added;
      try {
        added = run.getValue().read();
      } catch (IOException e) {
        continue; // it has been moved away, perhaps for one that replaces it
      }
      if (added.isNew()) {
        send(call, Json.members("run", run.getKey(), "columns", added.columns(), "settings", settings(folder.resolve(run.getKey()))));
      }
      if (!added.lines().isEmpty()) {
        isNew = true;
        send(call, Json.members("run", run.getKey(), "rows", String.join("\n", added.lines())));
      }
    }
    return isNew;
  }

  /// Tells settings that were written since they were told: a training writes its first with its first checkpoint.
  private void tellSettings(Call call, Set<String> runs, Map<String, FileTime> told) throws IOException {
    for (String run : runs) {
      Path file = folder.resolve(run).resolve(SETTINGS);
      FileTime written = Files.exists(file) ? Files.getLastModifiedTime(file) : NEVER;
      if (!written.equals(Objects.requireNonNullElse(told.put(run, written), NEVER))) {
        send(call, Json.members("run", run, "settings", settings(folder.resolve(run))));
      }
    }
  }

  /// @return whether there was something new
  private static boolean tellSamples(Call call, Map<String, LogFile> samples) throws IOException {
    boolean isNew = false;
    for (Map.Entry<String, LogFile> run : samples.entrySet()) {
      LogFile.Added added;
      List<Map<String, Object>> texts;
      try {
        added = run.getValue().read();
        texts = added.lines().stream().map(Json::object).toList();
      } catch (IOException | IllegalArgumentException e) {
        continue; // the model of this run wrote nothing, or the file is another's
      }
      if (!texts.isEmpty()) {
        isNew = true;
        send(call, Json.members("run", run.getKey(), "samples", texts, "anew", added.isNew()));
      }
    }
    return isNew;
  }

  private static void send(Call call, Map<String, ? extends @Nullable Object> event) throws IOException {
    call.write("data: " + Json.text(event) + "\n\n");
  }

  /// The folders with a log, by their names below this one.
  private Map<String, Path> find() {
    Map<String, Path> found = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (Stream<Path> files = Files.find(folder, DEEPEST, (path, facts) -> facts.isRegularFile() && path.endsWith("log.csv"))) {
      for (Path log : files.limit(MOST_RUNS).toList()) {
        Path run = log.toAbsolutePath().getParent();
        found.put(folder.toAbsolutePath().relativize(run).toString(), run);
      }
    } catch (IOException | UncheckedIOException e) {
      return found; // a folder that cannot be read has no runs to show
    }
    return found;
  }

  /// Numbers, words and truths of a run's settings; none where there is no file of them.
  private static Map<String, Object> settings(Path run) {
    Map<String, Object> settings = new TreeMap<>();
    Path file = run.resolve(SETTINGS);
    try {
      if (Files.isRegularFile(file) && Files.size(file) <= MOST_CONFIG_BYTES) {
        Json.object(Files.readString(file)).forEach((name, value) -> {
          if (value instanceof Number || value instanceof Boolean || value instanceof String text && text.length() < 100) {
            settings.put(name, value);
          }
        });
      }
    } catch (IOException | IllegalArgumentException e) {
      return settings; // it is being written
    }
    return settings;
  }
}
