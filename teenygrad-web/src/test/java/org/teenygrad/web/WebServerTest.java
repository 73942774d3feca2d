package org.teenygrad.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who is let in, and that the pages are there. Without a JDK for cells: those have tests of their own.
class WebServerTest {
  private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static WebServer server;
  private static String base;
  private static String token;

  @BeforeAll
  static void start() {
    server = WebServer.start(WebSettings.DEFAULT.withCells(Optional.empty()), new PrintStream(LOG, true, StandardCharsets.UTF_8));
    base = server.url().replaceFirst("/\\?.*", "");
    token = server.url().replaceFirst(".*token=", "");
  }

  @AfterAll
  static void end() {
    server.close();
    assertThat(LOG.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + token);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpResponse<String> get(String path) {
    return send(to(path));
  }

  /// What a client that sends any header is told: Java's sets `Host` itself.
  private static String raw(String path, String... headers) throws IOException {
    try (Socket socket = new Socket("localhost", URI.create(base).getPort())) {
      socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", headers) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void nobodyGetsInWithoutTheToken() {
    for (String path : new String[] {"/", "/book/1.1-probability", "/page/main.js", "/cells/run", "/nothing", "/?token=", "/?token=" + token.substring(1), "/?token=" + token + "x"}) {
      assertThat(send(HttpRequest.newBuilder(URI.create(base + path))).statusCode()).as(path).isEqualTo(403);
    }
    assertThat(send(HttpRequest.newBuilder(URI.create(base + "/")).header("Cookie", "teenygrad-1=" + token)).statusCode()).isEqualTo(403);
    assertThat(send(HttpRequest.newBuilder(URI.create(base + "/")).header("Authorization", "Bearer nonsense")).statusCode()).isEqualTo(403);
    assertThat(send(HttpRequest.newBuilder(URI.create(base + "/"))).body()).doesNotContain(token);
  }

  @Test
  void theTokenOfTheUrlBecomesACookie() {
    HttpResponse<String> first = send(HttpRequest.newBuilder(URI.create(server.url())));
    String cookie = first.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict");
    assertThat(send(HttpRequest.newBuilder(URI.create(base + "/book/1.3-tensors")).header("Cookie", "other=1; " + cookie.replaceFirst(";.*", ""))).statusCode()).isEqualTo(200);
    assertThat(first.body()).doesNotContain(token);
  }

  @Test
  void pagesOfOtherOriginsAreRefused() throws IOException {
    String port = ":" + URI.create(base).getPort();
    assertThat(send(to("/").header("Origin", "http://localhost" + port)).statusCode()).isEqualTo(200);
    assertThat(send(to("/").header("Origin", "http://evil.example")).statusCode()).isEqualTo(403);
    assertThat(send(to("/").header("Origin", "null")).statusCode()).isEqualTo(403);
    assertThat(send(to("/").header("Origin", "http://localhost:1")).statusCode()).isEqualTo(403);
    assertThat(send(to("/cells/end").header("Sec-Fetch-Site", "cross-site").POST(HttpRequest.BodyPublishers.ofString("{}"))).statusCode()).isEqualTo(403);
    assertThat(raw("/", "Host: localhost" + port, "Authorization: Bearer " + token)).startsWith("HTTP/1.1 200");
    assertThat(raw("/", "Host: evil.example" + port, "Authorization: Bearer " + token)).startsWith("HTTP/1.1 403");
    assertThat(raw("/?token=" + token, "Host: localhost.evil.example" + port)).startsWith("HTTP/1.1 403");
  }

  @Test
  void onlyOwnFilesAreServed() throws IOException {
    for (String path : new String[] {"/page/", "/page/../Book.class", "/page/..%2fBook.class", "/page/none.js", "/book/", "/book/README", "/book/..%2f..%2fpom", "/book/1.1-probability.md",
        "/frame.html", "/page/vendor/../frame.html"}) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
    }
    assertThat(raw("/../../etc/passwd", "Host: localhost", "Authorization: Bearer " + token)).startsWith("HTTP/1.1 404");
    assertThat(send(to("/").POST(HttpRequest.BodyPublishers.noBody())).statusCode()).isEqualTo(405);
    assertThat(get("/cells/run").statusCode()).isEqualTo(405);
  }

  @Test
  void allThatPagesLoadIsThere() {
    Pattern loaded = Pattern.compile("(?:src|href|from|import\\()[= ]?[\"'](\\.{0,1}/[^\"'#]*)[\"']");
    Deque<String> open = new ArrayDeque<>(Set.of("/"));
    Set<String> found = new TreeSet<>();
    while (!open.isEmpty()) {
      String path = open.remove();
      if (found.add(path)) {
        HttpResponse<String> file = get(path);
        assertThat(file.statusCode()).as(path).isEqualTo(200);
        Matcher matcher = loaded.matcher(path.contains("/vendor/") ? "" : file.body());
        while (matcher.find()) {
          open.add(matcher.group(1).startsWith(".") ? "/page" + matcher.group(1).substring(1) : matcher.group(1));
        }
      }
    }
    assertThat(found).contains("/page/main.js", "/page/dom.js", "/page/look.css", "/page/vendor/codemirror.js", "/page/vendor/dagre.js", "/book/1.1-probability", "/book/3.2-engine")
        .hasSizeGreaterThan(25);
  }

  @Test
  void nothingComesFromElsewhereAndNoScriptStandsInAPage() {
    for (String path : new String[] {"/", "/book/2.1-networks"}) {
      HttpResponse<String> page = get(path);
      String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
      assertThat(policy).contains("default-src 'none'").contains("script-src 'self';").contains("require-trusted-types-for 'script'").doesNotContain("unsafe");
      assertThat(page.body()).doesNotContain("<style").doesNotContain(" style=").doesNotContainPattern("<[^>]*\\son[a-z]+=").doesNotContainPattern("(?:src|href)=\"https?:");
      assertThat(get(path).headers().firstValue("Content-Security-Policy").orElseThrow()).as("a number for each").isNotEqualTo(policy);
    }
  }

  /// Together under 700 KB, with their licences.
  @Test
  void vendoredLibrariesAreSmallAndTheirLicencesAreThere() throws IOException {
    int bytes = 0;
    for (String name : new String[] {"codemirror.js", "dagre.js", "uplot.js", "uplot.css"}) {
      HttpResponse<String> file = get("/page/vendor/" + name);
      assertThat(file.statusCode()).as(name).isEqualTo(200);
      bytes += file.body().getBytes(StandardCharsets.UTF_8).length;
    }
    assertThat(bytes).isBetween(400_000, 700_000);
    for (String library : new String[] {"codemirror", "dagre", "uplot"}) {
      try (var licence = WebServer.class.getResourceAsStream("/META-INF/licenses/" + library + ".txt")) {
        assertThat(new String(java.util.Objects.requireNonNull(licence).readAllBytes(), StandardCharsets.UTF_8)).as(library).contains("Permission is hereby granted");
      }
    }
  }

  @Test
  void withoutAJdkPagesAreReadAndCellsSayWhatTheyNeed() {
    assertThat(get("/book/1.1-probability").body()).contains("data-cells=\"none\"").contains("the cells of chapters run in that of teenygrad web");
    HttpResponse<String> run = send(to("/cells/run").POST(HttpRequest.BodyPublishers.ofString("{\"page\": \"a-page-of-mine\", \"code\": \"1\"}")));
    assertThat(run.statusCode()).isEqualTo(501);
    assertThat(run.body()).contains("JDK");
    assertThat(send(to("/cells/run").POST(HttpRequest.BodyPublishers.ofString("{\"page\": \"../x\", \"code\": \"1\"}"))).statusCode()).isEqualTo(400);
  }

  @Test
  void peopleAreToldByAPage() {
    HttpResponse<String> page = send(to("/book/%3Cscript%3E").header("Accept", "text/html"));
    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.body()).contains("&lt;script&gt;").doesNotContain("<script>");
    assertThat(send(HttpRequest.newBuilder(URI.create(base + "/")).header("Accept", "text/html")).body()).contains("open the URL that teenygrad web has printed");
  }
}
