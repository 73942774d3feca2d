package org.teenygrad.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.teenygrad.models.inference.Engine;

/// What the engine does, for those who watch it: its last steps, and whom it serves. The engine's thread writes it; any may read it.
final class EngineLog {
  /// Steps that are kept for those who have not yet seen them.
  private static final int KEPT = 512;

  private final Deque<Step> steps = new ArrayDeque<>();
  private List<Sequence> sequences = List.of();
  private Engine.Load load;
  private long count;

  /// @param load of the engine at first
  EngineLog(Engine.Load load) {
    this.load = load;
  }

  /// One step of the engine.
  ///
  /// @param number from 1 on
  /// @param nanos how long it took
  /// @param tokens that became known with it
  record Step(long number, long nanos, long tokens) {}

  /// A text that is served.
  ///
  /// @param number from 0 on, in the order in which they came
  /// @param promptTokens tokens of its prompt
  /// @param newTokens tokens that have been added
  /// @param maxNewTokens tokens that may be added
  /// @param isRunning whether it has a row; otherwise it waits for one
  /// @param blocks of the cache that have its tokens, in order
  record Sequence(int number, int promptTokens, int newTokens, int maxNewTokens, boolean isRunning, List<Integer> blocks) {}

  /// What there is to see.
  record State(List<Step> steps, List<Sequence> sequences, Engine.Load load) {}

  /// The engine has taken a step.
  synchronized void add(long nanos, long tokens) {
    count++;
    steps.add(new Step(count, nanos, tokens));
    if (steps.size() > KEPT) {
      steps.remove();
    }
  }

  /// Whom it serves now.
  synchronized void serves(List<Sequence> now, Engine.Load with) {
    sequences = now;
    load = with;
  }

  /// Whom it serves.
  synchronized List<Sequence> sequences() {
    return sequences;
  }

  /// @param number of the last step that has been seen; 0 for none
  synchronized State since(long number) {
    return new State(steps.stream().filter(step -> step.number > number).toList(), sequences, load);
  }
}
