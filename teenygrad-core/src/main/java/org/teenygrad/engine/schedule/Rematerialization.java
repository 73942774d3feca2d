package org.teenygrad.engine.schedule;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// Rematerialization: nodes whose values are recomputed wherever they are used rather than stored. On a GPU's tensor cores these are sums
/// of few products of 16-bit numbers that are many more than their factors, and whatever is made of them element by element. So are
/// attention's scores and all on the way from them to its weights: a matrix of all queries by all keys never comes to memory.
final class Rematerialization {
  /// The longest sum of products that is cheaper to compute again than to keep.
  private static final int MOST_PRODUCTS = 128;

  private final Set<OpNode> nodes = new HashSet<>();

  Rematerialization(List<OpNode> topological, Target target) {
    if (target instanceof Target.Gpu gpu && gpu.rung().hasMatrixUnit()) {
      for (OpNode node : topological) {
        boolean follows = node.op().isElementwise() || isRearranged(node);
        if (follows ? node.inputs().stream().anyMatch(nodes::contains) : isFewProducts(node)) {
          nodes.add(node);
        }
      }
    }
  }

  boolean contains(OpNode node) {
    return nodes.contains(node);
  }

  private static boolean isRearranged(OpNode node) {
    return node.is(OpCode.RESHAPE) || node.is(OpCode.PERMUTE) || node.is(OpCode.EXPAND) || node.is(OpCode.DETACH);
  }

  private static boolean isFewProducts(OpNode node) {
    if (!Costs.isContraction(node) || !node.input(0).is(OpCode.MUL) || node.dtype() != DType.FLOAT32) {
      return false;
    }
    OpNode a = node.input(0).input(0);
    OpNode b = node.input(0).input(1);
    long results = node.shape().elements();
    long depth = node.input(0).shape().elements() / results;
    return depth % 16 == 0 && depth <= MOST_PRODUCTS && isNarrow(a) && isNarrow(b) && results >= 2 * Math.max(Costs.distinct(a), Costs.distinct(b));
  }

  /// Whether a factor was widened from 16 bits.
  private static boolean isNarrow(OpNode factor) {
    OpNode at = factor;
    while (isRearranged(at)) {
      at = at.input(0);
    }
    return at.is(OpCode.CAST) && at.input(0).dtype().isFloating() && at.input(0).dtype().bytes() == 2;
  }
}
