package org.teenygrad.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Finds a small graph that differs between two devices inside of a large one.
record Shrinker(Comparison comparison) {
  /// A part of the graph that differs, with as little below it as shows the difference.
  RandomGraph shrink(RandomGraph graph) {
    RandomGraph smallest = graph;
    for (OpNode node : Graph.topological(graph.roots())) {
      RandomGraph part = new RandomGraph(graph.name(), List.of(node), graph.known());
      if (!node.is(OpCode.BUFFER) && comparison.difference(part) != null) {
        smallest = part;
        break;
      }
    }
    if (smallest.roots().size() > 1) {
      return smallest;
    }
    RandomGraph previous;
    do {
      previous = smallest;
      smallest = replaceOne(previous);
    } while (smallest != previous);
    return smallest;
  }

  /// The graph with the last possible node replaced by its value; the graph itself if each is needed.
  private RandomGraph replaceOne(RandomGraph graph) {
    OpNode root = graph.roots().getFirst();
    List<OpNode> order = Graph.topological(graph.roots());
    for (OpNode node : order.reversed()) {
      if (node != root && !node.inputs().isEmpty()) {
        RandomGraph replaced = replace(graph, root, node);
        if (comparison.difference(replaced) != null) {
          return replaced;
        }
      }
    }
    return graph;
  }

  private RandomGraph replace(RandomGraph graph, OpNode root, OpNode node) {
    OpNode copy = Comparison.on(comparison.reference(), List.of(node)).getFirst();
    OpNode value = Buffers.ofBits(comparison.reference(), node.dtype(), node.shape(), Buffers.bits(copy));
    Map<OpNode, OpNode> changed = Graph.map(List.of(root), n -> n == node ? value : n);
    Map<OpNode, Known> known = new HashMap<>();
    changed.forEach((old, now) -> known.put(now, Objects.requireNonNull(graph.known().get(old))));
    return new RandomGraph(graph.name(), List.of(Objects.requireNonNull(changed.get(root))), known);
  }
}
