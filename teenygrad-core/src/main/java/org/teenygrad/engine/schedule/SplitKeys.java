package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.engine.runtime.Target;

/// Splits the keys of attention of few queries on a GPU, as in generating text: each part has a LOGSUMEXP and a weighted sum of
/// values of its own, which are one kernel, and a second one weighs the parts (Dao et al., "Flash-Decoding for long-context
/// inference", 2023).
///
/// Parts have a fixed size, so that a row's bits depend neither on how many rows there are nor on how many keys there is room for:
/// where all keys of a part are hidden, its LOGSUMEXP is -infinity and its weight 0.
final class SplitKeys {
  /// Keys of a part, at most. With 128 numbers of 16 bits a key, a block of threads reads 128 KiB.
  private static final int PART = 256;

  /// Fewer keys are as quick to attend to in several kernels.
  private static final int LEAST_KEYS = 64;

  /// Queries that read the same keys, those of all heads in a group.
  private static final int MOST_ROWS = 8;

  /// Numbers of a key or a value are loaded in vectors of so many.
  private static final int LANES = 8;

  /// For all rows together, so that their sums have room in shared memory.
  private static final int MOST_COLUMNS = 1024;

  private SplitKeys() {}

  /// Attention as the graph has it.
  ///
  /// @param weight e to the power of what scores exceed their LOGSUMEXP by
  /// @param casts of the weights, in order
  /// @param product the sum of products that scores are made of
  /// @param values the other factor of the sum
  /// @param isAlone whether nobody else reads the LOGSUMEXP
  private record Attention(OpNode scores, OpNode logSum, OpNode weight, List<DType> casts, OpNode product, OpNode values, boolean isAlone) {
    Attention alone() {
      return new Attention(scores, logSum, weight, casts, product, values, true);
    }

