package org.teenygrad.engine.runtime.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.teenygrad.engine.runtime.Exchange;
import org.teenygrad.engine.runtime.Kernel;

/// A part of a sequence in which kernels and exchanges have queues of their own. Numbers are those of the sequence's items.
sealed interface SequenceStep {
  /// Kernels, which begin when those of the steps before have ended.
  record Launches(List<Integer> items) implements SequenceStep {}

  /// Exchanges of one bucket, which begin as one when the kernels of the steps before have ended, and go on beside those of later
  /// ones. NCCL wants the same buckets on all ranks.
  record Exchanges(List<Integer> items) implements SequenceStep {}

  /// From here on kernels wait for the exchanges of a step, and so for those before it.
  /// @param bucket its number among those with exchanges
  record Await(int bucket) implements SequenceStep {}

  /// The steps of a sequence. Whatever is exchanged has arrived at its end.
  /// @param waits for each item the earlier ones whose end it has to wait for
  /// @throws IllegalStateException if a kernel waits for an exchange before all of its bucket can begin: other ranks would begin
  ///     them otherwise
  static List<SequenceStep> of(List<? extends Kernel> items, List<List<Integer>> waits) {
    Planner planner = new Planner();
    for (Kernel item : items) {
      if (item instanceof Exchange exchange) {
        planner.missing.merge(exchange.collective().bucket(), 1, Integer::sum);
      }
    }
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof Exchange exchange) {
        planner.exchange(i, exchange.collective().bucket());
      } else {
        planner.launch(i, waits.get(i));
      }
    }
    planner.close();
    planner.await(planner.begun.size() - 1);
    return planner.steps;
  }

  /// Steps as they are found, item by item.
  final class Planner {
    private final List<SequenceStep> steps = new ArrayList<>();
    private final Map<Integer, Integer> missing = new HashMap<>();
    private final List<Integer> open = new ArrayList<>();
    private final List<Integer> pending = new ArrayList<>();
    private final List<Set<Integer>> begun = new ArrayList<>();
    private int awaited = -1;

    private Planner() {}

    private void exchange(int item, int bucket) {
      pending.add(item);
      if (Objects.requireNonNull(missing.merge(bucket, -1, Integer::sum)) == 0) {
        close();
        steps.add(new Exchanges(List.copyOf(pending)));
        begun.add(new HashSet<>(pending));
        pending.clear();
      }
    }

    private void launch(int item, List<Integer> waits) {
      if (waits.stream().anyMatch(pending::contains)) {
        throw new IllegalStateException("kernel " + item + " waits for some of the exchanges " + pending + ", which begin with others");
      }
      for (int bucket = begun.size() - 1; bucket > awaited; bucket--) {
        if (waits.stream().anyMatch(begun.get(bucket)::contains)) {
          await(bucket);
        }
      }
      open.add(item);
    }

    private void await(int bucket) {
      if (bucket > awaited) {
        close();
        steps.add(new Await(bucket));
        awaited = bucket;
      }
    }

    private void close() {
      if (!open.isEmpty()) {
        steps.add(new Launches(List.copyOf(open)));
        open.clear();
      }
    }
  }
}
