package org.teenygrad.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.json.Json;

class TrainingTest {
  private static final String HEADER = "iteration,loss,learning_rate,ms,val_loss\n";

  @TempDir private Path folder;

  private Path run(String name, String log) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    return Files.writeString(run.resolve("log.csv"), log);
  }

  private static Map<String, Object> next(Iterator<String> events, String member) {
    while (true) {
      String line = events.next();
      if (line.startsWith("data: ")) {
        Map<String, Object> event = Json.objectWithNulls(line.substring("data: ".length()));
        if (event.containsKey(member)) {
          return event;
        }
      }
    }
  }

  @Test
  void runsAreToldWithTheirSettingsAndThenAsTheyGrow() throws IOException, InterruptedException {
    Path log = run("a/base", HEADER + "0,4.1,0.001,12.5,4.0\n1,4.");
    Files.writeString(log.resolveSibling("config.json"), "{\"batch_size\": 12, \"vocabulary\": [1, 2], \"bias\": false}");
    try (WebServer server = WebServer.start(WebSettings.DEFAULT.withCells(Optional.empty()).withLogs(folder), System.err);
        HttpClient client = HttpClient.newHttpClient()) {
      URI events = URI.create(server.url().replace("/?", "/training/events?"));
      HttpResponse<Stream<String>> response = client.send(HttpRequest.newBuilder(events).build(), BodyHandlers.ofLines());
      Iterator<String> lines = response.body().iterator();
      assertThat(next(lines, "runs")).containsEntry("runs", List.of("a/base"));
      assertThat(next(lines, "columns")).containsEntry("run", "a/base").containsEntry("settings", Map.of("batch_size", 12L, "bias", false))
          .extractingByKey("columns").asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST).endsWith("val_loss");
      assertThat(next(lines, "rows")).as("whole lines only").containsEntry("rows", "0,4.1,0.001,12.5,4.0");
      Files.writeString(log, "0,0.001,11,\n", StandardOpenOption.APPEND);
      assertThat(next(lines, "rows")).containsEntry("rows", "1,4.0,0.001,11,");
      Files.writeString(log, HEADER);
      assertThat(next(lines, "columns")).as("a log that begins anew").containsEntry("run", "a/base");
      Path second = run("second", HEADER + "0,1,1,1,\n");
      assertThat(next(lines, "rows")).containsEntry("run", "second");
      Files.writeString(second.resolveSibling("config.json"), "{\"flops_per_token\": 7}");
      assertThat(next(lines, "settings")).as("that are written later").containsEntry("run", "second").containsEntry("settings", Map.of("flops_per_token", 7L));
      response.body().close();
    }
  }

  @Test
  void whatAModelWroteIsToldAsItComes() throws IOException, InterruptedException {
    Path log = run("base", HEADER + "0,4.1,0.001,12.5,4.0\n");
    Path samples = Files.writeString(log.resolveSibling("samples.jsonl"), "{\"iteration\":0,\"text\":\"Größe\",\"live_bytes\":5}\n{\"iteration\":1");
    try (WebServer server = WebServer.start(WebSettings.DEFAULT.withCells(Optional.empty()).withLogs(folder), System.err);
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<Stream<String>> response = client.send(HttpRequest.newBuilder(URI.create(server.url().replace("/?", "/training/events?"))).build(), BodyHandlers.ofLines());
      Iterator<String> lines = response.body().iterator();
      assertThat(next(lines, "samples")).containsEntry("run", "base").containsEntry("anew", true).containsEntry("samples", List.of(Map.of("iteration", 0L, "text", "Größe", "live_bytes", 5L)));
      Files.writeString(samples, ",\"text\":\"b\"}\n", StandardOpenOption.APPEND);
      assertThat(next(lines, "samples")).containsEntry("anew", false).containsEntry("samples", List.of(Map.of("iteration", 1L, "text", "b")));
      response.body().close();
    }
  }

  @Test
  void aLogIsReadInPartsAndLinksLeadNowhere() throws IOException {
    StringBuilder text = new StringBuilder(HEADER);
    for (int i = 0; i < 60_000; i++) {
      text.append(i).append(",3.123456789,0.001,10,\n");
    }
    LogFile log = LogFile.withHeader(run("long", text.toString()));
    int rows = 0;
    for (LogFile.Added part = log.read(); !part.lines().isEmpty(); part = log.read()) {
      rows += part.lines().size();
      assertThat(part.columns()).startsWith("iteration");
    }
    assertThat(rows).isEqualTo(60_000);
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), folder.resolve("long/log.csv"));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> LogFile.withHeader(link).read()).isInstanceOf(IOException.class);
  }
}
