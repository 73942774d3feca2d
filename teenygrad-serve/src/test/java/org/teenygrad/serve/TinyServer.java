package org.teenygrad.serve;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;

/// A server of a model that has learned nothing, at a free port.
final class TinyServer implements AutoCloseable {
  static final NanochatTokenizer BYTES = new TokenizerTrainer(265).train(Stream.of("a").iterator()).tokenizer();
  static final ServedModel MODEL = NanochatModel.served("tiny", gpt(), BYTES);
  static final ServeSettings SETTINGS = ServeSettings.DEFAULT.with(Map.of("port", 0, "rows", 8));

  final Server server;
  final HttpClient client = HttpClient.newHttpClient();
  /// A file: half an hour's lines are 100 MB.
  private final Path log;
  private final PrintStream lines;

  TinyServer() {
    this(SETTINGS);
  }

  TinyServer(ServeSettings settings) {
    this(MODEL, settings);
  }

  TinyServer(ServedModel model, ServeSettings settings) {
    this(List.of(model), settings);
  }

  TinyServer(List<ServedModel> models, ServeSettings settings) {
    try {
      log = Files.createTempFile("server", ".log");
      lines = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = Server.start(models, settings, "1.2.3", lines);
  }

  private static Gpt gpt() {
    Tensor.manualSeed(5);
    Gpt model = Gpt.of(new GptConfig(64, 265, 2, 1, 1, 32, "L"), DType.FLOAT32);
    Tensor.noGrad(() -> {
      model.parameters().forEach(weight -> weight.assign(weight.add(weight.randnLike().mul(0.5))));
      Tensor.realize(model.parameters());
    });
    return model;
  }

  String log() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + server.address().getPort() + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(to(path));
  }

  HttpResponse<String> post(String path, String body) {
    return send(to(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /// The answer to a request that must be answered.
  Map<String, Object> json(String path, String body) {
    HttpResponse<String> response = post(path, body);
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return Json.object(response.body());
  }

  /// The events of a stream that must be answered, without the last.
  List<Map<String, Object>> events(String path, String body) {
    HttpResponse<String> response = post(path, body);
    List<String> events = response.body().lines().filter(line -> !line.isEmpty()).toList();
    if (response.statusCode() != 200 || !events.getLast().equals("data: [DONE]")) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return events.stream().limit(events.size() - 1L).map(line -> Json.object(line.substring("data: ".length()))).toList();
  }

  /// The only or first choice.
  static Map<String, Object> choice(Map<String, Object> json) {
    return Json.asObject(Json.list(json, "choices").getFirst(), "choice");
  }

  @Override
  public void close() {
    client.close();
    server.close();
    lines.close();
    try {
      Files.delete(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
