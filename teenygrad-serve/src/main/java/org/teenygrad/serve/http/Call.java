package org.teenygrad.serve.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// One HTTP call: its request is read within limits of size and time, its response written to a client that must keep reading.
public final class Call {
  /// @param maxBodyBytes of a request
  /// @param clientSeconds how long a client may take to send it, or to read a part of the answer
  public record Limits(int maxBodyBytes, int clientSeconds) {}

  private final HttpExchange exchange;
  private final Limits limits;
  private final Watchdog watchdog;
  private final long start = System.nanoTime();
  private @Nullable OutputStream output;
  private int status;
  private boolean gone;

  /// What the access log says besides.
  private String caller = "-";
  private int promptTokens;
  private int completionTokens;

  public Call(HttpExchange exchange, Limits limits, Watchdog watchdog) {
    this.exchange = exchange;
    this.limits = limits;
    this.watchdog = watchdog;
  }

  public String method() {
    return exchange.getRequestMethod();
  }

  /// Without the query.
  public String path() {
    return exchange.getRequestURI().getPath();
  }

  /// What follows the path's question mark, as it was sent.
  public @Nullable String query() {
    return exchange.getRequestURI().getRawQuery();
  }

  /// The first value of a header.
  public @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  /// When it came ([System#nanoTime]).
  public long start() {
    return start;
  }

  /// The status that was sent; 0 before.
  public int status() {
    return status;
  }

  /// Whether the client had gone before its answer was complete.
  public boolean isGone() {
    return gone;
  }

  public String caller() {
    return caller;
  }

  public void identify(String name) {
    caller = name;
  }

  public int promptTokens() {
    return promptTokens;
  }

  public int completionTokens() {
    return completionTokens;
  }

  public void count(int prompt, int completion) {
    promptTokens = prompt;
    completionTokens = completion;
  }

  /// The body, which must be an object of JSON. Nulls are in it: a schema may mean them.
  /// @throws ApiError if it is none, or too large
  /// @throws IOException if it does not come within the time for it
  public Map<String, Object> json() throws IOException {
    int most = limits.maxBodyBytes();
    String length = header("Content-Length");
    if (length != null && Long.parseLong(length) > most) {
      throw tooLarge(most);
    }
    byte[] body;
    try (Watchdog.Guard _ = watchdog.within(limits.clientSeconds())) {
      body = exchange.getRequestBody().readNBytes(most + 1);
    }
    if (body.length > most) {
      throw tooLarge(most);
    }
    try {
      return Json.objectWithNulls(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw ApiError.of(400, "the body is no JSON object: " + e.getMessage());
    }
  }

  private static ApiError tooLarge(int most) {
    return ApiError.coded(413, "request_too_large", null, "a request's body may have " + most + " bytes");
  }

  /// Answers with JSON, or ends with it the response that has [begun][#begin].
  public void send(int answer, Map<String, ?> json) throws IOException {
    send(answer, "application/json", Json.text(json).getBytes(StandardCharsets.UTF_8));
  }

  /// Answers with this.
  public void send(int answer, String type, byte[] body) throws IOException {
    if (output == null) {
      begin(answer, type, body.length);
    }
    write(body);
    end();
  }

  /// Answers that the client has what it asks for.
  public void sendNotModified() throws IOException {
    status = 304;
    exchange.sendResponseHeaders(status, -1);
  }

  /// Answers with an error, unless an answer has begun: then the connection is closed before its end, which no client takes for an answer.
  public void refuse(ApiError error) throws IOException {
    if (hasBegun()) {
      throw new IOException("the answer cannot be completed: " + error.getMessage());
    }
    if (error.retryAfterSeconds() > 0) {
      exchange.getResponseHeaders().set("Retry-After", Integer.toString(error.retryAfterSeconds()));
    }
    if (error.status() == 401) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    }
    send(error.status(), error.json());
  }

  /// Sets a header of the answer, before it begins.
  public void set(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  public boolean hasBegun() {
    return output != null;
  }

  /// Begins an answer of unknown length.
  public void begin(String type) throws IOException {
    begin(200, type, 0);
  }

  private void begin(int answer, String type, long length) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().putIfAbsent("Cache-Control", List.of("no-store"));
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    status = answer;
    output = exchange.getResponseBody();
    try (Watchdog.Guard _ = watchdog.within(limits.clientSeconds())) {
      exchange.sendResponseHeaders(answer, length);
    }
  }

  /// Sends a part of the answer at once.
  /// @throws IOException if the client has gone, or does not read
  public void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(byte[] bytes) throws IOException {
    OutputStream begun = output;
    if (begun == null) {
      throw new IllegalStateException("the answer has not begun");
    }
    try (Watchdog.Guard _ = watchdog.within(limits.clientSeconds())) {
      begun.write(bytes);
      begun.flush();
    }
  }

  /// Completes the answer.
  public void end() throws IOException {
    OutputStream begun = output;
    if (begun != null) {
      try (Watchdog.Guard _ = watchdog.within(limits.clientSeconds())) {
        begun.close();
      }
    }
  }

  /// Gives the call up: its connection is closed, without an end of the answer.
  public void abort() {
    gone = true;
    Thread.currentThread().interrupt(); // a channel that is used by an interrupted thread closes itself
    try {
      write(" ".getBytes(StandardCharsets.UTF_8));
    } catch (IOException | IllegalStateException e) {
      // as intended
    } finally {
      exchange.close();
      boolean _ = Thread.interrupted();
    }
  }
}
