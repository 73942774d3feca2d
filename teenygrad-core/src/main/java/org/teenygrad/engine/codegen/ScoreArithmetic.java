package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Totals;

/// What attention's derivatives compute of each score, in fewer instructions, where all results have 16 bits: on tensor cores these
/// instructions, not products, take most of a step's time.
///
/// - A number that is rounded to 16 bits on the way from one product to the next is not: it is rounded where tensor cores take it.
/// - `exp(x c - y)` is `exp2(x (c log2 e) - y log2 e)`, the second product being one for each row or column (Dao, "FlashAttention-2", 2023). A hidden score is 0 afterwards, not
///   -infinity before.
/// - A constant that all of a sum's products have as a factor multiplies the sum.
final class ScoreArithmetic {
  private static final double LOG2_E = 1 / Math.log(2);

  private ScoreArithmetic() {}

  /// The same kernel, or the one that was given where it has other results, or looks for the largest score, too.
  static Analysis shortened(Analysis analysis) {
    if (!analysis.isCoarse() || analysis.folds().stream().anyMatch(fold -> fold.payload() == OpCode.LOGSUMEXP)) {
      return analysis;
    }
    Analysis shorter = new Analysis(elements(analysis));
    Set<Integer> finished = new HashSet<>();
    Graph.topological(shorter.totals(Totals.RESULTS)).stream().filter(node -> node.is(OpCode.LOAD)).forEach(load -> finished.add(Analysis.slot(load)));
    boolean allFinished = shorter.totals(Totals.SUMS).stream().allMatch(sums -> finished.contains(Analysis.slot(sums)));
    return allFinished ? new Analysis(sums(shorter)) : shorter;
  }

  /// The graph with what is done to each score.
  private static OpNode elements(Analysis analysis) {
    Set<OpNode> inside = new HashSet<>();
    analysis.folds().stream().filter(fold -> containsFold(fold.input(0))).forEach(fold -> inside.addAll(Graph.topological(List.of(fold.input(0)))));
    analysis.totals(Totals.SUMS).forEach(sums -> inside.addAll(Graph.topological(List.of(sums.input(2)))));
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : analysis.nodes) {
      OpNode copy = node.withInputs(node.inputs().stream().map(changed::get).toList());
      changed.put(node, inside.contains(node) && node.dtype() == DType.FLOAT32 && containsFold(node) ? element(copy) : copy);
    }
    return Objects.requireNonNull(changed.get(analysis.sink));
  }

  private static OpNode element(OpNode node) {
    if (Analysis.isWidened(node) && node.input(0).is(OpCode.CAST) && node.input(0).input(0).dtype() == DType.FLOAT32) {
      return node.input(0).input(0);
    }
    if (!node.is(OpCode.EXP) || !node.input(0).is(OpCode.SUB)) {
      return node;
    }
    OpNode score = node.input(0).input(0);
    OpNode from = Arithmetic.mul(bounded(node.input(0).input(1)), LOG2_E);
    boolean hides = score.is(OpCode.WHERE) && score.input(2).is(OpCode.CONST) && Double.valueOf(Double.NEGATIVE_INFINITY).equals(score.input(2).payload());
    OpNode power = power(hides ? score.input(1) : score, from);
    return hides ? Arithmetic.where(score.input(0), power, Arithmetic.constant(power, 0.0)) : power;
  }

  /// Of a row that is hidden altogether something finite stands for its LOGSUMEXP, and is finite as a power of two, too: -infinity
  /// less that is no NaN.
  private static OpNode bounded(OpNode from) {
    for (int i = 0; i < 2 && from.is(OpCode.MAX); i++) {
      if (from.input(i).is(OpCode.CONST) && from.input(i).payload() instanceof Double least && least < -Float.MAX_VALUE / 2) {
        return OpNode.of(OpCode.MAX, from.input(1 - i), Arithmetic.constant(from, least / 2));
      }
    }
    return from;
  }

  private static OpNode power(OpNode score, OpNode from) {
    Factor factor = factor(score);
    OpNode distance = Arithmetic.fma(factor == null ? score : factor.of, factor == null ? LOG2_E : factor.number * LOG2_E, OpNode.of(OpCode.NEG, from));
    return OpNode.of(OpCode.EXP2, distance);
  }

  /// A product of a number and something else.
  private record Factor(OpNode of, double number) {}

  private static @Nullable Factor factor(OpNode node) {
    for (int i = 0; i < 2 && node.is(OpCode.MUL); i++) {
      if (node.input(i).is(OpCode.CONST) && node.input(i).payload() instanceof Double number) {
        return new Factor(node.input(1 - i), number);
      }
    }
    return null;
  }

  /// The graph with sums of products without constant factors.
  private static OpNode sums(Analysis analysis) {
    Map<Integer, Double> ofSlots = new HashMap<>();
    for (OpNode sums : analysis.totals(Totals.SUMS)) {
      Product product = product(sums.input(2));
      if (product != null) {
        ofSlots.put(Analysis.slot(sums), product.factor);
      }
    }
    Set<OpNode> afterwards = new HashSet<>(Graph.topological(analysis.totals(Totals.RESULTS)));
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : analysis.nodes) {
      OpNode copy = node.withInputs(node.inputs().stream().map(changed::get).toList());
      Product product = node.payload() == Totals.SUMS ? product(copy.input(2)) : node.is(OpCode.FOLD) && node.payload() == OpCode.ADD ? product(copy.input(0)) : null;
      if (product != null && node.is(OpCode.FOLD)) {
        copy = Arithmetic.mul(with(copy, 0, product.rest), product.factor);
      } else if (product != null) {
        copy = with(copy, 2, product.rest);
      } else if (node.is(OpCode.LOAD) && afterwards.contains(node) && ofSlots.containsKey(Analysis.slot(node))) {
        copy = Arithmetic.mul(copy, Objects.requireNonNull(ofSlots.get(Analysis.slot(node))));
      }
      changed.put(node, copy);
    }
    return Objects.requireNonNull(changed.get(analysis.sink));
  }

  /// A product of scores and another factor, as a number times the rest.
  private record Product(OpNode rest, double factor) {}

  private static @Nullable Product product(OpNode node) {
    for (int i = 0; i < 2 && node.is(OpCode.MUL); i++) {
      Factor factor = containsFold(node.input(i)) ? factor(node.input(i)) : null;
      if (factor != null) {
        return new Product(with(node, i, factor.of), factor.number);
      }
    }
    return null;
  }

  private static OpNode with(OpNode node, int input, OpNode value) {
    List<OpNode> inputs = new ArrayList<>(node.inputs());
    inputs.set(input, value);
    return node.withInputs(inputs);
  }

  private static boolean containsFold(OpNode node) {
    return Graph.topological(List.of(node)).stream().anyMatch(part -> part.is(OpCode.FOLD));
  }
}
