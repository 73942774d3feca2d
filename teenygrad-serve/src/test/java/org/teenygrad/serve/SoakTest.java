package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.teenygrad.nanochat.json.Json;

/// Clients that come, go, send nonsense or nothing, for a while (`-Dteenygrad.soak.seconds`): whoever asks properly is answered rightly, and at the
/// end nothing of all that is left.
class SoakTest {
  private static final int CLIENTS = 64;
  private static final int QUESTIONS = 12;
  private static final String CHAT = "/v1/chat/completions";
  private static final String HUGE = "{\"messages\": \"" + "x".repeat(10_000_000) + "\"}";
  private static final long MOST_GROWTH = 32 << 20;
  private static final int SECONDS = Integer.getInteger("teenygrad.soak.seconds", 6);
  /// How often memory is looked at, each tenth of a second, until it has fallen.
  private static final int LOOKS = 50;

  private static final long NANOS = SECONDS * 1_000_000_000L;

  /// A client that waits so long for a processor is cut off as one that does not read, which is no fault of the server's: in half an hour beside
  /// other work that happens to some after 2 s.
  private static final int CLIENT_SECONDS = SECONDS < 60 ? 2 : 20;

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final List<String> expected = new ArrayList<>();

  private static String question(int number, boolean streams) {
    return "{\"messages\": [{\"role\": \"user\", \"content\": \"" + "question ".repeat(1 + number % 5) + number
        + "\"}], \"temperature\": 0, \"max_tokens\": " + (3 + 2 * number) + ", \"speculate\": " + number % 3 + ", \"stream\": " + streams + "}";
  }

  private static String content(Map<String, Object> reply) {
    return Json.string(Json.object(TinyServer.choice(reply), "message"), "content");
  }

  @Test
  void whateverClientsDo() throws Exception {
    ServeSettings settings = TinyServer.SETTINGS.with(Map.of("clientSeconds", CLIENT_SECONDS, "maxRequests", 48, "maxStreams", 40));
    try (TinyServer server = new TinyServer(settings)) {
      for (int number = 0; number < QUESTIONS; number++) {
        expected.add(content(server.json(CHAT, question(number, false))));
      }
      long end = System.nanoTime() + NANOS;
      long before = 0;
      for (int third = 2; third >= 0; third--) {
        clients(server, end - third * (end - System.nanoTime()) / (third + 1));
        awaitIdle(server);
        before = third == 2 ? usedMemory() : before;
      }
      assertThat(counts.toString()).doesNotContain("wrong");
      assertThat(counts).containsKeys("right", "formed", "cancelled", "broken JSON", "too large", "half", "slow");
      assertThat(server.get("/metrics").body()).as("all blocks are free").contains("teenygrad_cache_used_tokens 0\n");
      assertThat(leastGrowth(before)).as("bytes more than after the first third").isLessThan(MOST_GROWTH);
      assertThat(server.log()).doesNotContain("Exception");
    }
    System.out.println("soak: " + counts);
  }

  /// What stays, as against what the server's threads are about to let go of.
  private static long leastGrowth(long before) throws InterruptedException {
    long growth = usedMemory() - before;
    for (int look = 0; look < LOOKS && growth >= MOST_GROWTH; look++) {
      Thread.sleep(100);
      growth = usedMemory() - before;
    }
    return growth;
  }

  private static long usedMemory() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void awaitIdle(TinyServer server) {
    String metrics;
    do {
      metrics = server.get("/metrics").body();
    } while (!metrics.contains("teenygrad_choices_running 0\n") || !metrics.contains("teenygrad_choices_waiting 0\n"));
  }

