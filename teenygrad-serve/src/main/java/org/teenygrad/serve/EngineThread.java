package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Generation;
import org.teenygrad.models.inference.Request;

/// The one thread that computes: it steps the engine while anybody is served, and in between does what others ask of it.
final class EngineThread implements AutoCloseable {
  private final Supplier<Engine> engines;
  private final CacheSize cache;
  private final Lock device;
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

  /// @param engines makes one that is new
  /// @param cache how many tokens the engine remembers
  /// @param device held while it computes: others' engines take turns
  /// @param failures is told what ended all requests at once
  EngineThread(Supplier<Engine> engines, CacheSize cache, Lock device, Metrics metrics, Consumer<Throwable> failures) {
    this.engines = engines;
    this.cache = cache;
    this.device = device;
    this.metrics = metrics;
    this.failures = failures;
    engine = engines.get();
    load = engine.load();
    log = new EngineLog(load);
    thread.start();
  }

  /// What it does.
  EngineLog log() {
    return log;
  }

  /// How much it remembers.
  CacheSize cache() {
    return cache;
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
        Runnable task = isBusy ? tasks.poll() : tasks.take();
        device.lock();
        try {
          for (; task != null; task = tasks.poll()) {
            task.run();
          }
          long start = System.nanoTime();
          long tokens = metrics.newTokens.sum();
          isBusy = engine.step();
          log.add(System.nanoTime() - start, metrics.newTokens.sum() - tokens);
        } finally {
          device.unlock();
        }
      } catch (InterruptedException e) {
        break;
      } catch (RuntimeException | Error e) {
        failures.accept(e);
        feeds.forEach(feed -> feed.fail(e));
        engine = engines.get(); // what a failed step has left behind is not to be trusted
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
    Map<Generation, List<Integer>> blocks = engine.blocks();
    log.serves(feeds.stream().flatMap(feed -> feed.sequences(blocks)).toList(), load);
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
