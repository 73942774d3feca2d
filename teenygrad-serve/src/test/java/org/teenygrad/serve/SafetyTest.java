package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.json.Json;

class SafetyTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String FOREVER = "{\"messages\": [{\"role\": \"user\", \"content\": \"secret words\"}], \"max_tokens\": 4000, \"stream\": ";
  private static final String SHORT = "{\"messages\": [{\"role\": \"user\", \"content\": \"secret words\"}], \"max_tokens\": 2}";

  @TempDir Path folder;

  private static ServeSettings with(Object... namesAndValues) {
    return TinyServer.SETTINGS.with(Json.members(namesAndValues));
  }

  private static Socket open(TinyServer server, String path, String body) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.server.address().getPort());
    socket.getOutputStream().write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
        .getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  /// Waits until a line of the metrics says so.
  private static void await(TinyServer server, String line) {
    while (!server.get("/metrics").body().contains(line + "\n")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void mistakesAreNamed() {
    try (TinyServer server = new TinyServer(Bigram.ENDLESS, with("maxBodyBytes", 4000, "maxMessages", 2, "maxTokens", 100))) {
      Map<String, String> refused = Map.ofEntries(
          Map.entry("", "400 the body is no JSON object"),
          Map.entry("{\"messages\": [", "400 the body is no JSON object"),
          Map.entry("[".repeat(3000), "400 the body is no JSON object"),
          Map.entry("{\"x\": 99999999999999999999}", "400 the body is no JSON object"),
          Map.entry("{}", "400 messages must be a list"),
          Map.entry("{\"messages\": []}", "400 there must be 1 to 2 messages"),
          Map.entry("{\"messages\": [1]}", "400 messages[0] must be an object"),
          Map.entry("{\"messages\": [{\"role\": \"user\", \"content\": 1}]}", "400 messages[0].content must be a string or a list of parts"),
          Map.entry("{\"messages\": [{\"role\": \"king\", \"content\": \"x\"}]}", "400 a message's role must be"),
          Map.entry(SHORT.replace("2}", "101}"), "400 max_tokens must be 1 to 100, not 101"),
          Map.entry(SHORT.replace("2}", "\"2\"}"), "400 max_tokens must be an integer, not a string"),
          Map.entry(SHORT.replace("}]", "}], \"temperature\": 3"), "400 temperature must be 0.0 to 2.0, not 3.0"),
          Map.entry(SHORT.replace("}]", "}], \"n\": 101"), "400 a request may have 100 new tokens, all choices together"),
          Map.entry(SHORT.replace("}]", "}], \"temprature\": 1"), "400 there is no parameter 'temprature'"),
          Map.entry(SHORT.replace("}]", "}], \"model\": \"gpt\""), "404 the model 'gpt' is not served here; there is 'endless'"),
          Map.entry(SHORT.replace("secret words", "x".repeat(5000)), "413 a request's body may have 4000 bytes"));
      refused.forEach((body, expected) -> {
        HttpResponse<String> response = server.post(CHAT, body);
        Map<String, Object> error = Json.object(Json.object(response.body()), "error");
        assertThat(response.statusCode() + " " + Json.string(error, "message")).as(body).startsWith(expected);
        assertThat(error).containsEntry("type", "invalid_request_error");
      });
      assertThat(server.get("/x").statusCode()).isEqualTo(404);
      assertThat(server.get(CHAT).statusCode()).isEqualTo(405);
      assertThat(server.get("/v1/models/endless").statusCode()).isEqualTo(200);
      assertThat(server.log()).doesNotContain("secret", "Exception");
    }
  }

  @Test
  void othersNeedAKey() throws IOException {
    assertThatThrownBy(() -> new TinyServer(with("host", "0.0.0.0"))).hasMessageContaining("--api-key-file");
    Path keys = Files.writeString(folder.resolve("keys"), "# ours\n0123456789abcdef alice\nfedcba9876543210\n");
    try (TinyServer server = new TinyServer(Bigram.ENDLESS, with("host", "0.0.0.0", "apiKeyFile", keys.toString(), "json", true))) {
      assertThat(server.get("/health").statusCode()).isEqualTo(200);
      HttpResponse<String> refused = server.get("/v1/models");
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.body()).contains("\"code\":\"invalid_api_key\"");
      assertThat(server.send(server.to("/v1/models").header("Authorization", "Bearer 0123456789abcdeg")).statusCode()).isEqualTo(401);
      assertThat(server.send(server.to("/v1/models").header("Authorization", "Bearer 0123456789abcdef")).statusCode()).isEqualTo(200);
      while (!server.log().contains("alice")) {
        Thread.onSpinWait(); // a call is logged when its answer has been sent
      }
      assertThat(server.log()).contains("\"caller\":\"alice\",\"method\":\"GET\",\"path\":\"/v1/models\",\"status\":200").doesNotContain("0123456789");
    }
    Files.writeString(keys, "short\n");
    assertThatThrownBy(() -> new TinyServer(with("apiKeyFile", keys.toString()))).hasMessageContaining("16 characters");
  }

  @Test
  void pagesOfOtherOriginsMayNotCall() throws IOException {
    try (TinyServer server = new TinyServer(Bigram.ENDLESS, TinyServer.SETTINGS)) {
      int port = server.server.address().getPort();
      assertThat(server.send(server.to("/v1/models").header("Origin", "https://example.org")).statusCode()).isEqualTo(403);
      assertThat(server.send(server.to("/v1/models").header("Origin", "http://localhost:" + port)).statusCode()).isEqualTo(200);
      try (Socket socket = new Socket("127.0.0.1", port)) {
        socket.getOutputStream().write("GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 403 ");
      }
    }
  }

  @Test
  void tooMuchAtOnceIsRefusedAndAClientThatGoesFreesItsRow() throws IOException {
    String forever = FOREVER.replace("4000", "60000"); // 4,000 tokens have ended before the clients go, at times
    try (TinyServer server = new TinyServer(Bigram.ENDLESS, with("maxRequests", 2, "maxStreams", 1, "maxTokens", 60000))) {
      try (Socket stream = open(server, CHAT, forever + "true}")) {
        try (Socket _ = open(server, CHAT, forever + "false}")) {
          stream.getInputStream().read();
          await(server, "teenygrad_choices_running 2");
          HttpResponse<String> refused = server.post(CHAT, SHORT);
          assertThat(refused.statusCode()).isEqualTo(429);
          assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
          assertThat(refused.body()).contains("\"type\":\"rate_limit_error\"");
        }
        await(server, "teenygrad_choices_running 1");
        assertThat(server.post(CHAT, forever + "true}").statusCode()).isEqualTo(429);
        assertThat(server.post(CHAT, SHORT).statusCode()).isEqualTo(200);
      }
      await(server, "teenygrad_choices_running 0");
      assertThat(server.get("/metrics").body()).contains(
          "teenygrad_choices_total{reason=\"cancelled\"} 2\n", "teenygrad_choices_total{reason=\"length\"} 1\n", "teenygrad_http_responses_total{status=\"429\"} 2\n");
    }
  }

  @Test
  void clientsThatNeitherSendNorReadAreCutOff() throws IOException {
    try (TinyServer server = new TinyServer(Bigram.ENDLESS, with("clientSeconds", 1, "maxTokens", 60000))) {
      try (Socket half = new Socket("127.0.0.1", server.server.address().getPort())) {
        half.getOutputStream().write(("POST " + CHAT + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{").getBytes(StandardCharsets.UTF_8));
        assertThat(half.getInputStream().read()).isEqualTo(-1);
      }
      String much = FOREVER.replace("4000", "7000, \"n\": 8, \"logprobs\": true, \"top_logprobs\": 20") + "true}";
      try (Socket _ = open(server, CHAT, much)) { // which reads nothing
        await(server, "teenygrad_choices_running 8");
        await(server, "teenygrad_choices_running 0");
      }
      assertThat(server.get("/metrics").body()).contains("teenygrad_http_responses_total{status=\"0\"} 2\n", "{reason=\"cancelled\"} 8\n");
      assertThat(server.post(CHAT, SHORT).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void runningRequestsMayEnd() throws Exception {
    TinyServer server = new TinyServer(Bigram.ENDLESS, TinyServer.SETTINGS);
    HttpRequest request = server.to(CHAT).POST(HttpRequest.BodyPublishers.ofString(FOREVER.replace("4000", "300") + "true}")).build();
    HttpResponse<InputStream> stream = server.client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    Thread draining = Thread.ofVirtual().start(server.server::drain);
    List<String> lines = new String(stream.body().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).contains("data: [DONE]").anyMatch(line -> line.contains("\"finish_reason\":\"length\""));
    draining.join();
    server.close();
  }

  @Test
  void settingsComeFromAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("serve.conf"), "# small\nmax-tokens = 7\nhost=::1\njson = yes\n");
    assertThat(ServeSettings.DEFAULT.with(ServeSettings.read(file))).isEqualTo(ServeSettings.DEFAULT.with(Map.of("maxTokens", 7, "host", "::1", "json", true)));
    Files.writeString(file, "max-toks = 7");
    assertThatThrownBy(() -> ServeSettings.read(file)).hasMessageContaining("there is no setting max-toks");
    Files.writeString(file, "port = 70000");
    assertThatThrownBy(() -> ServeSettings.DEFAULT.with(ServeSettings.read(file))).hasMessageContaining("port must be 0 to 65535");
  }
}
