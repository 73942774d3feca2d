package org.teenygrad.nanochat.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardDownloadTest {
  private static final String FIRST = "shard_00000.parquet";
  private static final String LAST = "shard_00009.parquet";

  @TempDir private Path folder = Path.of("");

  private final Map<String, byte[]> served = new ConcurrentHashMap<>();
  private final Map<String, String> tags = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Long> pauses = new CopyOnWriteArrayList<>();

  /// What is sent of the answers to come before the connection is cut, in turn.
  private final List<Integer> cuts = new CopyOnWriteArrayList<>();

  /// Statuses of the answers to come.
  private final List<Integer> refusals = new CopyOnWriteArrayList<>();

  private HttpServer server = start();

  private static HttpServer start() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void serve() {
    byte[] first = new byte[200_000];
    new Random(1).nextBytes(first);
    served.put(FIRST, first);
    served.put(LAST, "the last".getBytes(StandardCharsets.UTF_8));
    server.createContext("/", this::answer);
    server.createContext("/linked/", exchange -> {
      String name = exchange.getRequestURI().getPath().substring("/linked/".length());
      exchange.getResponseHeaders().add("Location", "/files/" + name);
      exchange.getResponseHeaders().add("X-Linked-ETag", "\"" + tags.getOrDefault("linked", sha256(bytes(name))) + "\"");
      exchange.sendResponseHeaders(302, -1);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private byte[] bytes(String name) {
    return served.getOrDefault(name, new byte[0]);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    String range = exchange.getRequestHeaders().getFirst("Range");
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    requests.add(name + (range == null ? "" : " " + range));
    byte[] bytes = served.get(name);
    int status = !refusals.isEmpty() ? refusals.removeFirst() : bytes == null ? 404 : 200;
    if (bytes == null || status != 200) {
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
      return;
    }
    String tag = tags.getOrDefault(name, "\"1\"");
    int from = range != null && tag.equals(condition) ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
    exchange.getResponseHeaders().add("ETag", tag);
    if (from > 0) {
      exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
    }
    int cut = cuts.isEmpty() ? bytes.length : cuts.removeFirst();
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
    exchange.getResponseBody().write(bytes, from, Math.min(cut, bytes.length - from));
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private ShardDownload.Report run(String path, int trainShards) {
    URI base = URI.create("http://localhost:" + server.getAddress().getPort() + path);
    return new ShardDownload(base, 9, folder, 2, pauses::add).run(trainShards, line -> {});
  }

  @Test
  void fetchesTheFirstAndAlwaysTheLast() throws IOException {
    ShardDownload.Report report = run("/files/", 1);
    assertThat(report.failures()).isEmpty();
    assertThat(report.files()).containsExactly(folder.resolve(FIRST), folder.resolve(LAST));
    assertThat(Files.readAllBytes(folder.resolve(FIRST))).isEqualTo(bytes(FIRST));
    assertThat(run("/files/", 1).files()).hasSize(2);
    assertThat(requests).containsExactlyInAnyOrder(FIRST, LAST);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void goesOnWhereTheConnectionBroke() throws IOException {
    served.remove(LAST);
    Files.writeString(folder.resolve(LAST), "is there");
    cuts.addAll(List.of(70_000, 50_000));
    assertThat(run("/files/", 1).failures()).isEmpty();
    assertThat(requests).first().isEqualTo(FIRST);
    assertThat(requests).hasSize(3).element(2).asString().startsWith(FIRST + " bytes=").isNotEqualTo(FIRST + " bytes=0-");
    assertThat(Files.readAllBytes(folder.resolve(FIRST))).isEqualTo(bytes(FIRST));
    assertThat(pauses).containsExactly(2000L, 4000L);
  }

  @Test
  void theNextProgramGoesOnToo() throws IOException {
    Files.write(folder.resolve(FIRST + ".part"), Arrays.copyOf(bytes(FIRST), 1234));
    Files.writeString(folder.resolve(FIRST + ".part.etag"), "\"1\"");
    assertThat(run("/files/", 1).failures()).isEmpty();
    assertThat(requests).contains(FIRST + " bytes=1234-");
    assertThat(Files.readAllBytes(folder.resolve(FIRST))).isEqualTo(bytes(FIRST));
  }

  @Test
  void aFileThatHasChangedBeginsAnew() throws IOException {
    Files.write(folder.resolve(FIRST + ".part"), new byte[1234]);
    Files.writeString(folder.resolve(FIRST + ".part.etag"), "\"0\"");
    assertThat(run("/files/", 1).failures()).isEmpty();
    assertThat(Files.readAllBytes(folder.resolve(FIRST))).isEqualTo(bytes(FIRST));
  }

  @Test
  void bytesThatAreNotTheServersAreFetchedAgain() throws IOException {
    Files.write(folder.resolve(FIRST + ".part"), new byte[1234]);
    Files.writeString(folder.resolve(FIRST + ".part.etag"), "\"1\"");
    assertThat(run("/linked/", 1).failures()).isEmpty();
    assertThat(Files.readAllBytes(folder.resolve(FIRST))).isEqualTo(bytes(FIRST));
    assertThat(requests).contains(FIRST + " bytes=1234-", FIRST);
  }

  @Test
  void aFileWithAnotherHashIsNotKept() {
    tags.put("linked", sha256(new byte[] {1}));
    ShardDownload.Report report = run("/linked/", 0);
    assertThat(report.files()).isEmpty();
    assertThat(report.failures()).singleElement().asString().contains(LAST, "came as other bytes", sha256(new byte[] {1}));
    assertThat(folder).isEmptyDirectory();
    assertThat(requests).hasSize(5);
  }

  @Test
  void asksAgainOnlyWhereThatMayHelp() {
    served.remove(FIRST);
    refusals.addAll(new ArrayList<>(List.of(503)));
    assertThat(run("/files/", 0).failures()).isEmpty();
    assertThat(pauses).containsExactly(2000L);
    ShardDownload.Report report = run("/files/", 1);
    assertThat(report.files()).containsExactly(folder.resolve(LAST));
    assertThat(report.failures()).singleElement().asString().contains(FIRST).endsWith("is refused: HTTP status 404");
    assertThat(pauses).hasSize(1);
  }

  @Test
  void saysWhatCannotBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ShardDownload(URI.create("file:/x/"), 1, folder, 1)).withMessageContaining("must begin with http://");
    assertThatIllegalArgumentException().isThrownBy(() -> new ShardDownload(ShardDownload.CLIMBMIX, 1, folder, 0)).withMessageContaining("workers 0");
    assertThatIllegalArgumentException().isThrownBy(() -> run("/files/", -1)).withMessageContaining("-1");
  }
}
