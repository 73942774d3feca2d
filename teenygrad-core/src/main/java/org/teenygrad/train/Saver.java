package org.teenygrad.train;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Writes files beside a training, one after the other: a disk takes longer for a checkpoint than a GPU for some steps.
final class Saver implements AutoCloseable {
  private final ExecutorService writer = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("saver").daemon().factory());
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
  private Runnable announcement = () -> {};

  /// Begins to write when what was begun before is written.
  /// @param announcing says that it is there, in the thread that waits for it
  /// @throws RuntimeException what an earlier write has thrown; nothing is written then
  void write(Runnable content, Runnable announcing) {
    await();
    last = CompletableFuture.runAsync(content, writer);
    announcement = announcing;
  }

  /// Looks, without waiting, whether what was begun is written.
  /// @throws RuntimeException what a write has thrown, once
  void look() {
    if (last.isDone()) {
      await();
    }
  }

  /// Waits until everything is written.
  /// @throws RuntimeException what the last write has thrown, once
  void await() {
    CompletableFuture<?> waited = last;
    Runnable announcing = announcement;
    last = CompletableFuture.completedFuture(null);
    announcement = () -> {};
    try {
      waited.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    announcing.run();
  }

  @Override
  public void close() {
    try {
      await();
    } finally {
      writer.shutdown();
    }
  }
}
