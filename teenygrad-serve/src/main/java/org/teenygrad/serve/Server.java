package org.teenygrad.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.teenygrad.models.inference.Request;
import org.teenygrad.nanochat.json.Json;

/// Listens, and brings each call to what answers it.
public final class Server implements AutoCloseable {
  static {
    // The JDK's server reads these once. Small writes are sent at once; a connection that does not send its headers is closed.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxReqTime", "60");
    System.setProperty("jdk.httpserver.maxConnections", "4096");
  }

  private static final int BACKLOG = 1024;

  private final ServedModel model;
  private final ServeSettings settings;
  private final AccessLog log;
  private final Metrics metrics = new Metrics();
  private final Gate gate;
  private final EngineThread engine;
  private final Watchdog watchdog = new Watchdog();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer http;
  private final Map<String, Route> routes;

  /// @param isOpen whether no key is wanted
  private record Route(String method, boolean isOpen, Endpoint endpoint) {}

  private interface Endpoint {
    void answer(Call call) throws IOException;
  }

  private Server(ServedModel model, ServeSettings settings, Gate gate, HttpServer http, String version, PrintStream log) {
    this.model = model;
    this.settings = settings;
    this.gate = gate;
    this.http = http;
    this.log = new AccessLog(log, settings.json());
    engine = new EngineThread(model.model(), settings.rows(), metrics, this.log::failure);
    Completions completions = new Completions(model, settings, new OutputFormat(model), new Generating(model, settings, engine, gate, metrics));
    Tokenization tokenization = new Tokenization(model, settings);
    Embeddings embeddings = new Embeddings(model, new Prompts(model), engine, gate);
    routes = Map.ofEntries(
        Map.entry("/v1/embeddings", new Route("POST", false, embeddings::answer)),
        Map.entry("/tokenize", new Route("POST", false, tokenization::tokenize)),
        Map.entry("/detokenize", new Route("POST", false, tokenization::detokenize)),
        Map.entry("/engine/events", new Route("GET", false, new EngineEvents(engine.log(), gate, settings.rows())::answer)),
        Map.entry("/metrics", new Route("GET", false, this::metrics)),
        Map.entry("/v1/chat/completions", new Route("POST", false, completions::chat)),
        Map.entry("/v1/completions", new Route("POST", false, completions::text)),
        Map.entry("/v1/models", new Route("GET", false, call -> call.send(200, Json.members("object", "list", "data", List.of(modelObject()))))),
        Map.entry("/v1/models/" + model.id(), new Route("GET", false, call -> call.send(200, modelObject()))),
        Map.entry("/health", new Route("GET", true, this::health)),
        Map.entry("/version", new Route("GET", true, call -> call.send(200, Json.members("version", version)))));
  }

  /// Begins to listen, once the model has been run for the first time.
  ///
  /// @param version what `/version` says
  /// @param log where failures and a line for each request go
  /// @throws IllegalArgumentException if others could call without a key
  /// @throws UncheckedIOException if it cannot listen there
  public static Server start(ServedModel model, ServeSettings settings, String version, PrintStream log) {
    Gate gate = Gate.of(settings);
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), BACKLOG);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen at " + settings.host() + ":" + settings.port() + ": " + e.getMessage(), e);
    }
    Server server = new Server(model, settings, gate, http, version, log);
    server.warmUp();
    http.setExecutor(server.executor);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /// The first request finds the kernels compiled.
  private void warmUp() {
    try (TokenFeed feed = engine.submit(List.of(Request.of(new int[] {0}, 2, model.sampling())))) {
      for (int token = 0; token < 2; token++) {
        feed.next(Long.MAX_VALUE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return http.getAddress();
  }

  private void handle(HttpExchange exchange) {
    Call call = new Call(exchange, settings, watchdog);
    try {
      try {
        route(call).answer(call);
      } catch (ApiError e) {
        call.refuse(e);
      } catch (IllegalArgumentException e) {
        call.refuse(ApiError.of(400, String.valueOf(e.getMessage())));
      } catch (RuntimeException | Error e) {
        log.failure(e);
        call.refuse(ApiError.internal());
      }
      exchange.close();
    } catch (IOException e) {
      call.abort(); // the client has gone, or must not take what it has for an answer
    }
    metrics.countAnswer(call.isGone() ? 0 : call.status());
    log.write(call);
  }

  private Endpoint route(Call call) throws IOException {
    Page page = Page.at(call.path());
    Route route = page == null ? routes.get(call.path()) : new Route("GET", true, page::send);
    if (route == null || !route.isOpen) {
      gate.check(call);
    }
    if (route == null) {
      throw ApiError.coded(404, "not_found", null, "there is no " + call.path());
    }
    if (!route.method.equals(call.method())) {
      throw ApiError.of(405, call.path() + " is called by " + route.method);
    }
    return route.endpoint;
  }

  private Map<String, ?> modelObject() {
    return Json.members("id", model.id(), "object", "model", "created", 0, "owned_by", "teenygrad", "max_model_len", model.model().maxPositions(),
        "vocab_size", model.model().vocabSize(), "chat", model.chat() != null);
  }

  private void health(Call call) throws IOException {
    call.send(gate.isClosed() ? 503 : 200, Json.members("status", gate.isClosed() ? "ending" : "ok"));
  }

  private void metrics(Call call) throws IOException {
    call.send(200, "text/plain; version=0.0.4", metrics.text(engine.log().sequences(), engine.load(), settings.rows()).getBytes(StandardCharsets.UTF_8));
  }

  /// Lets running requests end, for a while, and accepts no others.
  public void drain() {
    gate.close();
    http.stop(settings.drainSeconds());
    close();
  }

  /// Ends at once.
  @Override
  public void close() {
    gate.close();
    http.stop(0);
    executor.shutdownNow();
    engine.close();
    watchdog.close();
  }
}
