package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.json.Json;

class PageTest {
  private static TinyServer server;

  @BeforeAll
  static void start() {
    server = new TinyServer();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  @Test
  void isThereWithAllThatItLoads() {
    Pattern loaded = Pattern.compile("(?:src|href|from|import\\()[= ]?[\"'](\\.{0,1}/[^\"'#]+)[\"']");
    Deque<String> open = new ArrayDeque<>(Set.of("/"));
    Set<String> found = new TreeSet<>();
    while (!open.isEmpty()) {
      String path = open.remove();
      if (found.add(path)) {
        HttpResponse<String> file = server.get(path);
        assertThat(file.statusCode()).as(path).isEqualTo(200);
        Matcher matcher = loaded.matcher(path.contains("/vendor/") ? "" : file.body());
        while (matcher.find()) {
          open.add(matcher.group(1).startsWith(".") ? "/page" + matcher.group(1).substring(1) : matcher.group(1));
        }
      }
    }
    assertThat(found).contains("/page/main.js", "/page/base.css", "/page/vendor/marked.esm.js", "/page/vendor/purify.es.mjs").hasSizeGreaterThan(15);
  }

  @Test
  void letsNothingInFromElsewhere() {
    HttpResponse<String> page = server.get("/");
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'none'").contains("script-src 'self'")
        .doesNotContain("unsafe");
    assertThat(page.body()).doesNotContain("<style").doesNotContain(" style=").doesNotContainPattern("\\son[a-z]+=").doesNotContainPattern("https?:");
    assertThat(server.get("/page/main.js").headers().firstValue("Content-Type")).hasValue("text/javascript; charset=utf-8");
  }

  @Test
  void isSentZippedAndOnce() throws IOException, InterruptedException {
    String plain = server.get("/page/main.js").body();
    HttpResponse<InputStream> zipped = server.client.send(server.to("/page/main.js").header("Accept-Encoding", "gzip, br").build(), BodyHandlers.ofInputStream());
    assertThat(zipped.headers().firstValue("Content-Encoding")).hasValue("gzip");
    assertThat(new String(new GZIPInputStream(zipped.body()).readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain);
    String tag = zipped.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again = server.send(server.to("/page/main.js").header("If-None-Match", tag));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.headers().firstValue("Cache-Control")).hasValue("no-cache");
    assertThat(server.send(server.to("/page/chat.js").header("If-None-Match", tag)).statusCode()).isEqualTo(200);
  }

  @Test
  void servesItsOwnFilesOnly() {
    for (String path : new String[] {"/page/", "/page/../Page.class", "/page/..%2fPage.class", "/page/none.js", "/page/vendor/", "/page/index", "/index.html"}) {
      assertThat(server.get(path).statusCode()).as(path).isEqualTo(404);
    }
    assertThat(server.post("/", "{}").statusCode()).isEqualTo(405);
  }

  @Test
  void tellsWhatTheEngineDoes() throws IOException, InterruptedException {
    HttpResponse<InputStream> events = server.client.send(server.to("/engine/events").build(), BodyHandlers.ofInputStream());
    try (InputStream stream = events.body()) {
      CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(
          () -> server.post("/v1/completions", "{\"prompt\": \"abc\", \"max_tokens\": 25, \"ignore_eos\": true}"));
      Pattern step = Pattern.compile("\"number\":(\\d+),");
      String seen = "";
      long last = 0;
      while (!seen.contains("\"tokens\":") || last < 25) {
        String line = line(stream);
        if (line.startsWith("data: ")) {
          assertThat(Json.object(line.substring(6))).containsEntry("rows", 8L).containsKey("cached").containsKey("sequences");
          Matcher steps = step.matcher(line);
          while (steps.find()) {
            assertThat(Long.parseLong(steps.group(1))).isGreaterThan(last);
            last = Long.parseLong(steps.group(1));
          }
          seen += line;
        }
      }
      assertThat(answer.join().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void blocksAreToldInRanges() {
    assertThat(EngineEvents.ranges(List.of(3, 4, 9, 0, 1, 2))).containsExactly(List.of(3, 2), List.of(9, 1), List.of(0, 3));
    assertThat(EngineEvents.ranges(List.of())).isEmpty();
  }

  @Test
  void whoWatchesTheEngineIsToldThatItEnds() throws IOException, InterruptedException {
    try (TinyServer ending = new TinyServer()) {
      HttpResponse<Stream<String>> events = ending.client.send(ending.to("/engine/events").build(), BodyHandlers.ofLines());
      ending.server.drain();
      assertThat(events.body().filter(line -> !line.isEmpty()).toList()).last().isEqualTo("data: [DONE]");
    }
  }

  private static String line(InputStream stream) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = stream.read(); next != '\n'; next = stream.read()) {
      assertThat(next).isNotEqualTo(-1);
      line.append((char) next);
    }
    return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
