package org.teenygrad.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.web.cells.CellLimits;
import org.teenygrad.web.cells.CellProcess;

/// Cells that mean harm, by way of the server: each is refused or ends its own process, and the server, and other pages, live on.
class HostileCellsTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static WebServer server;

  @TempDir static Path secrets;

  @BeforeAll
  static void start() {
    Optional<CellLimits> limits = CellLimits.standard();
    assumeTrue(limits.isPresent(), "this is no JDK");
    server = WebServer.start(WebSettings.DEFAULT.withCells(limits.map(each -> each.withCellTime(Duration.ofSeconds(6)))), System.err);
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
  }

  private static String run(String page, String code) throws IOException, InterruptedException {
    return post("run", Map.of("page", page, "code", code));
  }

  private static String post(String what, Map<String, String> asked) throws IOException, InterruptedException {
    String base = server.url().replaceFirst("/\\?.*", "");
    return CLIENT.send(HttpRequest.newBuilder(URI.create(base + "/cells/" + what)).header("Authorization", "Bearer " + server.url().replaceFirst(".*token=", ""))
        .POST(HttpRequest.BodyPublishers.ofString(Json.text(asked))).build(), BodyHandlers.ofString()).body();
  }

  @Test
  void theServerAndOtherPagesLiveOn() throws IOException, InterruptedException {
    run("a-quiet-reader", "int kept = 41;");
    assertThat(run("a-hostile-page", "System.exit(5);")).contains("ended its process (status 5)");
    assertThat(run("a-hostile-page", "while (true) {}")).containsPattern("stopped: a cell has 6 s|did not stop when it was to");
    assertThat(run("a-hostile-page", "List<byte[]> all = new ArrayList<>();\nwhile (true) all.add(new byte[1 << 24]);")).contains("\"kind\":\"ended\"").contains("512 MB");
    assertThat(run("a-hostile-page", "while (true) println(\"x\".repeat(100_000));")).contains("characters are not shown");
    if (CellProcess.containment().contains("Landlock, seccomp")) {
      Path secret = Files.writeString(secrets.resolve("secret.txt"), "the secret");
      assertThat(run("a-hostile-page", "Files.readString(Path.of(\"" + secret + "\"))")).contains("AccessDeniedException").doesNotContain("the secret");
      assertThat(run("a-hostile-page", "new ProcessBuilder(\"sleep\", \"100\").start()")).contains("Operation not permitted");
      assertThat(run("a-hostile-page", "new Socket(\"localhost\", " + URI.create(server.url()).getPort() + ")")).contains("Operation not permitted");
    }
    assertThat(run("a-quiet-reader", "kept + 1")).contains("\"text\":\"42\"");
    assertThat(run("a-later-reader", "6 * 7")).contains("\"text\":\"42\"");
  }

  @Test
  void threadsThatACellLeavesBehindGiveWayAndEnd() throws IOException, InterruptedException {
    assumeTrue(CellProcess.containment().contains("seccomp"), "no limits of processor time here");
    String number = run("a-spinning-page", "ProcessHandle.current().pid()").replaceFirst("(?s).*\"text\":\"(\\d+)\".*", "$1");
    ProcessHandle process = ProcessHandle.of(Long.parseLong(number)).orElseThrow();
    int own = niceOfThreads(ProcessHandle.current().pid()).getFirst(); // that of the first thread
    assertThat(niceOfThreads(process.pid())).hasSizeGreaterThan(5).containsOnly(Math.min(19, own + 5));
    // They wait until the cell is done.
    run("a-spinning-page", "for (int i = 0; i < 16; i++) Thread.ofPlatform().start(() -> { LockSupport.parkNanos(2_000_000_000L); while (true) { } });");
    assertThat(run("a-reader-beside-it", "6 * 7")).contains("\"text\":\"42\"");
    process.onExit().orTimeout(2, TimeUnit.MINUTES).join();
    assertThat(run("a-spinning-page", "1")).contains("took all the processor time");
    assertThat(run("a-spinning-page", "1 + 1")).contains("\"text\":\"2\"");
  }

  /// The 17th word after the name in parentheses (proc(5)).
  private static List<Integer> niceOfThreads(long process) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + process + "/task"))) {
      return threads.map(thread -> {
        try {
          return Integer.valueOf(Files.readString(thread.resolve("stat")).replaceFirst(".*\\) ", "").split(" ")[16]);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }).toList();
    }
  }

  @Test
  void aClosedPageTakesItsProcessWithIt() throws IOException, InterruptedException {
    run("a-page-to-close", "Thread.ofPlatform().start(() -> { while (true) { } });");
    int before = server.pages();
    String number = run("a-page-to-close", "ProcessHandle.current().pid()").replaceFirst("(?s).*\"text\":\"(\\d+)\".*", "$1");
    ProcessHandle process = ProcessHandle.of(Long.parseLong(number)).orElseThrow();
    post("end", Map.of("page", "a-page-to-close"));
    process.onExit().join();
    assertThat(server.pages()).isEqualTo(before - 1);
  }
}
