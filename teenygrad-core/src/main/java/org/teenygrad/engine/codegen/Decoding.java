package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Attention of few queries to a part of the keys: scores, their LOGSUMEXP and the values' sum by their weights, as in generating text.
///
/// Each key and value is used a few times only, so nothing is gained by matrix units: time is what it takes to read them. Data may
/// end the keys' loop ([LoopEnds]).
///
/// @param analysis with LOGSUMEXP spelled out
/// @param product the sum of products that a score is made of
/// @param query the factor of it that changes with the rows
/// @param key the factor that changes with the keys
/// @param score what all reductions over the keys are made of
/// @param rowFolds reductions of scores alone, inputs before users
/// @param sum of the values by their weights
/// @param weight the factor of the sum that is made of scores
/// @param value the other one
/// @param rows the queries that read the same keys; at most [#MOST_ROWS] together
/// @param grid the other loops but that of the columns
/// @param keys the loop over keys, at most [#MOST_KEYS]
/// @param depth the loop of the sum of products
/// @param column the loop of a value's numbers
/// @param lanes how many numbers of a key or value are loaded at once
record Decoding(
    Analysis analysis, OpNode product, OpNode query, OpNode key, OpNode score, List<OpNode> rowFolds,
    OpNode sum, OpNode weight, OpNode value, List<OpNode> rows, List<OpNode> grid,
    OpNode keys, OpNode depth, OpNode column, int lanes) implements Plan {
  static final int MOST_ROWS = 8;
  static final int MOST_KEYS = 256;

  /// Of shared memory that a kernel has without asking for it.
  private static final int MOST_BYTES = 48 << 10;

  /// @param analysis of a kernel in a GPU's operations, LOGSUMEXP spelled out
  static Optional<Decoding> of(Analysis analysis) {
    List<OpNode> folds = analysis.folds();
    List<OpNode> outermost = folds.stream().filter(analysis::isOutermost).toList();
    List<OpNode> inner = folds.stream().filter(fold -> !outermost.contains(fold)).toList();
    if (inner.size() != 1 || outermost.size() < 2 || Analysis.foldRanges(outermost.getFirst()).size() != 1) {
      return Optional.empty();
    }
    OpNode keys = Analysis.foldRanges(outermost.getFirst()).getFirst();
    OpNode product = inner.getFirst();
    boolean alike = outermost.stream().allMatch(fold -> Analysis.foldRanges(fold).equals(List.of(keys)) && fold.dtype() == DType.FLOAT32);
    if (!alike || Analysis.size(keys) > MOST_KEYS || !isSumOfProducts(product) || Analysis.foldRanges(product).size() != 1) {
      return Optional.empty();
    }
    List<OpNode> sums = outermost.stream().filter(fold -> isSumOfProducts(fold) && dependsOnLoopsOf(analysis, fold, outermost)).toList();
    List<OpNode> rowFolds = outermost.stream().filter(fold -> !sums.contains(fold)).toList();
    if (sums.size() != 1 || rowFolds.isEmpty()) {
      return Optional.empty();
    }
    return arrange(analysis, product, rowFolds, sums.getFirst(), keys);
  }

  private static boolean isSumOfProducts(OpNode fold) {
    return fold.payload() == OpCode.ADD && fold.input(0).is(OpCode.MUL) && fold.dtype() == DType.FLOAT32;
  }

  /// Whether a reduction changes with a loop that others do not change with.
  private static boolean dependsOnLoopsOf(Analysis analysis, OpNode fold, List<OpNode> all) {
    return all.stream().anyMatch(other -> other != fold && (analysis.dependencies(fold) & ~analysis.dependencies(other)) != 0);
  }

  private static Optional<Decoding> arrange(Analysis analysis, OpNode product, List<OpNode> rowFolds, OpNode sum, OpNode keys) {
    OpNode score = rowFolds.getFirst().input(0);
    OpNode weight = factor(sum, score, true);
    OpNode value = factor(sum, score, false);
    OpNode key = changing(analysis, product, keys, true);
    OpNode query = changing(analysis, product, keys, false);
    if (weight == null || value == null || key == null || query == null) {
      return Optional.empty();
    }
    boolean staged = score.dtype() == DType.FLOAT32 && weight.dtype() == DType.FLOAT32
        && !below(product, score).contains(score) && !below(value, score).contains(product)
        && rowFolds.stream().allMatch(fold -> !below(fold.input(0), score).contains(product)) && !below(weight, score).contains(product);
    if (!staged) {
      return Optional.empty();
    }
    List<OpNode> columns = analysis.outer.stream()
        .filter(range -> analysis.dependsOn(sum, range) && !analysis.dependsOn(weight, range)).toList();
    // Where keys end may depend on the query: then each has a block of its own.
    List<OpNode> read = Graph.topological(List.of(key, value), node -> node != keys);
    List<OpNode> queries = analysis.outer.stream().filter(range -> analysis.dependsOn(query, range) && !read.contains(range)).toList();
    List<OpNode> rows = queries.stream().filter(range -> keys.inputs().isEmpty() || !analysis.dependsOn(keys.input(0), range)).toList();
    List<OpNode> grid = analysis.outer.stream().filter(range -> !rows.contains(range) && !columns.contains(range)).toList();
    OpNode depth = Analysis.foldRanges(product).getFirst();
    int lanes = Analysis.VECTOR_BYTES / narrowest(List.of(key, value));
    boolean fits = columns.size() == 1 && Analysis.size(depth) % lanes == 0 && Analysis.size(columns.getFirst()) % lanes == 0
        && Analysis.count(queries) <= MOST_ROWS
        && analysis.stores().stream().allMatch(store -> isComplete(analysis, store, columns.getFirst(), rowFolds, sum));
    if (!fits) {
      return Optional.empty();
    }
    Decoding plan = new Decoding(
        analysis, product, query, key, score, rowFolds, sum, weight, value, rows, grid, keys, depth, columns.getFirst(), lanes);
    return plan.sharedBytes() <= MOST_BYTES ? Optional.of(plan) : Optional.empty();
  }

  /// What a node is made of, not looking below the score.
  private static List<OpNode> below(OpNode node, OpNode score) {
    return Graph.topological(List.of(node), other -> other != score);
  }

  private static @Nullable OpNode factor(OpNode sum, OpNode score, boolean ofScores) {
    OpNode product = sum.input(0);
    boolean first = below(product.input(0), score).contains(score);
    boolean second = below(product.input(1), score).contains(score);
    return first == second ? null : product.input(first == ofScores ? 0 : 1);
  }

  private static @Nullable OpNode changing(Analysis analysis, OpNode product, OpNode keys, boolean changes) {
    OpNode factors = product.input(0);
    boolean first = analysis.dependsOn(factors.input(0), keys);
    boolean second = analysis.dependsOn(factors.input(1), keys);
    return first == second ? null : factors.input(first == changes ? 0 : 1);
  }

  private static int narrowest(List<OpNode> factors) {
    return Graph.topological(factors).stream().filter(node -> node.is(OpCode.LOAD) && node.dtype().isFloating())
        .mapToInt(node -> node.dtype().bytes()).min().orElse(Long.BYTES);
  }

  /// Whether a STORE writes something for each row of what scores are reduced to, or for each row and column of the sum alone.
  private static boolean isComplete(Analysis analysis, OpNode store, OpNode column, List<OpNode> rowFolds, OpNode sum) {
    boolean rowwise = !analysis.dependsOn(store, column);
    List<OpNode> used = Graph.topological(List.of(store.input(2)), node -> node != sum);
    return store.inputs().size() == 3
        && analysis.outer.stream().allMatch(range -> range == column && rowwise || analysis.dependsOn(store, range))
        && (rowwise ? !used.contains(sum) : used.stream().noneMatch(rowFolds::contains));
  }

  int rowCount() {
    return Math.toIntExact(Analysis.count(rows));
  }

  /// What is computed outside of reductions and not of their results.
  List<OpNode> beforeReductions() {
    List<OpNode> products = List.of(product.input(0), sum.input(0));
    return analysis.nodes.stream().filter(node -> !node.is(OpCode.STORE) && !node.is(OpCode.SINK) && !products.contains(node)
        && Graph.topological(List.of(node)).stream().noneMatch(below -> below.is(OpCode.FOLD))).toList();
  }

  /// What follows from the reductions of scores up to STOREs for each row, or from the sum up to those for each row and column.
  List<OpNode> results(boolean ofColumns) {
    List<OpNode> folds = ofColumns ? List.of(sum) : rowFolds;
    List<OpNode> stores = analysis.stores().stream().filter(store -> analysis.dependsOn(store, column) == ofColumns).toList();
    return Graph.topological(stores, node -> !folds.contains(node)).stream().filter(node -> !folds.contains(node)).toList();
  }

  /// The partial sums of warps, a row of scores and one of weights for each query.
  int sharedBytes() {
    return rowCount() * Float.BYTES * (2 * MOST_KEYS + DecodeAttention.WARPS * Math.toIntExact(Analysis.size(column)));
  }
}
