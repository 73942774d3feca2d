package org.teenygrad.engine.schedule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Puts memory into long chains of views. A view costs nothing but its arithmetic on indices, which grows with each one that does not
/// simplify: after so many of them a copy is cheaper, and index expressions stay shallow.
final class ViewChains {
  private static final int LONGEST = 128;

  private ViewChains() {}

  static List<OpNode> cut(List<OpNode> graphs) {
    Map<OpNode, Integer> views = new HashMap<>(); // on the longest way down to memory or a reduction, by the node as it was
    Map<OpNode, OpNode> changed = new HashMap<>();
    for (OpNode node : Graph.topological(graphs)) {
      int below = node.inputs().stream().mapToInt(views::get).max().orElse(0);
      OpNode rebuilt = node.withInputs(node.inputs().stream().map(input -> Objects.requireNonNull(changed.get(input))).toList());
      boolean full = node.op().isMovement() && below + 1 == LONGEST;
      boolean ends = switch (node.op().group()) {
        case MOVEMENT -> full;
        case REDUCE, ROW, MEMORY, SOURCE -> !node.is(OpCode.DETACH);
        default -> node.is(OpCode.SCATTER);
      };
      views.put(node, ends ? 0 : below + (node.op().isMovement() ? 1 : 0));
      changed.put(node, full ? OpNode.of(OpCode.CONTIGUOUS, rebuilt) : rebuilt);
    }
    return graphs.stream().map(graph -> Objects.requireNonNull(changed.get(graph))).toList();
  }
}
