package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;

/// Which tensors are computed together with a node ([Tensor#alongside]) until that has happened. Nodes are held weakly.
final class Companions {
  private static final Map<OpNode, Set<Tensor>> OF = new WeakHashMap<>();

  private Companions() {}

  static void register(OpNode node, Tensor... companions) {
    synchronized (OF) {
      node.markSideEntry();
      OF.computeIfAbsent(node, n -> new LinkedHashSet<>()).addAll(Arrays.asList(companions));
    }
  }

  /// These tensors and the companions of all nodes that have to be computed for them, which are forgotten then.
  static Collection<Tensor> with(Collection<Tensor> tensors) {
    synchronized (OF) {
      if (OF.isEmpty()) {
        return tensors;
      }
      List<Tensor> all = new ArrayList<>(tensors);
      for (int seen = 0; seen < all.size(); ) {
        List<OpNode> roots = all.subList(seen, all.size()).stream().map(Tensor::node).toList();
        seen = all.size();
        for (OpNode node : Graph.topological(roots, n -> n.realized() == null)) {
          Set<Tensor> companions = node.hasSideEntries() ? OF.remove(node) : null;
          if (companions != null) {
            all.addAll(companions);
          }
        }
      }
      return all;
    }
  }
}
