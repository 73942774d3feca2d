package org.teenygrad.engine.runtime;

import java.util.List;

/// Kernels that run one after the other, again and again: all that a schedule launches.
@FunctionalInterface
public interface Sequence {
  /// Runs all of them in order.
  /// @param arguments for each kernel what [Kernel#run] takes; the runs of one kernel do not depend on each other
  void run(List<List<List<Buffer>>> arguments);
}
