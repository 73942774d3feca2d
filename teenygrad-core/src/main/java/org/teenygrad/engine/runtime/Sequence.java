package org.teenygrad.engine.runtime;

import java.util.List;

/// Kernels that run one after the other, again and again: all that a schedule launches.
@FunctionalInterface
public interface Sequence {
  /// Runs all of them in order.
  /// @param arguments for each kernel what [Kernel#run] takes; the runs of one kernel do not depend on each other
  void run(List<List<List<Buffer>>> arguments);

  /// As [#run], and tells how long the device took, without waiting for it: maybe during a later call.
  default void time(List<List<List<Buffer>>> arguments, Told told) {
    long start = System.nanoTime();
    run(arguments);
    told.took(start, System.nanoTime() - start);
  }

  /// Whether the device gets all kernels at once and goes from one to the next by itself, or runs some side by side: then they take
  /// longer when each is timed.
  default boolean isHandedInWhole() {
    return false;
  }

  /// Who is told of a run that has ended.
  @FunctionalInterface
  interface Told {
    /// @param start when it began, by [System#nanoTime]
    void took(long start, long nanos);
  }
}
