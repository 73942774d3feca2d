package org.teenygrad.testing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.ir.OpNode;

/// A graph over BUFFERs with data, and how far its values may differ between devices.
///
/// @param name what to tell the generator to get it again
/// @param known what is known of each node's values
record RandomGraph(String name, List<OpNode> roots, Map<OpNode, Known> known) {
  /// Rounding errors are bounded for one right way to compute; this much more is allowed between two.
  private static final double SLACK = 4;

  /// How far the values of two devices may be apart; 0 where they must be equal.
  double tolerance(OpNode node) {
    return SLACK * Objects.requireNonNull(known.get(node)).error();
  }
}
