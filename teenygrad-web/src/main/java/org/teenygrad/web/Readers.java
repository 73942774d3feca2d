package org.teenygrad.web;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.teenygrad.web.cells.CellLimits;
import org.teenygrad.web.cells.CellProcess;

/// The processes of pages that are open: one a page, as long as it says that it is there. One more waits, started, for the next page.
final class Readers implements AutoCloseable {
  /// A page says every 15 s that it is open; browsers let those that are not seen do so once a minute.
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(150);

  private static final long LOOK_SECONDS = 10;

  private final CellLimits limits;
  private final int maxPages;
  private final Map<String, Reader> readers = new HashMap<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("web-readers").factory());
  private @Nullable CellProcess spare;
  private boolean closed;

  private static final class Reader {
    private final CellProcess process;
    private long seen = System.nanoTime();

    Reader(CellProcess process) {
      this.process = process;
    }
  }

  Readers(CellLimits limits, int maxPages) {
    this.limits = limits;
    this.maxPages = maxPages;
    var _ = timer.schedule(this::prepare, 2, TimeUnit.SECONDS); // the first page comes first
    var _ = timer.scheduleWithFixedDelay(this::endQuiet, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  /// Makes the process that waits for the next page, now that a page has been sent.
  synchronized void prepareSoon() {
    if (!closed && spare == null) {
      var _ = timer.schedule(this::prepare, 0, TimeUnit.SECONDS);
    }
  }

  /// The process of a page, which is a new one where it had none, or its reader knows that it has ended.
  synchronized CellProcess of(String page) {
    Reader reader = readers.get(page);
    if (reader == null || !reader.process.isToBeAsked()) {
      if (closed) {
        throw new IllegalStateException("the server ends");
      }
      readers.remove(page);
      if (readers.size() >= maxPages) {
        end(readers.entrySet().stream().min(Comparator.comparingLong(entry -> entry.getValue().seen - System.nanoTime())).orElseThrow().getKey());
      }
      reader = new Reader(spare != null && spare.isAlive() ? spare : CellProcess.start(limits));
      spare = null;
      readers.put(page, reader);
      var _ = timer.schedule(this::prepare, 2, TimeUnit.SECONDS); // behind the cell that is about to run
    }
    reader.seen = System.nanoTime();
    return reader.process;
  }

  /// The process of a page; null where it has none.
  synchronized @Nullable CellProcess ifAny(String page) {
    Reader reader = readers.get(page);
    return reader == null ? null : reader.process;
  }

  /// A page is still open.
  synchronized void seen(String page) {
    Reader reader = readers.get(page);
    if (reader != null) {
      reader.seen = System.nanoTime();
    }
  }

  /// A page is closed, or begins anew.
  synchronized void end(String page) {
    Reader reader = readers.remove(page);
    if (reader != null) {
      reader.process.close();
    }
  }

  private synchronized void prepare() {
    if (!closed && spare == null) {
      spare = CellProcess.start(limits);
    }
  }

  private synchronized void endQuiet() {
    long now = System.nanoTime();
    readers.entrySet().stream().filter(entry -> now - entry.getValue().seen > QUIET_NANOS).map(Map.Entry::getKey).toList().forEach(this::end);
  }

  /// How many pages have a process.
  synchronized int size() {
    return readers.size();
  }

  @Override
  public synchronized void close() {
    closed = true;
    timer.shutdownNow();
    readers.values().forEach(reader -> reader.process.close());
    readers.clear();
    if (spare != null) {
      spare.close();
      spare = null;
    }
  }
}
