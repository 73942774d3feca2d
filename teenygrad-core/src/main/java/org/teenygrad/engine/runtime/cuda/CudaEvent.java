package org.teenygrad.engine.runtime.cuda;

import org.teenygrad.engine.runtime.Allocator;

/// A mark in a GPU's queue, with the time when the queue came to it.
record CudaEvent(long context, long handle) implements Allocator.Mark {
  /// For the context that is current.
  static CudaEvent create(long context) {
    return new CudaEvent(context, CudaDriver.eventCreate());
  }

  /// Both have been waited for.
  long nanosUntil(CudaEvent later) {
    return (long) (1e6 * CudaDriver.eventElapsedMillis(handle, later.handle));
  }

  /// Whether the queue has come to it.
  boolean isPassed() {
    CudaDriver.ctxSetCurrent(context);
    return CudaDriver.eventQuery(handle);
  }

  /// The driver keeps what it still needs of it.
  @Override
  public void close() {
    CudaDriver.ctxSetCurrent(context);
    CudaDriver.eventDestroy(handle);
  }
}
