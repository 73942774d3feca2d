package org.teenygrad.engine.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// Rematerialization: nodes whose values are recomputed wherever they are used rather than stored. On a GPU's tensor cores these
/// are sums of few products of 16-bit numbers that are many more than their factors, and whatever is made of them element by
/// element. So are attention's scores and all on the way from them to its weights: a matrix of all queries by all keys never comes
/// to memory. On any GPU so are the scores of few queries ([SplitKeys]), on a processor those of many ([WeighedScores]).
final class Rematerialization {
  /// The longest sum of products that is cheaper to compute again than to keep.
  private static final int MOST_PRODUCTS = 128;

  /// The same where a block can have the tiles of such.
  private static final int MOST_PRODUCTS_OF_TENSOR_MEMORY = 256;

  /// Tensor cores add up so many products at a time.
  private static final int STEP = 16;

  private final boolean hasTensorCores;
  private final int mostProducts;
  private final Set<OpNode> again;
  private final Map<OpNode, Boolean> known = new HashMap<>();

  /// @param again what else is computed again: by [SplitKeys] or [WeighedScores]
  Rematerialization(Target target, Set<OpNode> again) {
    hasTensorCores = target instanceof Target.Gpu gpu && gpu.rung().hasMatrixUnit();
    mostProducts = target instanceof Target.Gpu gpu && gpu.rung() == Target.Rung.TENSOR_MEMORY
        ? MOST_PRODUCTS_OF_TENSOR_MEMORY : MOST_PRODUCTS;
    this.again = again;
  }

  boolean contains(OpNode node) {
    if (!hasTensorCores && again.isEmpty()) {
      return false;
    }
    Deque<OpNode> pending = new ArrayDeque<>();
    pending.push(node);
    while (!pending.isEmpty()) {
      OpNode next = pending.peek();
      if (!known.containsKey(next)) {
        if (again.contains(next) || !follows(next)) {
          known.put(next, again.contains(next) || hasTensorCores && isCheap(next));
        } else if (next.inputs().stream().allMatch(known::containsKey)) {
          known.put(next, next.inputs().stream().anyMatch(known::get));
        } else {
          next.inputs().forEach(pending::push);
          continue;
        }
      }
      pending.pop();
    }
    return Objects.requireNonNull(known.get(node));
  }

  private static boolean follows(OpNode node) {
    return node.op().isElementwise() || SumOfProducts.isRearranged(node);
  }

  private boolean isCheap(OpNode node) {
    return node.dtype() == DType.FLOAT32
        && SumOfProducts.of(node).filter(sum -> sum.product() == node.input(0) && sum.depth() % STEP == 0 && sum.depth() <= mostProducts
            && sum.isOfHalves() && sum.results() >= 2 * sum.largestFactor()).isPresent();
  }
}
