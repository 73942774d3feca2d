package org.teenygrad.web.cells;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;

/// The process of one page's cells, from outside: one request at a time, each with a limit of time.
public final class CellProcess implements AutoCloseable {
  /// What a cell may use without an import: what `teenygrad repl` has, too.
  public static final String IMPORTS = """
      import module java.base;
      import static java.lang.IO.*;
      import org.teenygrad.*;
      import org.teenygrad.blas.*;
      import org.teenygrad.data.*;
      import org.teenygrad.distributions.*;
      import org.teenygrad.models.nanogpt.*;
      import org.teenygrad.nn.*;
      import org.teenygrad.nn.Module;
      import org.teenygrad.optim.*;
      import org.teenygrad.plot.*;
      import org.teenygrad.state.*;
      import org.teenygrad.web.pieces.*;
      """;

  /// What an answer may have, so that no cell fills this process's memory.
  private static final int MOST_ANSWER_BYTES = 16_000_000;

  private static final int MOST_ANSWERS_WAITING = 1000;

  /// The status of a JVM with `ExitOnOutOfMemoryError`.
  private static final int OUT_OF_MEMORY = 3;

  /// The status of a process that SIGXCPU ended.
  private static final int OUT_OF_PROCESSOR_TIME = 128 + 24;

  /// How long what was asked to stop may take before its process is ended.
  private static final Duration GRACE = Duration.ofSeconds(2);

  /// How often it is looked whether a cell shall stop.
  private static final Duration LOOK = Duration.ofMillis(100);

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(20);

  private final CellLimits limits;
  private final Path folder;
  private final Process process;
  private final BufferedWriter requests;
  private final BlockingQueue<Map<String, Object>> answers = new LinkedBlockingQueue<>(MOST_ANSWERS_WAITING);
  private boolean isReady;
  private volatile boolean isStopAsked;
  private volatile boolean isEndTold;

  private CellProcess(CellLimits limits, Path folder, Process process) {
    this.limits = limits;
    this.folder = folder;
    this.process = process;
    requests = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofVirtual().name("cell-answers").start(this::read);
  }

  /// Starts one, which is [ready][#awaitReady] later.
  /// @throws UncheckedIOException if it cannot be started
  public static CellProcess start(CellLimits limits) {
    try {
      Path folder = Files.createTempDirectory("teenygrad-cells");
      return new CellProcess(limits, folder, CellStart.of(limits, folder));
    } catch (IOException e) {
      throw new UncheckedIOException("a process for cells cannot be started: " + e.getMessage(), e);
    }
  }

  /// What holds a cell back here, in words.
  public static String containment() {
    if (!Libc.isKnown()) {
      return "Cells run with your rights: they are contained on Linux only. They have limits of time and of memory.";
    }
    if (FileRules.version() == 0) {
      return "Cells are contained by the kernel (seccomp): no network, no other processes; time, processors, memory and file sizes are limited. But they can touch your files: this kernel has no Landlock.";
    }
    return "Cells are contained by the kernel (Landlock, seccomp): no network, no other processes, no files but those of a folder that goes with the page; "
        + "limits of time, processors, memory and files.";
  }

  private void read() {
    try (InputStream stream = process.getInputStream()) {
      LimitedLines lines = new LimitedLines(stream, MOST_ANSWER_BYTES);
      for (String line = lines.next(); line != null; line = lines.next()) {
        answers.put(Json.objectWithNulls(line));
      }
    } catch (IOException | IllegalArgumentException | InterruptedException e) {
      process.destroyForcibly(); // what does not keep to the lines is none of ours
    } finally {
      boolean _ = answers.offer(Map.of("kind", "ended"));
    }
  }

  /// Waits until it can run cells.
  /// @throws CellsEndedException if it has ended
  public synchronized void awaitReady() {
    if (!isReady) {
      long end = System.nanoTime() + START.toNanos();
      Map<String, Object> first = next(end);
      while (first != null && kind(first).equals("text")) {
        first = next(end); // on a busy machine the engine says that compiling takes long
      }
      if (first == null || !kind(first).equals("ready")) {
        close();
        throw new CellsEndedException("the process for cells did not start (status " + status() + ")");
      }
      isReady = true;
    }
  }

  /// What a request's answers are told to.
  public interface Listener {
    /// @throws IOException if there is nobody any more
    void said(Map<String, ? extends @Nullable Object> answer) throws IOException;
  }

  /// Runs a cell.
  /// @param listener is told `text`, `value`, `error` and at the end `done` ([CellHost])
  /// @throws CellsEndedException if the process has ended: the cell ended it, took more memory than there is for it, or did not stop when its time was over
  /// @throws IOException if the listener has gone; the cell is stopped
  public synchronized void run(String code, Listener listener) throws IOException {
    try {
      runHere(code, listener);
    } catch (CellsEndedException e) {
      isEndTold = true;
      throw e;
    }
  }

