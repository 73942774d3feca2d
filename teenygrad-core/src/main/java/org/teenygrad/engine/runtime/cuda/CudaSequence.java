package org.teenygrad.engine.runtime.cuda;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Sequence;

/// A schedule's kernels: the first time one launch each, as most schedules run once; from the second time on one launch of a
/// [CudaGraph] for all.
final class CudaSequence implements Sequence {
  private static final Cleaner CLEANER = Cleaner.create();

  /// Fewer launches than these are handed in faster one by one.
  private static final int FEWEST = 4;

  private final CudaStream stream;
  private final List<CudaKernel> kernels;
  private final Supplier<List<List<Integer>>> waits;
  private @Nullable CudaGraph graph;
  private boolean ranBefore;

  CudaSequence(CudaStream stream, List<CudaKernel> kernels, Supplier<List<List<Integer>>> waits) {
    this.stream = stream;
    this.kernels = kernels;
    this.waits = waits;
  }

  @Override
  public synchronized void run(List<List<List<Buffer>>> arguments) {
    CudaGraph known = graph;
    if (known != null) {
      known.launch(arguments);
    } else if (ranBefore && kernels.size() >= FEWEST) {
      CudaGraph made = CudaGraph.of(stream, kernels, waits.get(), arguments);
      CLEANER.register(this, made::destroy);
      graph = made;
      made.launch(arguments);
    } else {
      for (int i = 0; i < kernels.size(); i++) {
        kernels.get(i).run(arguments.get(i));
      }
      ranBefore = true;
    }
    Reference.reachabilityFence(arguments);
    Reference.reachabilityFence(this);
  }
}
