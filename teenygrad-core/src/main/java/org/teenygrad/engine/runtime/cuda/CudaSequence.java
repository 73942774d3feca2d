package org.teenygrad.engine.runtime.cuda;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Exchange;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Ordering;
import org.teenygrad.engine.runtime.Sequence;

/// A schedule's kernels: the first time one launch each, as most schedules run once; from the second time on one launch of a
/// [CudaGraph] for all. Exchanges with other ranks cut them into [SequenceStep]s, and go on beside the kernels that do not need
/// their results.
final class CudaSequence implements Sequence {
  private static final Cleaner CLEANER = Cleaner.create();

  /// Fewer launches than these are handed in faster one by one.
  private static final int FEWEST = 4;

  private final CudaStream stream;
  private final List<Kernel> items;
  private final Supplier<Ordering> ordering;
  private @Nullable List<Step> steps;

  /// @param items kernels of the GPU and exchanges
  CudaSequence(CudaStream stream, List<Kernel> items, Supplier<Ordering> ordering) {
    this.stream = stream;
    this.items = List.copyOf(items);
    this.ordering = ordering;
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
    if (known == null) {
      steps = known = items.stream().anyMatch(Exchange.class::isInstance)
          ? steps(ordering.get()) : List.of(new Launches(IntStream.range(0, items.size()).boxed().toList(), ordering));
    }
    known.forEach(step -> step.run(arguments));
    Reference.reachabilityFence(arguments);
    Reference.reachabilityFence(this);
  }

  @Override
  public void time(List<List<List<Buffer>>> arguments, Told told) {
    stream.timings().time(() -> run(arguments), told);
  }

  @Override
  public boolean isHandedInWhole() {
    return true;
  }

  private List<Step> steps(Ordering all) {
    List<Step> made = new ArrayList<>();
    List<CudaEvent> ends = new ArrayList<>();
    for (SequenceStep step : SequenceStep.of(items, all.waits())) {
      made.add(switch (step) {
        case SequenceStep.Launches launches -> new Launches(launches.items(), () -> all);
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

  /// Kernels, the first time one by one.
  private final class Launches implements Step {
    private final List<Integer> numbers;
    private final List<CudaKernel> kernels;
    private final Supplier<Ordering> ordering;
    private @Nullable CudaGraph graph;
    private boolean ranBefore;

    /// @param ordering of all items
    Launches(List<Integer> numbers, Supplier<Ordering> ordering) {
      this.numbers = numbers;
      this.ordering = ordering;
      kernels = numbers.stream().map(i -> (CudaKernel) items.get(i)).toList();
    }

    @Override
    public void run(List<List<List<Buffer>>> all) {
      List<List<List<Buffer>>> arguments = numbers.stream().map(all::get).toList();
      CudaGraph known = graph;
      if (known == null && ranBefore && kernels.size() >= FEWEST) {
        graph = known = CudaGraph.of(stream, kernels, within(), arguments);
        CLEANER.register(CudaSequence.this, known::destroy);
      }
      if (known != null) {
        known.launch(arguments);
      } else {
        for (int i = 0; i < kernels.size(); i++) {
          kernels.get(i).run(arguments.get(i));
        }
        ranBefore = true;
      }
    }

    /// Which of these wait for which, by their places among them.
    private Ordering within() {
      Map<Integer, Integer> places = new HashMap<>();
      numbers.forEach(i -> places.put(i, places.size()));
      Ordering whole = ordering.get();
      return new Ordering(numbers.stream().map(i -> whole.waits().get(i).stream().map(places::get).filter(Objects::nonNull).toList()).toList(),
          numbers.stream().map(whole.unwritten()::get).toList());
    }
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
