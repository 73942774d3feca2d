package org.teenygrad.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.engine.ir.SourceLines;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.serve.http.ApiError;
import org.teenygrad.serve.http.Call;
import org.teenygrad.serve.http.PageFile;
import org.teenygrad.serve.http.PageFiles;
import org.teenygrad.serve.http.Watchdog;
import org.teenygrad.web.cells.CellLimits;
import org.teenygrad.web.cells.CellProcess;
import org.teenygrad.web.compiler.Compilations;
import org.teenygrad.web.pieces.MachineRoofline;

/// Serves the book to browsers of this machine.
public final class WebServer implements AutoCloseable {
  private static final Call.Limits LIMITS = new Call.Limits(1 << 20, 60);
  private static final String NO_JDK = "Cells need a JDK, version 25 or newer, which JAVA_HOME may name; pages can be read without.";

  private static final String NO_CELLS = "This is the page of a program; the cells of chapters run in that of teenygrad web.";

  private static final String RUN = "<h1>Run</h1><div id=\"run\" data-live=\"%s\"></div>";

  private static final String COMPILER = "<h1>Compiler</h1><div id=\"compiler\" data-live=\"%s\"></div>";

  private static final String TRAINING = "<h1>Training</h1><div id=\"training\"><p class=\"none\">Looking for runs</p></div>";

  private final HttpServer http;
  private final Token token;
  private final PrintStream log;
  private final @Nullable Readers readers;
  private final Cells cells;
  private final Training training;
  private final RunEvents run = new RunEvents();
  private final Compilations compilations = new Compilations();
  private final Watchdog watchdog = new Watchdog();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final PageFiles files = new PageFiles(WebServer.class::getResourceAsStream, Template.policy("none"));
  private final Template template = new Template();
  private final Book book = new Book();

  /// Found out beside all else: linking calls of the system takes a tenth of a second.
  private final CompletableFuture<String> containment;

  private WebServer(HttpServer http, WebSettings settings, PrintStream log) {
    this.http = http;
    this.log = log;
    token = Token.random(http.getAddress().getPort());
    readers = settings.cells().map((CellLimits limits) -> new Readers(limits, settings.maxPages())).orElse(null);
    cells = new Cells(readers);
    training = new Training(settings.logs());
    containment = readers == null ? CompletableFuture.completedFuture(CellLimits.standard().isEmpty() ? NO_JDK : NO_CELLS) : CompletableFuture.supplyAsync(CellProcess::containment);
  }