  private void runHere(String code, Listener listener) throws IOException {
    isStopAsked = false;
    awaitReady();
    begin(Json.members("do", "run", "code", code));
    long end = System.nanoTime() + limits.cellTime().toNanos();
    long killing = Long.MAX_VALUE; // when what was asked to stop is ended
    String stopped = "";
    while (true) {
      Map<String, Object> answer = next(System.nanoTime() + LOOK.toNanos());
      if (answer != null && kind(answer).equals("done")) {
        if (!stopped.isEmpty()) {
          listener.said(Json.members("kind", "error", "line", 1, "from", 0, "to", 0, "message", stopped));
        }
        listener.said(answer);
        return;
      }
      if (answer != null) {
        pass(answer, listener);
      } else if (!process.isAlive()) {
        throw new CellsEndedException(death());
      }
      boolean isOver = System.nanoTime() > end;
      if (System.nanoTime() > killing) {
        close();
        throw new CellsEndedException("the cell did not stop when it was to; its process was ended, and what cells declared is gone");
      }
      if (isOver || isStopAsked) {
        killing = Math.min(killing, System.nanoTime() + GRACE.toNanos());
        stopped = isOver ? "stopped: a cell has " + limits.cellTime().toSeconds() + " s" : "stopped";
        send(Json.members("do", "stop")); // again and again: one that comes between two snippets stops none
      }
    }
  }

  private static String kind(Map<String, Object> answer) {
    return String.valueOf(answer.get("kind"));
  }

  private void pass(Map<String, Object> answer, Listener listener) throws IOException {
    if (kind(answer).equals("ended")) {
      throw new CellsEndedException(death());
    }
    try {
      listener.said(answer);
    } catch (IOException e) {
      close(); // the page has gone
      throw e;
    }
  }

  private String death() {
    close();
    int status = status();
    return switch (status) {
      case OUT_OF_MEMORY -> "the cell took more memory than the " + limits.heapMegabytes() + " MB that there are for it; its process has ended, and what cells declared is gone";
      case OUT_OF_PROCESSOR_TIME -> "threads that a cell left behind took all the processor time that cells have; their process has ended, and what cells declared is gone";
      case 137, 134, 139 -> "the process of this page's cells was ended (by signal " + (status - 128) + "); what cells declared is gone";
      default -> "the cell ended its process (status " + status + "); what cells declared is gone";
    };
  }

  private int status() {
    try {
      return process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : 137;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 137;
    }
  }

  /// What may stand at a place of a cell: `from`, and `words` that replace what is written from there on.
  /// @throws CellsEndedException if the process has ended
  public synchronized Map<String, Object> complete(String code, int cursor) {
    return ask(Json.members("do", "complete", "code", code, "cursor", Math.clamp(cursor, 0, code.length())), "completions");
  }

  /// The expression graph of the last tensor that a cell showed: `dot`, null if there was none.
  /// @throws CellsEndedException if the process has ended
  public synchronized Map<String, Object> graph() {
    return ask(Json.members("do", "graph"), "graph");
  }

  /// What the last cell computed: `events`, each a JSON object ([org.teenygrad.engine.runtime.ChromeTrace]).
  /// @throws CellsEndedException if the process has ended
  public synchronized Map<String, Object> trace() {
    return ask(Json.members("do", "trace"), "trace");
  }

  /// What the last cell compiled, as [org.teenygrad.web.compiler.Compilations#answer].
  /// @throws CellsEndedException if the process has ended
  public synchronized Map<String, Object> compiler(String what, int schedule, int index) {
    return ask(Json.members("do", "compiler", "what", what, "schedule", schedule, "index", index), "compiler");
  }

  /// What a piece shows of a text ([org.teenygrad.web.pieces.TextInput]): `pictures`, or a `message` that says why there are none.
  /// @throws CellsEndedException if the process has ended
  public synchronized Map<String, Object> say(int piece, String text) {
    return ask(Json.members("do", "say", "piece", piece, "text", text), "said");
  }

  /// What is known of a box of the [#graph]: `value` and `gradient`, each as a cell shows it, and `line`.
  /// @throws CellsEndedException if the process has ended
  public synchronized Map<String, Object> box(int number) {
    return ask(Json.members("do", "box", "number", number), "box");
  }

  private Map<String, Object> ask(Map<String, ? extends @Nullable Object> request, String kind) {
    awaitReady();
    begin(request);
    long end = System.nanoTime() + SHORT.toNanos();
    while (true) {
      Map<String, Object> answer = next(end);
      if (answer == null || kind(answer).equals("ended")) {
        close();
        throw new CellsEndedException("the process of this page's cells has ended; what cells declared is gone");
      }
      if (kind(answer).equals(kind)) {
        return answer;
      }
    }
  }

  /// Asks the cell that runs, or is about to, to stop; that takes no turn.
  public void stop() {
    isStopAsked = true;
  }

  /// A request has the time of a cell.
  private void begin(Map<String, ? extends @Nullable Object> request) {
    ProcessorTime.renew(process, limits.cellTime().plus(GRACE));
    send(request);
  }

  private void send(Map<String, ? extends @Nullable Object> request) {
    synchronized (requests) {
      try {
        requests.write(Json.text(request));
        requests.newLine();
        requests.flush();
      } catch (IOException e) {
        process.destroyForcibly(); // who waits for the answer learns of the end
      }
    }
  }

  private @Nullable Map<String, Object> next(long end) {
    try {
      return answers.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of("kind", "ended");
    }
  }

  /// Whether a cell is to be given to it: it runs, or has ended between two cells, of which the next one's reader must hear.
  public boolean isToBeAsked() {
    return process.isAlive() || !isEndTold;
  }

  /// Whether it can still run cells.
  public boolean isAlive() {
    return process.isAlive();
  }

  /// Ends it at once, with its folder.
  @Override
  public void close() {
    process.destroyForcibly();
    if (status() >= 0 && Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException | UncheckedIOException e) {
        folder.toFile().deleteOnExit(); // a folder that a cell made unreadable is left for the system to clear
      }
    }
  }
}