  private void clients(TinyServer server, long until) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        SplittableRandom random = new SplittableRandom(client);
        running.add(threads.submit(() -> {
          do {
            count(act(server, random.split()));
          } while (System.nanoTime() < until);
          return null;
        }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
  }

  private void count(String outcome) {
    counts.computeIfAbsent(outcome, _ -> new LongAdder()).increment();
  }

  private String act(TinyServer server, SplittableRandom random) throws IOException {
    int number = random.nextInt(QUESTIONS);
    return switch (random.nextInt(20)) {
      case 0, 1, 2 -> abandoned(server, question(number, true), random.nextInt(1, 2000));
      case 3, 4 -> abandoned(server, question(number, false), 0);
      case 5 -> status(server.post(CHAT, question(number, false).substring(random.nextInt(1, 40))), 400, "broken JSON");
      case 6 -> tooLarge(server);
      case 7 -> half(server, question(number, true), random.nextInt(200));
      case 8 -> slow(server, question(number, true));
      case 9 -> formed(server.post(CHAT, question(number, false).replace("\"stream\"", "\"structured_outputs\": {\"regex\": \"[a-f]{2}-[0-9]\"}, \"stream\"")));
      case 10, 11 -> streamed(server.post(CHAT, question(number, true)), expected.get(number));
      default -> whole(server.post(CHAT, question(number, false)), expected.get(number));
    };
  }

  private static String status(HttpResponse<String> response, int status, String outcome) {
    return response.statusCode() == status ? outcome : "wrong status of " + outcome + ": " + response.statusCode();
  }

  private static String whole(HttpResponse<String> response, String answer) {
    return response.statusCode() == 429 ? "refused" : response.statusCode() == 200 && content(Json.object(response.body())).equals(answer) ? "right" : "wrong answer";
  }

  /// What is not cut off by its length is of the form that was asked for.
  private static String formed(HttpResponse<String> response) {
    if (response.statusCode() == 429) {
      return "refused";
    }
    Map<String, Object> reply = response.statusCode() == 200 ? Json.object(response.body()) : Map.of();
    boolean isRight = !reply.isEmpty() && (content(reply).matches("[a-f]{2}-[0-9]") || "length".equals(TinyServer.choice(reply).get("finish_reason")));
    return isRight ? "formed" : "wrong form";
  }

  private static String streamed(HttpResponse<String> response, String answer) {
    if (response.statusCode() == 429) {
      return "refused";
    }
    StringBuilder text = new StringBuilder();
    response.body().lines().filter(line -> line.startsWith("data: {")).forEach(line ->
        text.append(Json.object(TinyServer.choice(Json.object(line.substring("data: ".length()))), "delta").getOrDefault("content", "")));
    return text.toString().equals(answer) && response.body().endsWith("data: [DONE]\n\n") ? "right" : "wrong stream";
  }

  /// Reads so many bytes, and is gone.
  private static String abandoned(TinyServer server, String body, int bytes) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.server.address().getPort())) {
      socket.getOutputStream().write(request(body));
      InputStream in = socket.getInputStream();
      int left = bytes;
      while (left > 0 && in.read() >= 0) {
        left--;
      }
      return "cancelled";
    }
  }

  /// Takes what comes a byte at a time, through a narrow window.
  private static String slow(TinyServer server, String body) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(1024);
      socket.connect(server.server.address());
      socket.getOutputStream().write(request(body));
      StringBuilder text = new StringBuilder();
      for (int c = socket.getInputStream().read(); c >= 0 && text.indexOf("[DONE]") < 0 && text.indexOf(" 429 ") < 0; c = socket.getInputStream().read()) {
        text.append((char) c);
      }
      return "slow";
    } catch (SocketException e) {
      return "slow"; // too slow
    }
  }

  /// The server may close the connection before all is sent.
  private static String tooLarge(TinyServer server) {
    try {
      return status(server.post(CHAT, HUGE), 413, "too large");
    } catch (UncheckedIOException e) {
      return "too large";
    }
  }

  private static String half(TinyServer server, String body, int bytes) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.server.address().getPort())) {
      byte[] whole = request(body);
      socket.getOutputStream().write(whole, 0, Math.min(bytes, whole.length - 1));
      return "half";
    } catch (SocketException e) {
      return "half";
    }
  }

  /// The connection ends with the answer, so that nobody waits for more of it.
  private static byte[] request(String body) {
    return ("POST " + CHAT + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8);
  }
}