  /// Begins to listen at the loopback address.
  /// @param log where failures go
  /// @throws UncheckedIOException if it cannot listen there
  public static WebServer start(WebSettings settings, PrintStream log) {
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port()), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen at port " + settings.port() + ": " + e.getMessage(), e);
    }
    WebServer server = new WebServer(http, settings, log);
    server.executor.execute(server.book::contents); // which the first page is likely to be
    http.setExecutor(server.executor);
    http.createContext("/", server::handle);
    http.start();
    return server;
  }

  /// Where the book is, with the token that lets in.
  public String url() {
    return url("/");
  }

  /// Where a page is, with the token that lets in.
  /// @param path such as `/run`
  public String url(String path) {
    return "http://localhost:" + http.getAddress().getPort() + path + "?token=" + token.text();
  }

  /// Has the views of runs and of the compiler show what this process computes from now on.
  /// @return whom to tell of it ([Activity#watch])
  public Activity.Watcher watcher() {
    Activity.Watcher running = run.watcher();
    SourceLines.record();
    return new Activity.Watcher() {
      @Override
      public void happened(Activity.Event event) {
        if (!Compilations.isPlanned(event)) {
          running.happened(event);
        }
        compilations.happened(event);
      }

      @Override
      public boolean wantsLaunches(long schedule) {
        return running.wantsLaunches(schedule) | compilations.wantsLaunches(schedule);
      }
    };
  }

  /// What holds cells back, in words.
  public String containment() {
    return containment.join();
  }

  /// How many pages run cells.
  int pages() {
    return readers == null ? 0 : readers.size();
  }

  private void handle(HttpExchange exchange) {
    Call call = new Call(exchange, LIMITS, watchdog);
    try {
      try {
        token.check(call);
        answer(call);
      } catch (ApiError e) {
        refuse(call, e);
      } catch (IllegalArgumentException e) {
        refuse(call, ApiError.of(400, String.valueOf(e.getMessage())));
      } catch (RuntimeException | Error e) {
        synchronized (log) {
          e.printStackTrace(log);
        }
        refuse(call, ApiError.internal());
      }
      exchange.close();
    } catch (IOException e) {
      call.abort(); // the client has gone
    }
  }

  /// People are told by a page, programs by JSON.
  private void refuse(Call call, ApiError error) throws IOException {
    String accepted = call.header("Accept");
    if (call.method().equals("GET") && accepted != null && accepted.contains("text/html") && !call.hasBegun()) {
      String message = Objects.requireNonNullElse(error.getMessage(), "");
      template.send(call, error.status(), Map.of("title", "Not here", "article", "<h1>Not here</h1><p>" + Template.escaped(message) + ".</p>"));
    } else {
      call.refuse(error);
    }
  }

  private void answer(Call call) throws IOException {
    String path = call.path();
    if (path.startsWith("/cells/")) {
      require("POST", call);
      cells.answer(call);
      return;
    }
    require("GET", call);
    PageFile file = path.equals("/") ? null : files.at(path);
    if (file != null) {
      file.send(call);
    } else if (path.equals("/")) {
      send(call, book.contents());
    } else if (path.equals("/training")) {
      send(call, "training", "Training", TRAINING);
    } else if (path.equals("/training/events")) {
      training.events(call);
    } else if (path.equals("/run")) {
      send(call, "run", "Run", RUN.formatted(run.isWatching()));
    } else if (path.equals("/compiler")) {
      send(call, "compiler", "Compiler", COMPILER.formatted(run.isWatching()));
    } else if (path.equals("/compiler/data")) {
      call.send(200, compilations.answer(inQuery(call, "what"), Integer.parseInt(inQuery(call, "schedule")), Integer.parseInt(inQuery(call, "index"))));
    } else if (path.equals("/run/events")) {
      run.events(call);
    } else if (path.equals("/run/roofline")) {
      call.send(200, roofline());
    } else if (path.startsWith("/book/") && book.names().contains(path.substring("/book/".length()))) {
      send(call, book.chapter(path.substring("/book/".length())));
    } else {
      throw ApiError.of(404, "there is no " + path);
    }
  }

  /// A word or a number of the query.
  /// @throws ApiError if it is not there
  private static String inQuery(Call call, String name) {
    Matcher found = Pattern.compile("(?:^|&)" + name + "=(\\w+)").matcher(Objects.requireNonNullElse(call.query(), ""));
    if (!found.find()) {
      throw ApiError.of(400, call.path() + " needs " + name);
    }
    return found.group(1);
  }

  private static void require(String method, Call call) {
    if (!call.method().equals(method)) {
      throw ApiError.of(405, call.path() + " is called by " + method);
    }
  }

  /// What this machine's processor can do at best, which is measured when it is first asked for.
  private static Map<String, @Nullable Object> roofline() {
    try {
      return Json.members("ceilings", MachineRoofline.ceilings());
    } catch (IllegalStateException | OutOfMemoryException e) {
      return Json.members("ceilings", List.of(), "message", e.getMessage());
    }
  }

  /// A page beside the chapters.
  private void send(Call call, String name, String title, String article) throws IOException {
    template.send(call, 200, Map.of("title", title, "article", article, "contents", contents(""), name, "aria-current=\"page\"", "containment", Template.escaped(containment())));
  }

  private void send(Call call, Chapter chapter) throws IOException {
    int index = book.names().indexOf(chapter.name());
    Map<String, String> parts = new HashMap<>(Map.of(
        "title", Template.escaped(chapter.title()), "article", chapter.html(), "contents", contents(chapter.name()), "containment", Template.escaped(containment()),
        "cells", readers == null ? "none" : "some"));
    if (index > 0) {
      parts.put("before", neighbour("before", book.names().get(index - 1)));
    }
    if (index + 1 < book.names().size()) {
      parts.put("after", neighbour("after", book.names().get(index + 1)));
    }
    template.send(call, 200, parts);
    if (readers != null) {
      readers.prepareSoon();
    }
  }

  private String contents(String current) {
    StringBuilder list = new StringBuilder();
    for (String name : book.names()) {
      String[] words = book.title(name).split(" ", 2);
      list.append("<li><a href=\"/book/").append(name).append('"').append(name.equals(current) ? " aria-current=\"page\"" : "").append("><span>").append(Template.escaped(words[0]))
          .append("</span> ").append(Template.escaped(words[words.length - 1])).append("</a></li>");
    }
    return list.toString();
  }

  private String neighbour(String kind, String name) {
    return "<a class=\"" + kind + "\" rel=\"" + (kind.equals("before") ? "prev" : "next") + "\" href=\"/book/" + name + "\"><small>"
        + (kind.equals("before") ? "Before" : "Next") + "</small>" + Template.escaped(book.title(name)) + "</a>";
  }

  /// Ends at once, and with it the processes of all pages.
  @Override
  public void close() {
    http.stop(0);
    executor.shutdownNow();
    if (readers != null) {
      readers.close();
    }
    watchdog.close();
  }
}
