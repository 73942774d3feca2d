package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/// Walks over expression graphs, with stacks of their own: a graph may be a million nodes deep.
public final class Graph {
  /// In a [NodeTable]: met, but not all of its inputs are done.
  private static final int SEEN = -2;

  private Graph() {}

  /// Every node that the roots reach, each once, inputs before users.
  public static List<OpNode> topological(Collection<OpNode> roots) {
    return topological(roots, node -> true);
  }

  /// As [#topological(Collection)], not going below nodes for which `descend` is false.
  public static List<OpNode> topological(Collection<OpNode> roots, Predicate<OpNode> descend) {
    List<OpNode> order = new ArrayList<>();
    NodeTable numbers = new NodeTable();
    ArrayList<OpNode> stack = new ArrayList<>();
    for (OpNode root : roots) {
      stack.add(root);
      while (!stack.isEmpty()) {
        OpNode node = stack.getLast();
        int known = numbers.get(node);
        if (known == NodeTable.ABSENT) {
          numbers.put(node, SEEN);
          if (descend.test(node)) {
            List<OpNode> inputs = node.inputs();
            for (int i = inputs.size() - 1; i >= 0; i--) {
              if (numbers.get(inputs.get(i)) == NodeTable.ABSENT) {
                stack.add(inputs.get(i));
              }
            }
          }
        } else {
          stack.removeLast();
          if (known == SEEN) {
            numbers.put(node, order.size());
            order.add(node);
          }
        }
      }
    }
    return order;
  }

  /// Rebuilds the graph from the inputs up: `change` sees each node once, with its inputs already changed.
  /// @return for every node that the roots reach, what it became
  public static Map<OpNode, OpNode> map(Collection<OpNode> roots, Function<OpNode, OpNode> change) {
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : topological(roots)) {
      List<OpNode> inputs = new ArrayList<>(node.inputs().size());
      for (OpNode input : node.inputs()) {
        inputs.add(changed.get(input));
      }
      changed.put(node, change.apply(node.withInputs(inputs)));
    }
    return changed;
  }

  /// The graph of `root` with nodes replaced as the map says; what a replacement stands on is left as it is.
  public static OpNode substitute(OpNode root, Map<OpNode, OpNode> replacements) {
    return substitute(List.of(root), replacements).getFirst();
  }

  /// As [#substitute(OpNode, Map)], for several graphs: what they share is walked over once.
  public static List<OpNode> substitute(List<OpNode> roots, Map<OpNode, OpNode> replacements) {
    Map<OpNode, OpNode> changed = new IdentityHashMap<>(replacements);
    for (OpNode node : topological(roots, n -> !replacements.containsKey(n))) {
      if (!changed.containsKey(node)) {
        List<OpNode> inputs = new ArrayList<>(node.inputs().size());
        for (OpNode input : node.inputs()) {
          inputs.add(changed.get(input));
        }
        changed.put(node, node.withInputs(inputs));
      }
    }
    return roots.stream().map(root -> Objects.requireNonNull(changed.get(root))).toList();
  }
}
