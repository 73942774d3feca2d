package org.teenygrad;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Which tensors collect gradients, by the nodes that stand for them: `backward()` finds them in a loss's graph.
///
/// One tensor may have several nodes over time: the ASSIGN that fills it, the BUFFER once that has run, the next
/// ASSIGN. Graphs that were built on an earlier one still lead to the tensor. Nodes and tensors are held weakly.
final class Leaves {
  private static final Map<OpNode, WeakReference<Tensor>> TENSORS = new WeakHashMap<>();

  private Leaves() {}

  static void register(OpNode node, Tensor tensor) {
    synchronized (TENSORS) {
      TENSORS.put(node, new WeakReference<>(tensor));
    }
    node.markSideEntry();
  }

  /// The collecting tensor that a node stands for, or null.
  static @Nullable Tensor at(OpNode node) {
    if (!node.hasSideEntries()) {
      return null;
    }
    synchronized (TENSORS) {
      WeakReference<Tensor> reference = TENSORS.get(node);
      Tensor tensor = reference == null ? null : reference.get();
      return tensor != null && tensor.collectsGradient() ? tensor : null;
    }
  }

  /// Every collecting tensor that derivatives of `root` reach, with its nodes in that graph.
  static Map<Tensor, Set<OpNode>> below(OpNode root) {
    Map<Tensor, Set<OpNode>> leaves = new LinkedHashMap<>();
    for (OpNode node : Graph.topological(List.of(root), Leaves::leadsOn)) {
      Tensor tensor = node.dtype().isFloating() ? at(node) : null;
      if (tensor != null) {
        leaves.computeIfAbsent(tensor, t -> new LinkedHashSet<>()).add(computed(node));
      }
    }
    return leaves;
  }

  /// Whether derivatives of `root` reach a collecting tensor. Stops at the first: a deep graph over a parameter is not
  /// walked to its ground.
  static boolean isTracked(OpNode root) {
    ArrayDeque<OpNode> stack = new ArrayDeque<>(List.of(root));
    Set<OpNode> seen = new HashSet<>();
    while (!stack.isEmpty()) {
      OpNode node = stack.pop();
      if (node.dtype().isFloating() && at(node) != null) {
        return true;
      }
      if (leadsOn(node) && seen.add(node)) {
        node.inputs().forEach(stack::push);
      }
    }
    return false;
  }

  /// Whether `output` depends on `input` by a way that derivatives can go, parameters in between or not.
  static boolean isReachable(OpNode output, OpNode input) {
    OpNode wanted = computed(input);
    Predicate<OpNode> leadsOn =
        node -> !node.is(OpCode.DETACH) && node.dtype().isFloating() && node != input && computed(node) == node;
    return Graph.topological(List.of(output), leadsOn).stream()
        .anyMatch(node -> computed(node) == wanted);
  }

  /// Whether derivatives go from a node to its inputs, as far as leaves are concerned.
  private static boolean leadsOn(OpNode node) {
    if (node.is(OpCode.DETACH) || !node.dtype().isFloating()) {
      return false;
    }
    Tensor tensor = at(node);
    return tensor == null || !tensor.isLeaf();
  }

  /// An ASSIGN that has run is, to the chain rule, the BUFFER that it filled.
  private static OpNode computed(OpNode node) {
    OpNode value = node.is(OpCode.ASSIGN) ? node.realized() : null;
    return value == null ? node : value;
  }
}
