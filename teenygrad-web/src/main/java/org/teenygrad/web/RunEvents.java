package org.teenygrad.web;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.ChromeTrace;
import org.teenygrad.engine.runtime.TraceEvent;
import org.teenygrad.serve.http.Call;

/// What this process computes, for the Run view: the latest events of a [ChromeTrace], and those that come. They become JSON in the thread of who looks.
final class RunEvents {
  private static final int MOST = 50_000;
  private static final int MOST_AT_ONCE = 2_000;
  private static final long INTERVAL_MILLIS = 200;

  /// So often something is written to a client that there is nothing to tell, in intervals: then it is noticed that it has gone.
  private static final int BEAT = 25;

  /// Names of tracks, which are told once.
  private final List<TraceEvent> names = new ArrayList<>();

  /// The latest events: the one with number n is at n modulo the length.
  private final @Nullable TraceEvent[] latest = new TraceEvent[MOST];

  /// How many events there were.
  private long count;

  private boolean isWatching;

  /// What is to be told of what this process computes.
  synchronized Activity.Watcher watcher() {
    isWatching = true;
    return new ChromeTrace(this::add);
  }

  /// Whether this process is one whose work is shown.
  synchronized boolean isWatching() {
    return isWatching;
  }

  private synchronized void add(TraceEvent event) {
    if (event.phase() == TraceEvent.Phase.NAME) {
      names.add(event);
    } else {
      latest[(int) (count++ % MOST)] = event;
    }
  }

  /// Tells of all events that are kept, and then of those that come, as server-sent events, until the client goes.
  /// @throws IOException if the client has gone
  void events(Call call) throws IOException {
    call.begin("text/event-stream");
    long told = 0;
    int named = 0;
    try {
      for (int quiet = 0; !Thread.currentThread().isInterrupted();) {
        Part part = after(told, named);
        told = part.told;
        named = part.named;
        if (!part.events.isEmpty()) {
          call.write("data: [" + part.events.stream().map(TraceEvent::json).collect(Collectors.joining(",")) + "]\n\n");
          quiet = 0;
        } else {
          if (++quiet % BEAT == 0) {
            call.write(":\n\n");
          }
          Thread.sleep(INTERVAL_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server ends
    }
  }

  private record Part(List<TraceEvent> events, long told, int named) {}

  private synchronized Part after(long told, int named) {
    List<TraceEvent> part = new ArrayList<>(names.subList(named, names.size()));
    long first = Math.max(told, count - MOST);
    long end = Math.min(count, first + MOST_AT_ONCE);
    for (long number = first; number < end; number++) {
      part.add(Objects.requireNonNull(latest[(int) (number % MOST)]));
    }
    return new Part(part, end, names.size());
  }
}
