package org.teenygrad.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.json.Json;

/// `TEENYGRAD_WEB=1` before a program.
class ProgramViewTest {
  private static final Pattern CATEGORY = Pattern.compile("\"cat\":\"(\\w+)\"");

  @TempDir Path folder;

  @Test
  @Timeout(60)
  void aTrainingIsShownWhereverItsFolderIs() throws IOException, InterruptedException {
    Files.writeString(Files.createDirectories(folder.resolve("mine")).resolve("log.csv"), "iteration,loss\n0,4.5\n");
    try (Program program = Program.start(Program.Elsewhere.class, Map.of("TRAINING_FOLDER", folder.toString())); HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest events = HttpRequest.newBuilder(URI.create(program.url().replaceFirst("/run\\?.*", "/training/events"))).header("Authorization", "Bearer " + program.url().replaceFirst(".*token=", "")).build();
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(client.send(events, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
        assertThat(lines.readLine()).contains("\"runs\":[\"mine\"]").contains(folder.toString());
      }
    }
  }

  @Test
  @Timeout(60)
  void whatAProgramComputesIsToldAsItComes() throws IOException, InterruptedException {
    try (Program program = Program.start(Program.Steps.class, Map.of()); HttpClient client = HttpClient.newHttpClient()) {
      String base = program.url().replaceFirst("/run\\?.*", "");
      HttpRequest.Builder events = HttpRequest.newBuilder(URI.create(base + "/run/events"));
      assertThat(client.send(events.build(), BodyHandlers.discarding()).statusCode()).isEqualTo(403);
      assertThat(client.send(HttpRequest.newBuilder(URI.create(program.url())).build(), BodyHandlers.ofString()).body()).contains("<div id=\"run\" data-live=\"true\">");
      events.header("Authorization", "Bearer " + program.url().replaceFirst(".*token=", ""));
      Set<String> categories = new HashSet<>();
      int parts = 0;
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(client.send(events.build(), BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
        while (parts < 4 || !categories.contains("kernel")) { // those that were there, and steps that come
          String line = lines.readLine();
          if (line.startsWith("data: ")) {
            parts++;
            Json.object("{\"events\":" + line.substring("data: ".length()) + "}");
            Matcher found = CATEGORY.matcher(line);
            while (found.find()) {
              categories.add(found.group(1));
            }
          }
        }
      }
      assertThat(categories).containsExactlyInAnyOrder("kernel", "copy", "schedule", "pass", "compile");
    }
  }
}
