package org.teenygrad.web.cells;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.SourceLines;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.ChromeTrace;
import org.teenygrad.engine.runtime.TraceEvent;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.web.compiler.Compilations;
import org.teenygrad.web.pieces.Film;
import org.teenygrad.web.pieces.TextInput;

/// The child: a JVM for the cells of one page. It reads requests from its standard input and answers on its standard output, a line of JSON each.
///
/// | request | answers |
/// | --- | --- |
/// | `{"do": "run", "code": ...}` | `text`, `value`, `error` as they come; `done` |
/// | `{"do": "complete", "code": ..., "cursor": ...}` | `completions` |
/// | `{"do": "graph"}` | `graph` |
/// | `{"do": "box", "number": ...}` | `box` |
/// | `{"do": "say", "piece": ..., "text": ...}` | `said` |
/// | `{"do": "trace"}` | `trace` |
/// | `{"do": "compiler", "what": ..., "schedule": ..., "index": ...}` | `compiler` |
/// | `{"do": "stop"}` | none: what runs ends |
final class CellHost {
  private static final int MOST_TEXT = 1_000_000;
  private static final int MOST_EVENTS = 20_000;

  private final PrintStream answers;
  private final ExecutorService worker = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("cells").factory());
  private int textLeft = MOST_TEXT;

  /// What the last cell computed.
  private List<TraceEvent> events = List.of();

  private Compilations compilations = new Compilations();

  private CellHost(PrintStream answers) {
    this.answers = answers;
  }

  /// @param arguments bytes of memory and of a file that the process may have
  public static void main(String[] arguments) throws IOException {
    PrintStream answers = System.out;
    InputStream requests = System.in;
    CellHost host = new CellHost(answers);
    PrintStream text = new PrintStream(host.new Text(), true, StandardCharsets.UTF_8);
    System.setOut(text);
    System.setErr(text);
    System.setIn(InputStream.nullInputStream());
    Containment.enter(Long.parseLong(arguments[0]), Long.parseLong(arguments[1]));
    SourceLines.record();
    Film.showOn(host::say);
    Session session = new Session();
    host.compilations = new Compilations(session::line);
    session.run("Tensor.of(1f, 2f).exp()", _ -> {}); // so that the first cell of a reader finds all classes loaded
    Tensor.manualSeed(System.nanoTime());
    host.say(Map.of("kind", "ready"));
    host.serve(session, new BufferedReader(new InputStreamReader(requests, StandardCharsets.UTF_8)));
    Runtime.getRuntime().halt(0); // the page has gone; whatever still runs ends
  }

  private void serve(Session session, BufferedReader requests) throws IOException {
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      Map<String, Object> request = Json.object(line);
      switch (Json.string(request, "do")) {
        case "stop" -> session.stop();
        case "run" -> worker.execute(() -> run(session, Json.string(request, "code")));
        case "complete" -> worker.execute(() -> {
          Map<String, @Nullable Object> found = session.complete(Json.string(request, "code"), Json.integer(request, "cursor"));
          found.put("kind", "completions");
          say(found);
        });
        case "graph" -> worker.execute(() -> say(Json.members("kind", "graph", "dot", session.graph())));
        case "box" -> worker.execute(() -> say(attempt("box", () -> session.box(Json.integer(request, "number")))));
        case "say" -> worker.execute(() -> say(attempt("said", () -> Json.members("pictures", TextInput.answer(Json.integer(request, "piece"), Json.string(request, "text"))))));
        case "trace" -> worker.execute(() -> say(Json.members("kind", "trace", "events", events.stream().map(TraceEvent::json).toList())));
        case "compiler" -> worker.execute(() -> say(attempt("compiler", () -> compilations.answer(Json.string(request, "what"), Json.integer(request, "schedule"), Json.integer(request, "index")))));
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  /// What code of a reader's may compute: an exception is an answer, too.
  private static Map<String, @Nullable Object> attempt(String kind, Supplier<Map<String, @Nullable Object>> asked) {
    Map<String, @Nullable Object> answer;
    try {
      answer = asked.get();
    } catch (RuntimeException | OutOfMemoryError e) {
      answer = Json.members("message", e instanceof IllegalArgumentException ? e.getMessage() : e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    answer.put("kind", kind);
    return answer;
  }

  private void run(Session session, String code) {
    textLeft = MOST_TEXT;
    long start = System.nanoTime();
    List<TraceEvent> seen = new ArrayList<>();
    compilations.clear();
    SourceLines.record(); // of each cell anew
    try (Activity.Watching _ = Activity.watch(compilations);
        Activity.Watching _ = Activity.watch(new ChromeTrace(event -> {
      if (seen.size() < MOST_EVENTS) {
        seen.add(event);
      }
    }))) {
      session.run(code, this::say);
    }
    System.out.flush();
    events = List.copyOf(seen);
    say(Json.members("kind", "done", "millis", (System.nanoTime() - start) / 1e6, "computed", events.stream().anyMatch(event -> event.category().equals("kernel"))));
  }

  private void say(Map<String, ?> answer) {
    synchronized (answers) {
      answers.println(Json.text(answer));
      answers.flush();
    }
  }

  /// What a cell prints, line by line or when it is flushed.
  private final class Text extends OutputStream {
    private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      line.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      line.write(bytes, from, length);
    }

    @Override
    public synchronized void flush() {
      if (line.size() > 0 && textLeft > 0) {
        String text = line.toString(StandardCharsets.UTF_8);
        textLeft -= text.length();
        say(Map.of("kind", "text", "text", textLeft > 0 ? text : "... more than " + MOST_TEXT + " characters are not shown\n"));
      }
      line.reset();
    }
  }
}
