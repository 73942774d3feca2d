package org.teenygrad.bench;

import java.util.function.DoubleSupplier;
import org.teenygrad.bench.Case.Unit;

/// Something that is compared with float64, and then measured beside a peer, in turns.
sealed interface ComparedCase permits CpuCase, DecodingCase, HostCase, KernelCase, TrainingCase {
  /// The same for ours and for the peer.
  String name();

  Unit unit();

  /// How much of the unit one call does; ignored where that is no rate.
  double work();

  /// How many independent calls stand in the queue at once, so that what a launch costs the host does not count.
  int copies();

  /// How many samples to take at least in a round, and how long to go on.
  int leastSamples();

  double roundSeconds();

  /// Whether the peer has the same.
  default boolean hasPeer() {
    return true;
  }

  /// The shortest time in which the machine could do it; NaN where that is not known.
  double leastSeconds(Peak peak);

  /// The largest relative error that is right.
  double bound();

  /// Computes on fresh random inputs, and compares with the same in float64 on the CPU: `|ours - reference| / |reference|`, the
  /// largest of all results.
  double error(long seed);

  /// Makes inputs, and returns what measures one call, in seconds, or in bytes or a part where that is the unit.
  DoubleSupplier prepare();
}