    int keys() {
      return scores.shape().size(scores.shape().rank() - 1);
    }
  }

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    Map<OpNode, Attention> found = target instanceof Target.Gpu ? find(Graph.topological(roots)) : new HashMap<>();
    found.values().removeIf(attention -> attention.keys() <= PART || !attention.isAlone);
    if (found.isEmpty()) {
      return roots;
    }
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(roots)) {
      OpNode copy = node.withInputs(node.inputs().stream().map(changed::get).toList());
      Attention attention = found.containsKey(node) ? attention(copy) : null;
      changed.put(node, attention == null ? copy : split(copy, attention));
    }
    return roots.stream().map(changed::get).toList();
  }

  /// What is computed again rather than stored, or where that begins: the products that the scores of a part are made of, and keys
  /// and values that are gathered, with the indices.
  static Set<OpNode> recomputed(List<OpNode> topological) {
    Set<OpNode> nodes = new HashSet<>();
    for (Attention attention : find(topological).values()) {
      if (attention.keys() <= PART) {
        nodes.add(attention.product);
        List<OpNode> factors = new ArrayList<>(attention.product.input(0).inputs());
        factors.add(attention.values);
        for (OpNode node : Graph.topological(factors, node -> node.op().isMovement() || node.is(OpCode.CAST))) {
          if (node.is(OpCode.GATHER)) {
            nodes.add(node);
            Graph.topological(List.of(node.input(1)), SplitKeys::isComputedWithin).stream().filter(SplitKeys::isComputedWithin).forEach(nodes::add);
          }
        }
      }
    }
    return nodes;
  }

  private static boolean isComputedWithin(OpNode node) {
    return node.op().isElementwise() || node.op().isMovement();
  }

  // Finding

  /// Attention by the sum that it ends with, where nobody else reads scores or weights.
  private static Map<OpNode, Attention> find(List<OpNode> topological) {
    Map<OpNode, Attention> found = new LinkedHashMap<>();
    if (topological.stream().noneMatch(node -> node.is(OpCode.LOGSUMEXP))) {
      return found;
    }
    Map<OpNode, Integer> users = new HashMap<>();
    topological.forEach(node -> node.inputs().forEach(input -> users.merge(input, 1, Integer::sum)));
    for (OpNode node : topological) {
      Attention attention = node.is(OpCode.REDUCE) ? attention(node) : null;
      if (attention != null && users.getOrDefault(attention.scores, 0) == 2 && users.getOrDefault(attention.weight, 0) == 1) {
        found.put(node, users.getOrDefault(attention.logSum, 0) == 1 ? attention.alone() : attention);
      }
    }
    return found;
  }

  private static @Nullable Attention attention(OpNode sum) {
    Reduction reduction = sum.payload(Reduction.class);
    int rank = sum.shape().rank();
    if (reduction.combine() != OpCode.ADD || rank < 3 || !reduction.axes().equals(List.of(rank - 2)) || !sum.input(0).is(OpCode.MUL)) {
      return null;
    }
    for (int side = 0; side < 2; side++) {
      Attention attention = attention(sum.input(0).input(side), sum.input(0).input(1 - side));
      if (attention != null) {
        return attention;
      }
    }
    return null;
  }

  /// @param factor the weights, repeated along the columns
  private static @Nullable Attention attention(OpNode factor, OpNode values) {
    List<DType> casts = new ArrayList<>();
    OpNode at = factor;
    while (at.is(OpCode.CAST) || at.is(OpCode.EXPAND) || at.is(OpCode.RESHAPE)) {
      if (at.is(OpCode.CAST)) {
        casts.addFirst(at.dtype());
      }
      at = at.input(0);
    }
    Shape shape = factor.shape();
    int rank = shape.rank() - 1;
    if (!at.is(OpCode.EXP) || !at.input(0).is(OpCode.SUB) || !at.shape().equals(Shape.of(IntStream.range(0, rank).map(shape::size).toArray()))) {
      return null;
    }
    OpNode scores = at.input(0).input(0);
    OpNode logSum = logSum(at.input(0).input(1));
    if (logSum == null || logSum.input(0) != scores || !logSum.payload(Reduction.class).axes().equals(List.of(rank - 1))) {
      return null;
    }
    OpNode product = product(scores);
    return product == null || !fits(product, scores.shape(), shape.size(rank)) ? null : new Attention(scores, logSum, at, List.copyOf(casts), product, values, false);
  }

  /// The LOGSUMEXP that is subtracted from scores, or something finite instead of -infinity.
  private static @Nullable OpNode logSum(OpNode subtracted) {
    OpNode at = subtracted.is(OpCode.EXPAND) ? subtracted.input(0) : subtracted;
    if (at.is(OpCode.MAX)) {
      at = Uniform.constant(at.input(1)) != null ? at.input(0) : Uniform.constant(at.input(0)) != null ? at.input(1) : at;
    }
    return at.is(OpCode.LOGSUMEXP) ? at : null;
  }

  private static @Nullable OpNode product(OpNode scores) {
    List<OpNode> sums = Graph.topological(List.of(scores), node -> node.op().isElementwise() || node.op().isMovement()).stream()
        .filter(node -> node.is(OpCode.REDUCE) && node.shape().elements() == scores.shape().elements()).toList();
    boolean fits = sums.size() == 1 && sums.getFirst().payload(Reduction.class).combine() == OpCode.ADD && sums.getFirst().input(0).is(OpCode.MUL)
        && sums.getFirst().dtype() == DType.FLOAT32;
    return fits ? sums.getFirst() : null;
  }

  private static boolean fits(OpNode product, Shape scores, int columns) {
    long products = product.input(0).shape().elements();
    long depth = products / product.shape().elements();
    long keys = product.input(0).inputs().stream().mapToLong(SumOfProducts::distinct).max().orElseThrow();
    long rows = Math.ceilDiv(products, keys);
    return rows <= MOST_ROWS && scores.size(scores.rank() - 1) >= LEAST_KEYS && depth % LANES == 0 && columns % LANES == 0 && rows * columns <= MOST_COLUMNS;
  }

  // Splitting

  private static OpNode split(OpNode sum, Attention attention) {
    int keys = attention.keys();
    int part = IntStream.iterate(PART, size -> size >= LEAST_KEYS, size -> size - 1).filter(size -> keys % size == 0).findFirst().orElse(keys);
    if (part == keys) {
      return sum;
    }
    Shape whole = attention.scores.shape();
    int axis = whole.rank() - 1;
    int parts = keys / part;
    int columns = sum.shape().size(sum.shape().rank() - 1);
    OpNode scores = reshape(attention.scores, with(whole, axis, parts, part));
    OpNode logSums = logSumExp(scores, axis + 1);
    OpNode weights = exceeding(scores, logSums);
    for (DType type : attention.casts) {
      weights = OpNode.create(OpCode.CAST, type, List.of(weights), null);
    }
    OpNode products = OpNode.of(OpCode.MUL, repeated(weights, columns), reshape(attention.values, with(whole, axis, parts, part, columns)));
    OpNode sums = stored(sum(products, axis + 1));
    OpNode shares = repeated(exceeding(logSums, logSumExp(logSums, axis)), columns);
    return reshape(sum(OpNode.of(OpCode.MUL, shares, sums), axis), sum.shape());
  }

  /// What the first kernel gives: its weight among the parts is for the second to find, not for the end of a contraction.
  private static OpNode stored(OpNode sums) {
    return SumOfProducts.is(sums) ? OpNode.of(OpCode.CONTIGUOUS, sums) : sums;
  }

  /// A shape with other sizes from an axis on.
  private static Shape with(Shape shape, int axis, int... sizes) {
    return Shape.of(IntStream.concat(IntStream.range(0, axis).map(shape::size), IntStream.of(sizes)).toArray());
  }

  private static OpNode reshape(OpNode node, Shape shape) {
    return node.shape().equals(shape) ? node : OpNode.of(OpCode.RESHAPE, shape, List.of(node));
  }

  private static OpNode expand(OpNode node, Shape shape) {
    return node.shape().equals(shape) ? node : OpNode.of(OpCode.EXPAND, shape, List.of(node));
  }

  private static OpNode repeated(OpNode node, int columns) {
    int rank = node.shape().rank();
    return expand(reshape(node, with(node.shape(), rank, 1)), with(node.shape(), rank, columns));
  }

  private static OpNode logSumExp(OpNode node, int axis) {
    return OpNode.of(OpCode.LOGSUMEXP, new Reduction(OpCode.ADD, List.of(axis)), List.of(node));
  }

  private static OpNode sum(OpNode node, int axis) {
    return OpNode.of(OpCode.REDUCE, new Reduction(OpCode.ADD, List.of(axis)), List.of(node));
  }

  /// e to the power of what numbers exceed their LOGSUMEXP by, 0 where that is -infinity.
  private static OpNode exceeding(OpNode numbers, OpNode logSum) {
    OpNode least = Uniform.of(logSum.dtype(), logSum.shape(), -logSum.dtype().largest());
    OpNode finite = expand(OpNode.of(OpCode.MAX, logSum, least), numbers.shape());
    return OpNode.of(OpCode.EXP, OpNode.of(OpCode.SUB, numbers, finite));
  }
}
