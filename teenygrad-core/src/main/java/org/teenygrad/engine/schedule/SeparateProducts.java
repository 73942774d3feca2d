package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Makes a contraction of each product in a sum over several: `sum(a b + c d)` becomes `sum(a b) + sum(c d)`.
///
/// Derivatives have that form where several contractions read one tensor: what comes back from queries, keys and values meets in
/// the tensor as they read it, expanded, before it is summed. A sum of one product can be tiled; the others are then added to it as
/// its kernel ends.
final class SeparateProducts {
  private SeparateProducts() {}

  static List<OpNode> apply(List<OpNode> roots) {
    var changed = Graph.map(roots, node -> node.is(OpCode.REDUCE) && node.input(0).is(OpCode.ADD) ? separate(node) : node);
    return roots.stream().map(changed::get).toList();
  }

  private static OpNode separate(OpNode sum) {
    List<OpNode> terms = new ArrayList<>();
    collect(sum.input(0), terms);
    List<OpNode> contractions = new ArrayList<>();
    List<OpNode> others = new ArrayList<>();
    for (OpNode term : terms) {
      OpNode alone = OpNode.of(OpCode.REDUCE, sum.payload(), List.of(term));
      if (SumOfProducts.is(alone)) {
        contractions.add(alone);
      } else {
        others.add(term);
      }
    }
    if (contractions.isEmpty()) {
      return sum;
    }
    others.stream().reduce(SeparateProducts::add)
        .ifPresent(rest -> contractions.add(OpNode.of(OpCode.REDUCE, sum.payload(), List.of(rest))));
    return contractions.stream().reduce(SeparateProducts::add).orElseThrow();
  }

  private static void collect(OpNode node, List<OpNode> terms) {
    if (node.is(OpCode.ADD)) {
      node.inputs().forEach(input -> collect(input, terms));
    } else {
      terms.add(node);
    }
  }

  private static OpNode add(OpNode a, OpNode b) {
    return OpNode.of(OpCode.ADD, a, b);
  }
}
