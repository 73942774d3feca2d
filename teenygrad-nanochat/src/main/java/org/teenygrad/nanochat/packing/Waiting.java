package org.teenygrad.nanochat.packing;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// Waits for another thread's result.
final class Waiting {
  private Waiting() {}

  /// @throws RuntimeException what the other thread has thrown
  static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for data");
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case RuntimeException thrown -> thrown;
        case Error error -> throw error;
        case null, default -> new IllegalStateException(e);
      };
    }
  }
}
