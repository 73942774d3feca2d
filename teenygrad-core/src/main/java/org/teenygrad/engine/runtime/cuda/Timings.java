package org.teenygrad.engine.runtime.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.runtime.Sequence;

/// How long parts of a GPU's queue took, without waiting for it: a part lies between two events, whose times are read when the
/// queue has come to the second.
final class Timings {
  private final CudaStream stream;
  private final ArrayDeque<Part> open = new ArrayDeque<>();
  private long busyUntil;

  Timings(CudaStream stream) {
    this.stream = stream;
  }

  /// @param handedIn when, by [System#nanoTime]
  private record Part(CudaEvent start, CudaEvent end, long handedIn, Sequence.Told told) {}

  private record Done(long begun, long nanos, Sequence.Told told) {}

  /// Hands in a part of the queue, of which is told by [#settle].
  void time(Runnable part, Sequence.Told told) {
    settle();
    CudaEvent start = stream.record();
    long handedIn = System.nanoTime();
    try {
      part.run();
      add(new Part(start, stream.record(), handedIn, told));
    } catch (RuntimeException e) {
      start.close();
      throw e;
    }
  }

  private synchronized void add(Part part) {
    open.add(part);
  }

  /// Tells of the parts that are done. A part began when it was handed in, or when the one before it ended.
  void settle() {
    done().forEach(each -> each.told.took(each.begun, each.nanos));
  }

  private synchronized List<Done> done() {
    List<Done> done = new ArrayList<>();
    while (!open.isEmpty() && open.getFirst().end.isPassed()) {
      Part part = open.removeFirst();
      long begun = Math.max(part.handedIn, busyUntil);
      try (CudaEvent start = part.start;
          CudaEvent end = part.end) {
        busyUntil = begun + start.nanosUntil(end);
      }
      done.add(new Done(begun, busyUntil - begun, part.told));
    }
    return done;
  }
}
