package org.teenygrad.serve.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.teenygrad.nanochat.json.Json;

/// Sends a server requests for completions that stream, and notes when their tokens come. The same settings make the same requests.
///
/// ```java
/// LoadGenerator load = LoadGenerator.of(URI.create("http://localhost:8000"), "", LoadSettings.DEFAULT);
/// load.run().text();
/// ```
public final class LoadGenerator implements AutoCloseable {
  private final URI server;
  private final String key;
  private final LoadSettings settings;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Asked> asked;

  /// @param pause seconds between the request before and this one
  private record Asked(List<Integer> prompt, int tokens, double pause) {}

  private LoadGenerator(URI server, String key, LoadSettings settings) {
    this.server = server;
    this.key = key;
    this.settings = settings;
    int vocabulary = Json.integer(Json.asObject(Json.list(get("/v1/models"), "data").getFirst(), "the model"), "vocab_size");
    SplittableRandom random = new SplittableRandom(settings.seed());
    asked = IntStream.range(0, settings.requests()).mapToObj(_ -> {
      int length = random.nextInt(settings.minPrompt(), settings.maxPrompt() + 1);
      double exponential = -Math.log1p(-random.nextDouble()); // pauses of a Poisson process
      double pause = settings.rate() > 0 ? exponential / settings.rate() : 0;
      int tokens = random.nextInt(settings.minTokens(), settings.maxTokens() + 1);
      return new Asked(random.ints(length, 0, vocabulary).boxed().toList(), tokens, pause);
    }).toList();
  }

  /// @param server where it listens
  /// @param key what to show it; empty for none
  /// @throws IllegalStateException if it does not answer
  public static LoadGenerator of(URI server, String key, LoadSettings settings) {
    return new LoadGenerator(server, key, settings);
  }

  /// Sends all requests.
  public LoadReport run() {
    return LoadReport.of(measure(settings.concurrency()));
  }

  /// Sends all requests several times, so many at once, and compares what comes.
  /// @throws IllegalStateException if a request fails
  public LoadReport.Differences compare(int... concurrencies) {
    List<List<Measured>> runs = IntStream.of(concurrencies).mapToObj(this::measure).toList();
    runs.stream().flatMap(LoadReport::failures).findFirst().ifPresent(failure -> {
      throw new IllegalStateException("a request failed: " + failure);
    });
    return LoadReport.Differences.of(runs);
  }

  private List<Measured> measure(int concurrency) {
    Semaphore places = new Semaphore(settings.rate() > 0 ? Integer.MAX_VALUE : concurrency);
    List<Future<Measured>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < asked.size(); i++) {
        Asked request = asked.get(i);
        long seed = settings.seed() + i;
        Thread.sleep((long) (1000 * request.pause));
        places.acquire();
        running.add(threads.submit(() -> {
          try {
            return send(request, seed);
          } finally {
            places.release();
          }
        }));
      }
      List<Measured> all = new ArrayList<>();
      for (Future<Measured> each : running) {
        all.add(each.get());
      }
      return all;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a request could not be measured", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private HttpRequest.Builder to(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
    return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
  }

  private Map<String, Object> get(String path) {
    try {
      HttpResponse<String> response = client.send(to(path).build(), BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(server.resolve(path) + " answers " + response.statusCode() + " " + response.body());
      }
      return Json.object(response.body());
    } catch (IOException e) {
      throw new IllegalStateException("there is no server at " + server, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Measured send(Asked request, long seed) throws InterruptedException {
    String body = Json.text(Json.members(
        "prompt", request.prompt, "max_tokens", request.tokens, "temperature", settings.temperature(), "seed", seed, "ignore_eos", true,
        "logprobs", 0, "stream", true, "stream_options", Map.of("include_usage", true)));
    List<Long> arrivals = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    int added = 0;
    long start = System.nanoTime();
    String failure = "";
    try {
      HttpResponse<InputStream> response =
          client.send(to("/v1/completions").POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofInputStream());
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        if (response.statusCode() != 200) {
          failure = response.statusCode() + " " + lines.readLine();
        }
        for (String line = lines.readLine(); failure.isEmpty() && line != null && !line.equals("data: [DONE]"); line = lines.readLine()) {
          if (line.startsWith("data: ")) {
            Map<String, Object> event = Json.object(line.substring("data: ".length()));
            if (event.containsKey("usage")) {
              added = Json.integer(Json.object(event, "usage"), "completion_tokens");
            } else {
              arrivals.add(System.nanoTime());
              addTokens(event, tokens);
            }
          }
        }
      }
      if (failure.isEmpty() && added != request.tokens) {
        failure = added + " tokens came, not " + request.tokens;
      }
    } catch (IOException e) {
      failure = String.valueOf(e);
    }
    return new Measured(start, arrivals, System.nanoTime(), request.prompt.size(), added, tokens, failure);
  }

  private static void addTokens(Map<String, Object> event, List<String> tokens) {
    Map<String, Object> logprobs = Json.object(Json.asObject(Json.list(event, "choices").getFirst(), "choice"), "logprobs");
    List<?> texts = Json.list(logprobs, "tokens");
    List<?> numbers = Json.list(logprobs, "token_logprobs");
    for (int i = 0; i < texts.size(); i++) {
      tokens.add(texts.get(i) + " " + numbers.get(i));
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
