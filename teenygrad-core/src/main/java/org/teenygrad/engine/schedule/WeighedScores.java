package org.teenygrad.engine.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Attention's scores of float32 on a processor: sums of few products that are many more than their factors, whose exponentials weigh
/// what is summed up next, and in derivatives those that these weigh. They are computed wherever they are used rather than stored
/// ([Rematerialization]). Other such sums, such as what a perceptron has between its layers, or logits, are stored, which costs less than
/// products do.
final class WeighedScores {
  private static final int MOST_PRODUCTS = 128;

  /// How many times as many as numbers of a factor. A training step with 64 queries and keys of 32 numbers took 4 % longer with its scores
  /// computed again.
  private static final int FEWEST_TIMES_FACTORS = 4;

  /// Scores by what is made of them element by element.
  private final Map<OpNode, Set<OpNode>> made = new HashMap<>();

  /// The same by what is proportional to their exponentials.
  private final Map<OpNode, Set<OpNode>> weights = new HashMap<>();

  private final Set<OpNode> found = new HashSet<>();

  private WeighedScores() {}

  /// @param order nodes, inputs before users
  static Set<OpNode> find(List<OpNode> order) {
    WeighedScores scores = new WeighedScores();
    order.forEach(scores::visit);
    return scores.found;
  }

  private void visit(OpNode node) {
    if (isScore(node)) {
      made.put(node, Set.of(node));
    } else if (node.is(OpCode.REDUCE)) {
      SumOfProducts.of(node).ifPresent(sum -> found.addAll(weights.getOrDefault(sum.product(), Set.of())));
    } else if (node.op().isElementwise() || SumOfProducts.isRearranged(node)) {
      put(made, node, of(made, node));
      put(weights, node, weights(node));
    }
  }

  private static boolean isScore(OpNode node) {
    return node.dtype() == DType.FLOAT32 && SumOfProducts.of(node)
        .filter(sum -> sum.product() == node.input(0) && sum.isOfSingles())
        .filter(sum -> sum.depth() <= MOST_PRODUCTS && sum.results() >= FEWEST_TIMES_FACTORS * sum.largestFactor()).isPresent();
  }

  private Set<OpNode> weights(OpNode node) {
    Set<OpNode> weighing = switch (node.op()) {
      case EXP -> of(made, node);
      case RESHAPE, PERMUTE, EXPAND, DETACH, MUL, NEG, CAST, WHERE -> of(weights, node);
      default -> Set.of();
    };
    return weighing.isEmpty() || !node.is(OpCode.MUL) ? weighing
        : Stream.concat(weighing.stream(), of(made, node).stream()).collect(Collectors.toSet());
  }

  private static void put(Map<OpNode, Set<OpNode>> all, OpNode node, Set<OpNode> scores) {
    if (!scores.isEmpty()) {
      all.put(node, scores);
    }
  }

  private static Set<OpNode> of(Map<OpNode, Set<OpNode>> all, OpNode node) {
    return node.inputs().stream().flatMap(input -> all.getOrDefault(input, Set.of()).stream()).collect(Collectors.toSet());
  }
}
