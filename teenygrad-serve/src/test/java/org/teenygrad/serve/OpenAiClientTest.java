package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.json.Json;

/// OpenAI's own client for Node, as it is.
class OpenAiClientTest {
  private static final Path FOLDER = Path.of("src/test/node");

  @Test
  void everythingWorksUnchanged() throws IOException, InterruptedException {
    assumeTrue(Files.exists(FOLDER.resolve("node_modules/openai")), "OpenAI's client is not there: npm install --no-package-lock in " + FOLDER);
    try (TinyServer server = new TinyServer(Bigram.CALCULATING, TinyServer.SETTINGS)) {
      Process process = new ProcessBuilder("node", "client.mjs", "http://localhost:" + server.server.address().getPort() + "/v1")
          .directory(FOLDER.toFile()).redirectErrorStream(true).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(out).isZero();
      assertThat(Json.object(out)).isEqualTo(Map.ofEntries(
          Map.entry("model", "calculating"), Map.entry("content", "a."), Map.entry("usage", 17L), Map.entry("pieces", List.of("a", ".")), Map.entry("streamedUsage", 17L),
          Map.entry("finishReason", "tool_calls"), Map.entry("arguments", "{\"expression\":\"9+3\"}"), Map.entry("answered", "."),
          Map.entry("text", 1L), Map.entry("embedding", List.of(265L, 265L)), Map.entry("error", List.of("NotFoundError", 404L, "model_not_found"))));
    }
  }
}
