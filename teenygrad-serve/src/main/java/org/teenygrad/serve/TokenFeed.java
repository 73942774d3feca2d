package org.teenygrad.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.GeneratedToken;
import org.teenygrad.models.inference.Generation;
import org.teenygrad.models.inference.Request;
import org.teenygrad.serve.http.ApiError;

/// The tokens of a call's choices on their way from the engine's thread to the call's. It holds no more of them than the call may ask for.
final class TokenFeed implements AutoCloseable {
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final List<Generation> generations = new ArrayList<>();
  private final List<Integer> newTokens = new ArrayList<>(); // by choice; the engine's thread alone counts
  private final Metrics metrics;
  private final int number;
  private final long start = System.nanoTime();
  private int begun; // choices that have had a row; the engine's thread alone counts
  private boolean failed;

  /// @param number of the first choice among all that were ever served
  TokenFeed(Metrics metrics, int number) {
    this.metrics = metrics;
    this.number = number;
  }

  /// What the engine's thread has to say.
  private sealed interface Event {}

  /// A token has been added.
  /// @param reason why it was the last; null if it was not
  record Added(int choice, GeneratedToken token, Completion.@Nullable Reason reason) implements Event {}

  private record Failed(Throwable cause) implements Event {}

  /// Adds a choice. In the engine's thread.
  void begin(Engine engine, Request request) {
    int choice = generations.size();
    newTokens.add(0);
    long[] last = {0}; // when the token before came
    generations.add(engine.submit(request.withSink(token -> {
      long now = System.nanoTime();
      (last[0] == 0 ? metrics.firstToken : metrics.nextToken).add(now - (last[0] == 0 ? start : last[0]));
      last[0] = now;
      metrics.newTokens.increment();
      newTokens.set(choice, newTokens.get(choice) + 1);
      Generation generation = generations.get(choice);
      events.add(new Added(choice, token, generation.isFinished() ? generation.completion().reason() : null));
    })));
  }

  /// The next token of any choice; null where none has come until the deadline.
  /// @param deadline of [System#nanoTime]
  /// @throws ApiError if the engine has failed
  @Nullable Added next(long deadline) throws InterruptedException {
    return switch (events.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
      case null -> null;
      case Added added -> added;
      case Failed _ -> throw ApiError.internal();
    };
  }

  /// Ends a choice at the engine's next step.
  void cancel(int choice) {
    generations.get(choice).cancel();
  }

  /// Ends all choices.
  @Override
  public void close() {
    generations.forEach(Generation::cancel);
  }

  /// Nothing will come any more. In the engine's thread.
  void fail(Throwable cause) {
    failed = true;
    events.add(new Failed(cause));
  }

  boolean isFinished() {
    return failed || generations.stream().allMatch(Generation::isFinished);
  }

  /// Looks which choices have been given a row. In the engine's thread.
  void noteBegun() {
    for (int now = (int) generations.stream().filter(generation -> generation.hasBegun() || generation.isFinished()).count(); begun < now; begun++) {
      metrics.queue.add(System.nanoTime() - start);
    }
  }

  /// Choices that have not ended. In the engine's thread.
  /// @param blocks of the cache, by whose they are
  Stream<EngineLog.Sequence> sequences(Map<Generation, List<Integer>> blocks) {
    return IntStream.range(0, generations.size()).filter(choice -> !generations.get(choice).isFinished()).mapToObj(choice -> {
      Generation generation = generations.get(choice);
      Request request = generation.request();
      return new EngineLog.Sequence(number + choice, request.prompt().length, newTokens.get(choice), request.maxNewTokens(), generation.hasBegun(),
          List.copyOf(blocks.getOrDefault(generation, List.of())));
    });
  }
}
