package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.load.LoadGenerator;
import org.teenygrad.serve.load.LoadReport;
import org.teenygrad.serve.load.LoadSettings;

class LoadTest {
  private static final LoadSettings SMALL = Setting.changed(LoadSettings.DEFAULT, Map.of(
      "requests", 12, "concurrency", 4, "minPrompt", 3, "maxPrompt", 9, "minTokens", 2, "maxTokens", 6, "temperature", 1.0));

  private static LoadGenerator load(TinyServer server, LoadSettings settings) {
    return LoadGenerator.of(URI.create("http://localhost:" + server.server.address().getPort()), "", settings);
  }

  @Test
  void everyTokenIsCounted() {
    try (TinyServer server = new TinyServer(Bigram.ENDLESS, TinyServer.SETTINGS);
        LoadGenerator closed = load(server, SMALL);
        LoadGenerator open = load(server, Setting.changed(SMALL, Map.of("rate", 200.0)))) {
      LoadReport report = closed.run();
      assertThat(report.failures()).isEmpty();
      assertThat(report.newTokens()).isBetween(24L, 72L);
      assertThat(report.firstToken()).hasSize(12).isSorted();
      assertThat(report.endToEnd()).hasSize(12);
      assertThat(open.run().newTokens()).isEqualTo(report.newTokens());
      assertThat(server.get("/metrics").body()).contains("teenygrad_generated_tokens_total " + (2 * report.newTokens() + 2) + "\n");
      assertThat(report.text()).startsWith("12 requests, 0 failed").contains("between tokens");
      assertThat(Json.object(report.json())).containsEntry("failed", 0L).containsEntry("new_tokens", report.newTokens());
    }
  }

  @Test
  void whatIsRefusedIsSaid() {
    ServeSettings settings = TinyServer.SETTINGS.with(Map.of("maxTokens", 1));
    try (TinyServer server = new TinyServer(Bigram.ENDLESS, settings); LoadGenerator load = load(server, SMALL)) {
      assertThat(load.run().failures()).hasSize(12).allMatch(failure -> failure.contains("max_tokens must be 1 to 1"));
      assertThatThrownBy(() -> load.compare(1, 2)).hasMessageContaining("max_tokens");
    }
    assertThatThrownBy(() -> LoadGenerator.of(URI.create("http://localhost:1"), "", SMALL)).hasMessage("there is no server at http://localhost:1");
  }

  @Test
  void whoElseIsServedChangesNoBit() {
    try (TinyServer server = new TinyServer(); LoadGenerator load = load(server, SMALL)) {
      LoadReport.Differences differences = load.compare(1, 4, 12);
      assertThat(differences.compared()).isPositive();
      assertThat(differences).isEqualTo(new LoadReport.Differences(0, 0, differences.compared()));
    }
  }
}
