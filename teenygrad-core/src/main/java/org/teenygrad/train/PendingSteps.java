package org.teenygrad.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// Iterations that a device may still be busy with. Their losses are looked at some times a second, that of the newest one not: a
/// GPU then always has the next iteration at hand, and does not wait for the host to build its graph.
final class PendingSteps {
  /// How often losses are looked at.
  private static final long LOOK_NANOS = 100_000_000;

  /// An iteration whose loss nobody has looked at.
  /// @param losses those of its micro batches, whose sum is the batch's
  /// @param norm of its gradients
  /// @param evaluation of the model before it, if there was one
  private record Pending(long iteration, List<DoubleSupplier> losses, DoubleSupplier norm, double learningRate, @Nullable Evaluation evaluation) {}

  /// What is done with a step when its loss is known.
  interface Sink {
    void accept(Step step, @Nullable Evaluation evaluation);
  }

  private final List<Pending> steps = new ArrayList<>();
  private final Durations durations;
  private long since;

  PendingSteps(Durations durations) {
    this.durations = durations;
  }

  void begin() {
    if (steps.isEmpty()) {
      since = System.nanoTime();
    }
  }

  /// @param norm of the gradients, null where it is not known
  void add(long iteration, List<Tensor> losses, @Nullable Tensor norm, double learningRate, @Nullable Evaluation evaluation) {
    steps.add(new Pending(iteration, losses.stream().map(Tensor::itemLater).toList(), norm == null ? () -> Double.NaN : norm.itemLater(), learningRate, evaluation));
  }

  boolean isDue() {
    return steps.size() > 1 && System.nanoTime() - since >= LOOK_NANOS;
  }

  /// Waits for all losses but the newest, and says them on.
  void lookBack(Sink sink) {
    look(steps.size() - 1, sink);
  }

  /// Waits for all losses, and says them on.
  void look(Sink sink) {
    look(steps.size(), sink);
  }

  private void look(int count, Sink sink) {
    List<Pending> seen = List.copyOf(steps.subList(0, count));
    List<Double> losses = seen.stream().map(step -> step.losses.stream().mapToDouble(DoubleSupplier::getAsDouble).sum()).toList();
    long now = System.nanoTime();
    long each = seen.isEmpty() ? 0 : (now - since) / seen.size();
    since = now;
    steps.subList(0, count).clear();
    for (int i = 0; i < seen.size(); i++) {
      Pending step = seen.get(i);
      double millis = durations.add(each);
      sink.accept(new Step(step.iteration, losses.get(i), step.learningRate, millis, step.norm.getAsDouble()), step.evaluation);
    }
  }
}
