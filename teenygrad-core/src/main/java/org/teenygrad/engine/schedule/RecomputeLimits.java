package org.teenygrad.engine.schedule;

import org.teenygrad.engine.runtime.Target;

/// How many operations ([Costs]) an element may take to be computed again rather than kept: facts of a target's memory.
///
/// @param elsewhere in another kernel, where it would be written and read
/// @param within the same kernel, where nothing need be written: softmax computes its exponentials twice
record RecomputeLimits(int elsewhere, int within) {
  /// An exponential and a little more: at 32 results a cycle, that is about what a write and a read from a processor's second-level
  /// cache take.
  private static final RecomputeLimits PROCESSOR = new RecomputeLimits(16, 40);

  /// A GPU's memory is further away.
  private static final RecomputeLimits GPU = new RecomputeLimits(60, 60);

  static RecomputeLimits of(Target target) {
    return target instanceof Target.Gpu ? GPU : PROCESSOR;
  }
}
