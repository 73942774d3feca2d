package org.teenygrad.engine.runtime;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// [Settings#TRACE]: a [ChromeTrace] in a file. A process that is killed leaves one that lacks the last second and the closing
/// bracket, which the format allows.
final class TraceFile {
  private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path path;
  private final Writer writer;
  private long flushed = System.nanoTime();
  private boolean isEmpty = true;
  private boolean isClosed;

  private TraceFile(Path path, Writer writer) {
    this.path = path;
    this.writer = writer;
  }

  /// Begins a file, which is closed when the process ends.
  /// @throws IOException if it cannot be written
  static Activity.Watcher open(Path path) throws IOException {
    Path own = ofRank(path);
    TraceFile file = new TraceFile(own, Files.newBufferedWriter(own));
    java.lang.Runtime.getRuntime().addShutdownHook(new Thread(file::close, "trace"));
    return new ChromeTrace(file::write);
  }

  /// A file for each rank of a launcher: `run.json` of the first, `run.rank1.json` of the next.
  private static Path ofRank(Path path) {
    String rank = Stream.of("RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID").map(System.getenv()::get).filter(text -> text != null && text.matches("[1-9]\\d*")).findFirst().orElse("");
    return rank.isEmpty() ? path : path.resolveSibling(path.getFileName().toString().replaceFirst("(\\.[^.]*)?$", ".rank" + rank + "$1"));
  }

  private synchronized void write(TraceEvent event) {
    if (isClosed) {
      return;
    }
    try {
      writer.write(isEmpty ? "[\n" : ",\n");
      writer.write(event.json());
      isEmpty = false;
      if (System.nanoTime() - flushed > FLUSH_NANOS) {
        writer.flush();
        flushed = System.nanoTime();
      }
    } catch (IOException e) {
      isClosed = true;
      Debug.warn("the trace " + path + " ends here: " + e.getMessage());
    }
  }

  private synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    try (writer) {
      writer.write(isEmpty ? "[\n]\n" : "\n]\n");
    } catch (IOException e) {
      Debug.warn("the trace " + path + " lacks its end: " + e.getMessage());
    }
  }
}
