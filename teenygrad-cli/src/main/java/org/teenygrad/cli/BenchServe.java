package org.teenygrad.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.serve.ServeSettings;
import org.teenygrad.serve.ServedModels;
import org.teenygrad.serve.Server;
import org.teenygrad.serve.load.LoadGenerator;
import org.teenygrad.serve.load.LoadReport;
import org.teenygrad.serve.load.LoadSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad bench serve`: how long a server lets its clients wait.
@Command(
    name = "serve",
    description = "Measures a server under load: time to the first token, between tokens, to the end, and tokens a second.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BenchServe implements Callable<Integer> {
  @Option(names = "--url", paramLabel = "URL", description = "A server that runs, such as http://localhost:8000; by default one is started for --from.")
  private @Nullable URI url;

  @Option(names = "--api-key-file", paramLabel = "FILE", description = "A file whose first word is the key to show.")
  private @Nullable Path key;

  @Option(names = "--from", paramLabel = "DIR", defaultValue = "out/nanochat", description = "The model to start a server for (default: ${DEFAULT-VALUE}).")
  private Path from;

  @Option(
      names = "--check-invariance",
      description = "Send the same requests 1, 8 and 64 at once, and count tokens and log-probabilities that differ in any bit: none may.")
  private boolean invariance;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    LoadSettings settings = Setting.changed(LoadSettings.DEFAULT, SettingOptions.given(spec, LoadSettings.class));
    if (url != null) {
      return measure(url, settings);
    }
    deviceOptions.choose();
    ServeSettings serving = ServeSettings.DEFAULT.with(Map.of("port", 0, "maxTokens", Math.max(settings.maxTokens(), ServeSettings.DEFAULT.maxTokens())));
    try (Server server = Server.start(List.of(ServedModels.read(from, null)), serving, Version.number(), new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))) {
      return measure(URI.create("http://localhost:" + server.address().getPort()), settings);
    }
  }

  private int measure(URI server, LoadSettings settings) throws IOException {
    String shown = key == null ? "" : Files.readString(key).strip().split("\\s+", 2)[0];
    try (LoadGenerator load = LoadGenerator.of(server, shown, settings)) {
      if (invariance) {
        LoadReport.Differences found = load.compare(1, 8, 64);
        System.out.printf(Locale.ROOT, "%,d tokens compared, %,d differ, in %,d of %,d requests%n", found.compared(), found.tokens(), found.requests(), settings.requests());
        return found.tokens() == 0 ? 0 : 1;
      }
      LoadReport report = load.run();
      System.out.println(json ? report.json() : report.text().stripTrailing());
      return report.failures().isEmpty() ? 0 : 1;
    }
  }
}
