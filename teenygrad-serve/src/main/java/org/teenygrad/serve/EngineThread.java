package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Request;

/// The one thread that computes: it steps the engine while anybody is served, and in between does what others ask of it.
final class EngineThread implements AutoCloseable {
  private final CausalModel model;
  private final int rows;
  private final Metrics metrics;
  private final Consumer<Throwable> failures;
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final Thread thread = Thread.ofPlatform().daemon().name("serve-engine").unstarted(this::run);

  /// Who is served. Only the thread itself changes what follows.
  private final List<TokenFeed> feeds = new ArrayList<>();

  private Engine engine;
  private volatile Engine.Load load;
  private volatile boolean stopped;
  private int submitted;

  private final EngineLog log;

  /// @param failures is told what ended all requests at once
  EngineThread(CausalModel model, int rows, Metrics metrics, Consumer<Throwable> failures) {
    this.model = model;
    this.rows = rows;
    this.metrics = metrics;
    this.failures = failures;
    engine = Engine.of(model, rows);
    load = engine.load();
    log = new EngineLog(load);
    thread.start();
  }

  /// What it does.
  EngineLog log() {
    return log;
  }

  /// How full the engine's cache is, after its last step.
  Engine.Load load() {
    return load;
  }

  /// Has texts continued.
  /// @throws IllegalArgumentException if the engine refuses a request
  TokenFeed submit(List<Request> requests) {
    return call(() -> {
      TokenFeed feed = new TokenFeed(metrics, submitted);
      submitted += requests.size();
      requests.forEach(request -> feed.begin(engine, request));
      feeds.add(feed);
      count();
      return feed;
    });
  }

  /// Has something computed between two steps.
  <T> T call(Supplier<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    tasks.add(() -> {
      try {
        result.complete(task.get());
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    });
    try {
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void run() {
    boolean isBusy = false;
    while (!stopped) {
      try {
        for (Runnable task = isBusy ? tasks.poll() : tasks.take(); task != null; task = tasks.poll()) {
          task.run();
        }
        long start = System.nanoTime();
        long tokens = metrics.newTokens.sum();
        isBusy = engine.step();
        log.add(System.nanoTime() - start, metrics.newTokens.sum() - tokens);
      } catch (InterruptedException e) {
        break;
      } catch (RuntimeException | Error e) {
        failures.accept(e);
        feeds.forEach(feed -> feed.fail(e));
        engine = Engine.of(model, rows); // what a failed step has left behind is not to be trusted
        isBusy = false;
      }
      feeds.forEach(TokenFeed::noteBegun);
      feeds.removeIf(TokenFeed::isFinished);
      count();
    }
    feeds.forEach(feed -> feed.fail(new IllegalStateException("the server has ended")));
  }

  private void count() {
    load = engine.load();
    log.serves(feeds.stream().flatMap(TokenFeed::sequences).toList(), load);
  }

  @Override
  public void close() {
    stopped = true;
    tasks.add(() -> {});
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
