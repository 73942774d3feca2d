package org.teenygrad.schedule;

import java.util.List;
import org.teenygrad.ir.OpNode;

/// Computes graphs: from the nodes that somebody wants to the buffers that hold their values.
public final class Realizer {
  private Realizer() {}

  /// Computes every node that is not computed yet, all in one schedule; afterwards each one's [OpNode#realized] is its
  /// BUFFER, whose storage has memory on the node's device.
  public static void realize(List<OpNode> roots) {
    throw new IllegalStateException("no scheduler for " + roots);
  }
}
