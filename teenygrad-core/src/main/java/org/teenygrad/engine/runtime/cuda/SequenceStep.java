package org.teenygrad.engine.runtime.cuda;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.teenygrad.engine.runtime.Exchange;
import org.teenygrad.engine.runtime.Kernel;

/// A part of a sequence in which kernels and exchanges have queues of their own. Numbers are those of the sequence's items.
sealed interface SequenceStep {
  /// Exchanges that together come to so many bytes begin together: each beginning costs some microseconds, and cuts the kernels' graph. PyTorch's
  /// buckets have the same size.
  long BUCKET_BYTES = 25 << 20;

  /// Kernels, which begin when those of the steps before have ended.
  record Launches(List<Integer> items) implements SequenceStep {}

  /// Exchanges that begin together when the kernels of the steps before have ended, and go on beside those of later ones.
  record Exchanges(List<Integer> items) implements SequenceStep {}

  /// From here on kernels wait for the exchanges of a step, and so for those before it.
  /// @param bucket its number among those with exchanges
  record Await(int bucket) implements SequenceStep {}

  /// The steps of a sequence. Whatever is exchanged has arrived at its end.
  /// @param waits for each item the earlier ones whose end it has to wait for
  static List<SequenceStep> of(List<? extends Kernel> items, List<List<Integer>> waits) {
    Planner planner = new Planner();
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof Exchange exchange) {
        planner.exchange(i, exchange.bytes(), waits.get(i));
      } else {
        planner.launch(i, waits.get(i));
      }
    }
    planner.begin();
    planner.close();
    planner.await(planner.buckets - 1);
    return planner.steps;
  }

  /// Steps as they are found, item by item.
  final class Planner {
    private final List<SequenceStep> steps = new ArrayList<>();
    private final List<Integer> open = new ArrayList<>();
    private final List<Integer> pending = new ArrayList<>();
    private final List<Set<Integer>> begun = new ArrayList<>();
    private long pendingBytes;
    private int buckets;
    private int awaited = -1;

    private Planner() {}

    private void exchange(int item, long bytes, List<Integer> waits) {
      if (waits.stream().anyMatch(pending::contains)) {
        begin();
      }
      pending.add(item);
      pendingBytes += bytes;
      if (pendingBytes >= BUCKET_BYTES) {
        begin();
      }
    }

    private void launch(int item, List<Integer> waits) {
      if (waits.stream().anyMatch(pending::contains)) {
        begin();
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

    private void begin() {
      if (!pending.isEmpty()) {
        close();
        steps.add(new Exchanges(List.copyOf(pending)));
        begun.add(new HashSet<>(pending));
        buckets++;
        pending.clear();
        pendingBytes = 0;
      }
    }
  }
}
