package org.teenygrad.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.ApiError;
import org.teenygrad.serve.http.Call;
import org.teenygrad.serve.http.PageFile;
import org.teenygrad.serve.http.PageFiles;
import org.teenygrad.serve.http.Watchdog;

/// Listens, and brings each call to what answers it.
public final class Server implements AutoCloseable {
  static {
    // The JDK's server reads these once. Small writes are sent at once; a connection that does not send its headers is closed. One that is
    // idle stays longer than clients keep theirs (Java 30 s, Go 90 s): closed at the moment at which it is used again, it would take the request with it.
    System.setProperty("sun.net.httpserver.idleInterval", "120");
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxReqTime", "60");
    System.setProperty("jdk.httpserver.maxConnections", "4096");
  }

  private static final int BACKLOG = 1024;

  /// Nothing comes from elsewhere, nothing is sent elsewhere, no script stands in the page itself, and no text becomes markup but by the
  /// sanitiser: what a model says cannot act.
  private static final PageFiles FILES = new PageFiles(Server.class::getResourceAsStream,
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
          + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify");

  private final ServeSettings settings;
  private final AccessLog log;
  private final Metrics metrics = new Metrics();
  private final Gate gate;
  private final List<Service> services;
  private final Watchdog watchdog = new Watchdog();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer http;
  private final Map<String, Route> routes;

  /// @param isOpen whether no key is wanted
  private record Route(String method, boolean isOpen, Endpoint endpoint) {}

  private interface Endpoint {
    void answer(Call call) throws IOException;
  }

  /// What a request asks of the model that it names.
  private interface ModelEndpoint {
    void answer(Service service, Call call, Parameters given) throws IOException;
  }

  private Server(List<ServedModel> models, ServeSettings settings, Gate gate, HttpServer http, String version, PrintStream log) {
    this.settings = settings;
    this.gate = gate;
    this.http = http;
    this.log = new AccessLog(log, settings.json());
    Lock device = new ReentrantLock(true);
    services = models.stream().map(model -> Service.of(
        model, settings, CacheSize.of(model.model(), settings.rows(), models.size()), device, gate, metrics, this.log::failure)).toList();
    routes = new HashMap<>();
    about("/v1/chat/completions", (service, call, given) -> service.completions().chat(call, given));
    about("/v1/completions", (service, call, given) -> service.completions().text(call, given));
    about("/v1/embeddings", (service, call, given) -> service.embeddings().answer(call, given));
    about("/tokenize", (service, call, given) -> service.tokenization().tokenize(call, given));
    about("/detokenize", (service, call, given) -> service.tokenization().detokenize(call, given));
    routes.put("/v1/models", new Route("GET", false, call -> call.send(200, Json.members(
        "object", "list", "data", services.stream().map(Service::json).toList()))));
    routes.put("/engine/events", new Route("GET", false, events(services.getFirst())));
    for (Service service : services) {
      routes.put("/v1/models/" + service.model().id(), new Route("GET", false, call -> call.send(200, service.json())));
      routes.put("/engine/events/" + service.model().id(), new Route("GET", false, events(service)));
    }
    routes.put("/metrics", new Route("GET", false, this::metrics));
    routes.put("/health", new Route("GET", true, this::health));
    routes.put("/version", new Route("GET", true, call -> call.send(200, Json.members("version", version))));
  }

  private void about(String path, ModelEndpoint endpoint) {
    routes.put(path, new Route("POST", false, call -> {
      Parameters given = new Parameters(call.json());
      endpoint.answer(service(given), call, given);
    }));
  }

  private Endpoint events(Service service) {
    return new EngineEvents(service.engine().log(), gate, settings.rows())::answer;
  }

  /// The model that a request names; the first where it names none.
  private Service service(Parameters given) {
    if (!given.has("model")) {
      return services.getFirst();
    }
    String name = given.string("model");
    return services.stream().filter(service -> service.model().id().equals(name)).findFirst().orElseThrow(() -> ApiError.coded(
        404, "model_not_found", "model", "the model '" + name + "' is not served here; there is "
            + services.stream().map(service -> "'" + service.model().id() + "'").collect(Collectors.joining(", "))));
  }

  /// Begins to listen, once each model has been run for the first time.
  ///
  /// @param models what requests may name; the first is meant by those that name none
  /// @param version what `/version` says
  /// @param log where failures and a line for each request go
  /// @throws IllegalArgumentException if others could call without a key, there is no model, or two have one name
  /// @throws UncheckedIOException if it cannot listen there
  public static Server start(List<ServedModel> models, ServeSettings settings, String version, PrintStream log) {
    if (models.isEmpty() || models.stream().map(ServedModel::id).distinct().count() < models.size()) {
      throw new IllegalArgumentException("a server needs models with names of their own, not " + models.stream().map(ServedModel::id).toList());
    }
    Gate gate = Gate.of(settings);
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(settings.host(), settings.port()), BACKLOG);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen at " + settings.host() + ":" + settings.port() + ": " + e.getMessage(), e);
    }
    Server server = new Server(models, settings, gate, http, version, log);
    server.services.forEach(Service::warmUp);
    http.setExecutor(server.executor);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return http.getAddress();
  }

  /// What the engines remember, by model.
  public Map<String, CacheSize> caches() {
    Map<String, CacheSize> caches = new LinkedHashMap<>();
    services.forEach(service -> caches.put(service.model().id(), service.engine().cache()));
    return caches;
  }

  private void handle(HttpExchange exchange) {
    Call call = new Call(exchange, new Call.Limits(settings.maxBodyBytes(), settings.clientSeconds()), watchdog);
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
    PageFile page = FILES.at(call.path());
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

  private void health(Call call) throws IOException {
    call.send(gate.isClosed() ? 503 : 200, Json.members("status", gate.isClosed() ? "ending" : "ok"));
  }

  private void metrics(Call call) throws IOException {
    call.send(200, "text/plain; version=0.0.4", metrics.text(services.stream().map(Service::engine).toList(), settings.rows()).getBytes(StandardCharsets.UTF_8));
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
    services.forEach(Service::close);
    watchdog.close();
  }
}
