package org.teenygrad.cli;

import java.util.concurrent.CountDownLatch;

/// What Ctrl-C and a request to end the process mean to a command that has something to save: it is told, and the process ends
/// when the command has returned.
///
/// Until [#await] is called they end the process at once, as ever.
final class Interrupt implements AutoCloseable {
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;

  /// From here on the process waits for the command when it is asked to end.
  /// @param notice what to do at that moment, besides
  void await(Runnable notice) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      if (finished.getCount() > 0) {
        requested = true;
        notice.run();
      }
      try {
        finished.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }));
  }

  /// Whether the command shall come to an end.
  boolean isRequested() {
    return requested;
  }

  /// The command has returned.
  @Override
  public void close() {
    finished.countDown();
  }
}
