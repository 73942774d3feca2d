package org.teenygrad.engine.runtime.cpu;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Exchange;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Ordering;
import org.teenygrad.engine.runtime.Sequence;

/// A schedule's kernels: the first time one by one, as most schedules run once; from the second time on as [LaunchList]s, whose
/// phases are neighbours that do not wait for each other. Exchanges with other ranks stand between lists.
final class CpuSequence implements Sequence {
  /// Launches of a phase at most: their pieces are counted in few bits.
  private static final int MOST_OF_PHASE = 256;

  private final List<Kernel> kernels;
  private final Supplier<Ordering> ordering;
  private @Nullable List<Step> steps;
  private boolean ranBefore;

  /// @param kernels of processors, and exchanges
  CpuSequence(List<Kernel> kernels, Supplier<Ordering> ordering) {
    this.kernels = List.copyOf(kernels);
    this.ordering = ordering;
  }

  /// Some neighbours.
  @FunctionalInterface
  private interface Step {
    /// @param arguments of all kernels
    void run(List<List<List<Buffer>>> arguments);
  }

  @Override
  public void run(List<List<List<Buffer>>> arguments) {
    for (Step step : steps(arguments)) {
      step.run(arguments);
    }
    Reference.reachabilityFence(arguments);
    Reference.reachabilityFence(this);
  }

  @Override
  public boolean isHandedInWhole() {
    return true;
  }

  private synchronized List<Step> steps(List<List<List<Buffer>>> arguments) {
    if (!ranBefore) {
      ranBefore = true;
      return List.of(all -> each(0, kernels.size(), all));
    }
    if (steps == null) {
      steps = steps(arguments, ordering.get().waits());
    }
    return steps;
  }

  private List<Step> steps(List<List<List<Buffer>>> arguments, List<List<Integer>> waits) {
    List<Step> made = new ArrayList<>();
    for (int begin = 0; begin < kernels.size();) {
      int end = begin;
      while (end < kernels.size() && !(kernels.get(end) instanceof Exchange)) {
        end++;
      }
      int from = begin;
      int until = Math.max(end, begin + 1);
      if (end == begin) {
        made.add(all -> each(from, until, all));
      } else {
        made.add(list(from, until, arguments, waits));
      }
      begin = until;
    }
    return made;
  }

  private void each(int from, int until, List<List<List<Buffer>>> arguments) {
    for (int i = from; i < until; i++) {
      kernels.get(i).run(arguments.get(i));
    }
  }

  /// A kernel's run in a list.
  /// @param number of the kernel, and of the run
  private record Part(int number, int run, LaunchList.Launch launch) {}

  private Step list(int from, int until, List<List<List<Buffer>>> arguments, List<List<Integer>> waits) {
    int threads = Workers.shared().threads();
    List<List<Part>> phases = new ArrayList<>();
    int first = from;
    for (int i = from; i < until; i++) {
      int phase = first;
      boolean isNew = phases.isEmpty() || waits.get(i).stream().anyMatch(other -> other >= phase) || phases.getLast().size() >= MOST_OF_PHASE;
      if (isNew) {
        first = i;
        phases.add(new ArrayList<>());
      }
      for (int run = 0; run < arguments.get(i).size(); run++) {
        phases.getLast().add(new Part(i, run, ((CpuKernel) kernels.get(i)).launch(arguments.get(i).get(run).size())));
      }
    }
    phases.forEach(phase -> phase.sort(LaunchList.order(threads, Part::launch)));
    LaunchList list = new LaunchList(phases.stream().map(phase -> phase.stream().map(Part::launch).toList()).toList(), threads);
    List<Part> parts = phases.stream().flatMap(List::stream).toList();
    int count = parts.stream().mapToInt(part -> part.launch.arguments()).sum();
    return all -> {
      long[] addresses = new long[count];
      int at = 0;
      for (Part part : parts) {
        for (Buffer buffer : all.get(part.number).get(part.run)) {
          addresses[at++] = buffer.address();
        }
      }
      Workers.shared().run(list, addresses);
    };
  }
}
