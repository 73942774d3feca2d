package org.teenygrad.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Hands out batches in their order: made now, or ahead by threads.
final class BatchIterator implements Iterator<Batch> {
  private final DataLoader loader;
  private final BatchPlan plan;
  private final BatchReader reader;
  private final @Nullable ExecutorService threads;
  private final int prefetch;
  private final Deque<Pending> pending = new ArrayDeque<>();

  /// A batch that was planned; it is made when somebody waits for it, or by a thread before that.
  private record Pending(FutureTask<Batch> task, long after) {}

  BatchIterator(DataLoader loader, BatchPlan plan, BatchReader reader, @Nullable ExecutorService threads, int prefetch) {
    this.loader = loader;
    this.plan = plan;
    this.reader = reader;
    this.threads = threads;
    this.prefetch = prefetch;
  }

  private void fill(int wanted) {
    while (pending.size() < wanted) {
      BatchPlan.Draw draw = plan.next();
      if (draw == null) {
        return;
      }
      FutureTask<Batch> task = new FutureTask<>(() -> reader.read(draw));
      if (threads != null && !loader.isClosed()) {
        threads.execute(task);
      }
      pending.add(new Pending(task, draw.after()));
    }
  }

  @Override
  public boolean hasNext() {
    fill(Math.max(1, prefetch));
    return !pending.isEmpty();
  }

  /// @throws RuntimeException what the data set or a transform has thrown
  /// @throws IllegalStateException if the loader is closed
  @Override
  public Batch next() {
    if (loader.isClosed()) {
      throw new IllegalStateException("DataLoader: it is closed");
    }
    if (!hasNext()) {
      throw new NoSuchElementException("DataLoader: the epoch has no further batch");
    }
    Pending first = pending.remove();
    if (threads == null) {
      first.task().run();
    } else {
      fill(prefetch); // the threads go on while this one waits
    }
    Batch batch = await(first.task());
    loader.handedOut(this, first.after());
    return batch;
  }

  private static Batch await(Future<Batch> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("DataLoader: interrupted while waiting for a batch");
    } catch (ExecutionException e) {
      throw thrown(e.getCause());
    }
  }

  /// What was thrown in making the batch, with where and for which example it was wanted.
  private static RuntimeException thrown(@Nullable Throwable cause) {
    Throwable original = cause instanceof BatchReader.Failure failure ? failure.getCause() : cause;
    if (cause instanceof BatchReader.Failure failure && original != null) {
      original.addSuppressed(new IllegalStateException(failure.getMessage()));
    }
    return switch (original) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException(original);
    };
  }
}
