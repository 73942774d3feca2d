package org.teenygrad.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// A page in a headless Chromium, in which scripts are run by its DevTools protocol.
final class Chromium implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("ws://\\S+");
  private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

  private static final Duration ANSWERING = Duration.ofMinutes(1);
  private static final long LOOK_MILLIS = 50;

  private final Process process;
  private final Path profile;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final BlockingQueue<String> answers = new ArrayBlockingQueue<>(16);
  private int asked;

  private Chromium(Path executable, String url) throws IOException, InterruptedException {
    profile = Files.createTempDirectory("teenygrad-chromium");
    process = new ProcessBuilder(executable.toString(), "--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--user-data-dir=" + profile, "--window-size=1380,1000", "about:blank")
        .redirectErrorStream(true).start();
    URI browser = URI.create(WebProcess.url(process, LISTENING));
    URI making = URI.create("http://localhost:" + browser.getPort() + "/json/new?" + url);
    String made = client.send(HttpRequest.newBuilder(making).PUT(HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString()).body();
    socket = client.newWebSocketBuilder().buildAsync(URI.create(Json.string(Json.object(made), "webSocketDebuggerUrl")), new Listener()).join();
  }

  /// The executable, where there is one on the PATH.
  static Optional<Path> executable() {
    String path = System.getenv("PATH");
    return NAMES.stream().flatMap(name -> Stream.of((path == null ? "" : path).split(":")).map(folder -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
  }

  /// Opens a page.
  static Chromium open(Path executable, String url) throws IOException, InterruptedException {
    Chromium page = new Chromium(executable, url);
    long end = System.nanoTime() + ANSWERING.toNanos();
    while (!page.isLoaded()) {
      if (System.nanoTime() > end) {
        page.close();
        throw new IllegalStateException("the browser does not load the page");
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return page;
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
      message.append(data);
      if (isLast) {
        answers.add(message.toString());
        message.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private boolean isLoaded() throws InterruptedException {
    return value("document.readyState === 'complete' && location.protocol === 'http:' ? 1 : null", ANSWERING).get("value") != null;
  }

  /// The number that an expression of JavaScript gives, which may be promised.
  /// @throws IllegalStateException if it throws, or gives none in time
  double number(String expression, Duration atMost) throws InterruptedException {
    Map<?, ?> value = value(expression, atMost);
    if (value.get("value") instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalStateException("the page says " + value);
  }

  /// What an expression gives; nothing while a page is loaded.
  private Map<?, ?> value(String expression, Duration atMost) throws InterruptedException {
    Map<String, @Nullable Object> parameters = Json.members("expression", expression, "awaitPromise", true, "returnByValue", true);
    socket.sendText(Json.text(Json.members("id", ++asked, "method", "Runtime.evaluate", "params", parameters)), true).join();
    String answer = answers.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    if (answer == null) {
      throw new IllegalStateException("the browser does not answer");
    }
    return Json.object(answer).get("result") instanceof Map<?, ?> result && result.get("result") instanceof Map<?, ?> value ? value : Map.of();
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    try {
      process.destroyForcibly().waitFor();
      delete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void delete() {
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the browser's profile stays: " + profile, e);
    }
  }
}
