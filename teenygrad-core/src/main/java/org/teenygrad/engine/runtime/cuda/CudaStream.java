package org.teenygrad.engine.runtime.cuda;

import java.util.ArrayDeque;
import java.util.Locale;
import org.teenygrad.engine.runtime.Caller;
import org.teenygrad.engine.runtime.Debug;

/// A queue of a GPU: copies and kernels take effect in the order in which they are handed in, while the host goes on.
///
/// Errors of a kernel show at a later call. So the kernels since the last synchronization are remembered, and an error
/// names them, with the method that the program had called; at `TEENYGRAD_DEBUG=2` each kernel is waited for, and the error is its own.
final class CudaStream {
  private static final int NAMES_KEPT = 16;

  /// The driver takes the nearest that it has.
  private static final int MOST_URGENT = -16;

  private final long context;
  private final long stream;
  private final ArrayDeque<String> names = new ArrayDeque<>();
  private long launches;
  private final Timings timings = new Timings(this);
  private volatile Runnable preparation = () -> {};

  /// @param context the GPU's primary context
  CudaStream(long context) {
    this(context, 0);
  }

  private CudaStream(long context, int priority) {
    this.context = context;
    CudaDriver.ctxSetCurrent(context);
    this.stream = CudaDriver.streamCreateWithPriority(priority);
  }

  /// A queue beside that of the kernels, whose work gets multiprocessors before theirs does.
  static CudaStream urgent(long context) {
    return new CudaStream(context, MOST_URGENT);
  }

  /// Makes the GPU that of the calling thread, as every call of the driver wants it.
  void makeCurrent() {
    CudaDriver.ctxSetCurrent(context);
  }

  long context() {
    return context;
  }

  /// How long parts of it took.
  Timings timings() {
    return timings;
  }

  /// The driver's `CUstream`.
  long handle() {
    return stream;
  }

  /// Has that run before whatever is handed in from here on: it brings what that may read.
  void beforeWork(Runnable prepares) {
    preparation = prepares;
  }

  void launch(String name, long function, CudaKernel.Launch launch, Parameters parameters) {
    preparation.run();
    makeCurrent();
    remember(name);
    explained(() -> CudaDriver.launchKernel(function, launch, stream, parameters.addresses().address()));
    if (Debug.at(Debug.LAUNCHES)) {
      synchronize();
    }
  }

  void launchGraph(String name, long exec) {
    preparation.run();
    remember(name);
    explained(() -> CudaDriver.graphLaunch(exec, stream));
  }

  void copyIn(long target, long pinnedSource, long bytes) {
    preparation.run();
    explained(() -> CudaDriver.memcpyHtoDAsync(target, pinnedSource, bytes, stream));
  }

  void copyOut(long source, long pinnedTarget, long bytes) {
    preparation.run();
    explained(() -> CudaDriver.memcpyDtoHAsync(pinnedTarget, source, bytes, stream));
  }

  /// Copies from another GPU's memory what its queue has written by now. Later work of that queue waits for the copy.
  void copyFrom(CudaStream other, long source, long target, long bytes) {
    waitFor(other);
    makeCurrent();
    explained(() -> CudaDriver.memcpyPeerAsync(target, context, source, other.context, bytes, stream));
    other.waitFor(this);
  }

  /// What is handed in from here on starts when another queue has done what was handed in to it before.
  void waitFor(CudaStream other) {
    try (CudaEvent done = other.record()) {
      waitFor(done);
    }
  }

  /// Marks this place in the queue.
  CudaEvent record() {
    preparation.run();
    makeCurrent();
    CudaEvent event = CudaEvent.create(context);
    record(event);
    return event;
  }

  /// Marks this place in the queue by an event that marked another before.
  void record(CudaEvent event) {
    makeCurrent();
    explained(() -> CudaDriver.eventRecord(event.handle(), stream));
  }

  /// What is handed in from here on starts when the event's queue, maybe another GPU's, has come to it.
  void waitFor(CudaEvent event) {
    makeCurrent();
    explained(() -> CudaDriver.streamWaitEvent(stream, event.handle()));
  }

  /// Waits until the queue has come to an event of its own.
  void await(CudaEvent event) {
    makeCurrent();
    explained(() -> CudaDriver.eventSynchronize(event.handle()));
  }

  /// Waits until everything is done.
  void synchronize() {
    makeCurrent();
    explained(() -> CudaDriver.streamSynchronize(stream));
    forget();
  }

  private synchronized void remember(String name) {
    launches++;
    names.addLast(name);
    if (names.size() > NAMES_KEPT) {
      names.removeFirst();
    }
  }

  private synchronized void forget() {
    launches = 0;
    names.clear();
  }

  private synchronized String story() {
    if (launches == 0) {
      return "no kernel ran since the last synchronization";
    }
    return String.format(Locale.ROOT,
        "kernels since the last synchronization: %d, the last of them: %s (TEENYGRAD_DEBUG=2 waits for each)",
        launches, String.join(", ", names));
  }

  private void explained(Runnable call) {
    try {
      call.run();
    } catch (CudaException e) {
      String caller = Caller.text();
      throw e.with((caller.isEmpty() ? "" : "in " + caller + "; ") + story());
    }
  }
}
