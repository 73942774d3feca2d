package org.teenygrad.engine.runtime.cuda;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Exchange;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Sequence;

/// A schedule's kernels: the first time one launch each, as most schedules run once; from the second time on one launch of a
/// [CudaGraph] for all. Exchanges with other ranks cut them into [SequenceStep]s, and go on beside the kernels that do not need their results.
final class CudaSequence implements Sequence {
  private static final Cleaner CLEANER = Cleaner.create();

  /// Fewer launches than these are handed in faster one by one.
  private static final int FEWEST = 4;

  private final CudaStream stream;
  private final List<Kernel> items;
  private final Supplier<List<List<Integer>>> waits;
  private @Nullable List<Step> steps;
  private boolean ranBefore;

  /// @param items kernels of the GPU and exchanges
  CudaSequence(CudaStream stream, List<Kernel> items, Supplier<List<List<Integer>>> waits) {
    this.stream = stream;
    this.items = List.copyOf(items);
    this.waits = waits;
  }

  /// A part that is ready to run.
  @FunctionalInterface
  private interface Step {
    /// @param arguments of all items
    void run(List<List<List<Buffer>>> arguments);
  }

  @Override
  public synchronized void run(List<List<List<Buffer>>> arguments) {
    List<Step> known = steps;
    if (known == null && ranBefore && items.size() >= FEWEST) {
      steps = known = steps(arguments);
    }
    if (known == null) {
      for (int i = 0; i < items.size(); i++) {
        items.get(i).run(arguments.get(i));
      }
      ranBefore = true;
    } else {
      known.forEach(step -> step.run(arguments));
    }
    Reference.reachabilityFence(arguments);
    Reference.reachabilityFence(this);
  }

  private List<Step> steps(List<List<List<Buffer>>> arguments) {
    List<List<Integer>> before = waits.get();
    List<Step> made = new ArrayList<>();
    List<CudaEvent> ends = new ArrayList<>();
    for (SequenceStep step : SequenceStep.of(items, before)) {
      made.add(switch (step) {
        case SequenceStep.Launches launches -> launches(launches.items(), before, arguments);
        case SequenceStep.Exchanges exchanges -> exchanges(exchanges.items(), end(ends));
        case SequenceStep.Await await -> {
          CudaEvent end = ends.get(await.bucket());
          yield _ -> stream.waitFor(end);
        }
      });
    }
    return made;
  }

  private CudaEvent end(List<CudaEvent> ends) {
    stream.makeCurrent();
    CudaEvent end = CudaEvent.create(stream.context());
    CLEANER.register(this, end::close);
    ends.add(end);
    return end;
  }

  private Step launches(List<Integer> numbers, List<List<Integer>> before, List<List<List<Buffer>>> arguments) {
    List<CudaKernel> kernels = numbers.stream().map(i -> (CudaKernel) items.get(i)).toList();
    if (kernels.size() < FEWEST) {
      return all -> {
        for (int i = 0; i < kernels.size(); i++) {
          kernels.get(i).run(all.get(numbers.get(i)));
        }
      };
    }
    Map<Integer, Integer> within = new HashMap<>();
    numbers.forEach(i -> within.put(i, within.size()));
    List<List<Integer>> waits = numbers.stream()
        .map(i -> before.get(i).stream().map(within::get).filter(Objects::nonNull).toList()).toList();
    CudaGraph graph = CudaGraph.of(stream, kernels, waits, numbers.stream().map(arguments::get).toList());
    CLEANER.register(this, graph::destroy);
    return all -> graph.launch(numbers.stream().map(all::get).toList());
  }

  private Step exchanges(List<Integer> numbers, CudaEvent end) {
    List<Exchange> exchanges = numbers.stream().map(i -> (Exchange) items.get(i)).toList();
    return all -> {
      NcclGroup group = ((NcclCommunicator) exchanges.getFirst().ranks()).group();
      group.together(() -> {
        for (int i = 0; i < exchanges.size(); i++) {
          exchanges.get(i).run(all.get(numbers.get(i)));
        }
      });
      group.exchanges().record(end);
    };
  }
}
