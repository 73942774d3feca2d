package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Alike;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Totals;

/// The structure of fused attention and its derivatives: two chained contractions, of which the first makes a matrix that the
/// second reduces.
///
/// Such a matrix is `f(r, j)`: any function of `x(r) · y(j)` for one or more pairs of x and y, and of whatever else r and j give. It is
/// reduced over j by itself (the scores' LOGSUMEXP, row by row), or its product with a third factor g(j, c) is. Both at once is attention
/// in one pass: the matrix is then proportional to e to the power of what a score exceeds its row's LOGSUMEXP by.
///
/// @param inner the sums of products that matrices are made of
/// @param sums what is summed up of products of a matrix and a third factor
/// @param rowFold the FOLD of a matrix itself
/// @param weight where a `rowFold` and `sums` come together: the exponential that the sums' matrices are proportional to
/// @param rows the loops that x changes with, which are shared out to blocks of threads
/// @param steps the loops of the reductions
/// @param columns the loops that third factors change with besides
/// @param grid all other loops
/// @param total what is summed up over the rows
/// @param element the type of x, y and g: of 16 bits, or float32
record FusedAttention(
    List<Inner> inner, List<Sum> sums, @Nullable OpNode rowFold, @Nullable OpNode weight,
    List<OpNode> rows, List<OpNode> steps, List<OpNode> columns, List<OpNode> grid, @Nullable Total total, DType element) {
  private static final int MOST_INNER = 256;

  /// A sum of products of x, which changes with the rows, and y, which changes with the steps.
  record Inner(OpNode fold, OpNode x, OpNode y) {}

  /// A sum of products of a matrix and a third factor.
  /// @param matrix rounded to the element type before it is multiplied
  record Sum(OpNode fold, OpNode matrix, OpNode third) {}

  /// A sum over the rows, for each step and column, of products of a matrix and a factor that changes with the rows.
  /// @param store a STORE of [org.teenygrad.engine.ir.Totals]
  /// @param matrix the number of the sum that has the same matrix
  /// @param factor the number of the pair whose x the other factor is, the loops of its products being the columns
  record Total(OpNode store, int matrix, int factor) {}

  /// @param wide whether the factors are float32, and not widened from 16 bits
  static Optional<FusedAttention> find(Analysis analysis, boolean wide) {
    List<OpNode> all = analysis.folds();
    List<OpNode> outermost = all.stream().filter(analysis::isOutermost).toList();
    if (outermost.isEmpty() || all.size() == outermost.size()) {
      return Optional.empty();
    }
    List<OpNode> steps = Analysis.foldRanges(outermost.getFirst());
    if (!outermost.stream().allMatch(fold -> Analysis.foldRanges(fold).equals(steps))) {
      return Optional.empty();
    }
    long along = Analysis.foldMask(outermost.getFirst());
    List<Inner> inner = new ArrayList<>();
    for (OpNode fold : all) {
      if (!outermost.contains(fold)) {
        Inner one = inner(analysis, fold, along, wide);
        if (one == null) {
          return Optional.empty();
        }
        inner.add(one);
      }
    }
    List<Sum> sums = new ArrayList<>();
    OpNode rowFold = null;
    for (OpNode fold : outermost) {
      Sum sum = sum(analysis, fold, along, wide);
      if (sum != null) {
        sums.add(sum);
      } else if (rowFold == null && containsInner(analysis, fold.input(0), along)) {
        rowFold = fold;
      } else {
        return Optional.empty();
      }
    }
    OpNode weight = rowFold == null || sums.isEmpty() ? null : weight(rowFold, sums);
    return rowFold != null && !sums.isEmpty() && weight == null ? Optional.empty() : arrange(analysis, inner, sums, rowFold, weight, steps);
  }

  /// The same in a graph whose nodes have become others.
  FusedAttention with(Map<OpNode, OpNode> changed) {
    List<Inner> newInner = inner.stream().map(one -> new Inner(now(changed, one.fold), one.x, one.y)).toList();
    List<Sum> newSums = sums.stream().map(sum -> new Sum(now(changed, sum.fold), now(changed, sum.matrix), sum.third)).toList();
    OpNode newRowFold = rowFold == null ? null : now(changed, rowFold);
    return new FusedAttention(newInner, newSums, newRowFold, weight == null ? null : now(changed, weight), rows, steps, columns, grid,
        total == null ? null : new Total(now(changed, total.store), total.matrix, total.factor), element);
  }

  /// The same in other operations, without the rows' reduction and what goes across them.
  FusedAttention over(UnaryOperator<OpNode> written) {
    List<Inner> newInner = inner.stream().map(one -> new Inner(written.apply(one.fold), written.apply(one.x), written.apply(one.y))).toList();
    List<Sum> newSums = sums.stream().map(sum -> new Sum(written.apply(sum.fold), written.apply(sum.matrix), written.apply(sum.third))).toList();
    return new FusedAttention(newInner, newSums, null, null, rows, steps, columns, grid, null, element);
  }

  private static OpNode now(Map<OpNode, OpNode> changed, OpNode node) {
    return Objects.requireNonNull(changed.get(node));
  }

  /// What a factor of a product is made of as it is multiplied: 16 bits where it was widened, else float32; null if it is neither.
  private static @Nullable OpNode factor(OpNode node, boolean wide) {
    return wide ? node.dtype() == DType.FLOAT32 ? node : null : Analysis.isWidened(node) ? node.input(0) : null;
  }

  private static @Nullable Inner inner(Analysis analysis, OpNode fold, long along, boolean wide) {
    OpNode product = fold.input(0);
    if (fold.payload() != OpCode.ADD || !product.is(OpCode.MUL) || containsFold(product)) {
      return null;
    }
    OpNode left = factor(product.input(0), wide);
    OpNode right = factor(product.input(1), wide);
    if (left == null || right == null) {
      return null;
    }
    boolean second = (analysis.dependencies(product.input(1)) & along) != 0;
    boolean first = (analysis.dependencies(product.input(0)) & along) != 0;
    return first == second || Analysis.depth(fold) > MOST_INNER ? null : new Inner(fold, second ? left : right, second ? right : left);
  }

  private static @Nullable Sum sum(Analysis analysis, OpNode fold, long along, boolean wide) {
    OpNode body = fold.input(0);
    if (fold.payload() != OpCode.ADD || !body.is(OpCode.MUL)) {
      return null;
    }
    int third = containsInner(analysis, body.input(0), along) ? 1 : 0;
    OpNode g = factor(body.input(third), wide);
    OpNode matrix = body.input(1 - third);
    if (g == null || containsFold(g) || !containsInner(analysis, matrix, along)) {
      return null;
    }
    return wide ? new Sum(fold, matrix, g) : isRounded(analysis, matrix, g.dtype()) ? new Sum(fold, Analysis.isWidened(matrix) ? matrix.input(0) : matrix, g) : null;
  }

  /// Whether the matrix has, or may have, no more digits than the third factor: what is kept of the result has no more either.
  private static boolean isRounded(Analysis analysis, OpNode matrix, DType narrow) {
    return Analysis.isWidened(matrix) ? matrix.input(0).dtype() == narrow
        : analysis.stores().stream().allMatch(store -> store.input(0).dtype() == narrow);
  }

  private static boolean containsFold(OpNode node) {
    return Graph.topological(List.of(node)).stream().anyMatch(n -> n.is(OpCode.FOLD));
  }

  private static boolean containsInner(Analysis analysis, OpNode node, long along) {
    return Graph.topological(List.of(node)).stream().anyMatch(n -> n.is(OpCode.FOLD) && (analysis.dependencies(n) & along) != 0);
  }

  /// e to the power of what the row's elements exceed their LOGSUMEXP by, if all the sums' matrices are proportional to it.
  private static @Nullable OpNode weight(OpNode rowFold, List<Sum> sums) {
    if (rowFold.payload() != OpCode.LOGSUMEXP) {
      return null;
    }
    return Graph.topological(List.of(sums.getFirst().matrix)).stream().filter(node -> isWeight(node, rowFold))
        .filter(weight -> sums.stream().allMatch(sum -> isProportional(sum.matrix, weight))).findFirst().orElse(null);
  }

  private static boolean isWeight(OpNode node, OpNode rowFold) {
    return node.is(OpCode.EXP) && node.input(0).is(OpCode.SUB) && node.input(0).input(0) == rowFold.input(0)
        && (node.input(0).input(1) == rowFold || isFinite(node.input(0).input(1), rowFold));
  }

  /// Whether a node is a row's LOGSUMEXP, but something finite where a mask hides the whole row.
  private static boolean isFinite(OpNode node, OpNode rowFold) {
    return node.is(OpCode.MAX) && node.inputs().contains(rowFold) && node.inputs().stream().anyMatch(input -> input.is(OpCode.CONST));
  }

  private static boolean isProportional(OpNode node, OpNode weight) {
    if (node == weight) {
      return true;
    }
    return switch (node.op()) {
      case CAST, NEG -> isProportional(node.input(0), weight);
      case MUL -> isProportional(node.input(0), weight) && !contains(node.input(1), weight)
          || isProportional(node.input(1), weight) && !contains(node.input(0), weight);
      case WHERE -> !contains(node.input(0), weight) && (node.input(1).isConstant(0) || isProportional(node.input(1), weight))
          && (node.input(2).isConstant(0) || isProportional(node.input(2), weight));
      default -> false;
    };
  }

  private static boolean contains(OpNode node, OpNode part) {
    return Graph.topological(List.of(node)).contains(part);
  }

  private static Optional<FusedAttention> arrange(
      Analysis analysis, List<Inner> inner, List<Sum> sums, @Nullable OpNode rowFold, @Nullable OpNode weight, List<OpNode> steps) {
    long left = inner.stream().mapToLong(one -> analysis.dependencies(one.x)).reduce(0, (a, b) -> a | b);
    long right = inner.stream().mapToLong(one -> analysis.dependencies(one.y)).reduce(0, (a, b) -> a | b);
    List<OpNode> rows = analysis.outer.stream().filter(range -> (left & Analysis.bit(range)) != 0 && (right & Analysis.bit(range)) == 0).toList();
    Set<List<OpNode>> allColumns = new HashSet<>();
    Set<DType> elements = new HashSet<>();
    for (Sum sum : sums) {
      allColumns.add(analysis.outer.stream().filter(range -> analysis.dependsOn(sum.third, range) && !analysis.dependsOn(sum.matrix, range)).toList());
      elements.add(sum.third.dtype());
      if (rows.stream().anyMatch(range -> analysis.dependsOn(sum.third, range))) {
        return Optional.empty();
      }
    }
    for (Inner one : inner) {
      elements.add(one.x.dtype());
      elements.add(one.y.dtype());
    }
    List<OpNode> columns = allColumns.isEmpty() ? List.of() : allColumns.iterator().next();
    boolean fits = !rows.isEmpty() && elements.size() == 1 && allColumns.size() <= 1
        && (sums.isEmpty() || !columns.isEmpty() && Analysis.count(columns) <= MOST_INNER);
    if (!fits) {
      return Optional.empty();
    }
    List<OpNode> grid = analysis.outer.stream().filter(range -> !rows.contains(range) && !columns.contains(range)).toList();
    FusedAttention attention = new FusedAttention(inner, sums, rowFold, weight, rows, steps, columns, grid, null, elements.iterator().next());
    return analysis.stores().stream().allMatch(store -> attention.isComplete(analysis, store)) ? attention.withTotal(analysis) : Optional.empty();
  }

  /// The same with what goes across the rows, if it is one sum of products of what is there in any case.
  private Optional<FusedAttention> withTotal(Analysis analysis) {
    List<OpNode> totals = analysis.totals(Totals.SUMS);
    if (totals.isEmpty()) {
      return Optional.of(this);
    }
    OpNode product = totals.getFirst().input(2);
    for (int i = 0; i < 2 && totals.size() == 1 && product.is(OpCode.MUL); i++) {
      int matrix = matrix(product.input(i));
      int factor = factor(product.input(1 - i));
      if (matrix >= 0 && factor >= 0) {
        return Optional.of(new FusedAttention(inner, sums, rowFold, weight, rows, steps, columns, grid, new Total(totals.getFirst(), matrix, factor), element));
      }
    }
    return Optional.empty();
  }

  private int matrix(OpNode node) {
    OpNode narrow = Analysis.isWidened(node) ? node.input(0) : node;
    return IntStream.range(0, sums.size()).filter(i -> sums.get(i).matrix == narrow).findFirst().orElse(-1);
  }

  private int factor(OpNode node) {
    return Analysis.isWidened(node) ? IntStream.range(0, inner.size()).filter(i -> isAcross(inner.get(i).fold, inner.get(i).x, node.input(0), rows)).findFirst().orElse(-1) : -1;
  }

  /// Whether a pair's factor is another with the loops of the products in place of the columns.
  /// @param along what both change with besides, but for the grid
  private boolean isAcross(OpNode fold, OpNode factor, OpNode other, List<OpNode> along) {
    List<OpNode> products = Analysis.foldRanges(fold);
    var renamed = new HashMap<OpNode, OpNode>();
    along.forEach(range -> renamed.put(range, range));
    grid.forEach(range -> renamed.put(range, range));
    return products.size() == columns.size() && Alike.match(factor, other, renamed) && products.stream().map(renamed::get).toList().equals(columns);
  }

  /// Whether a STORE writes an element for each row, or for each row and column.
  private boolean isComplete(Analysis analysis, OpNode store) {
    boolean rowwise = isRowStore(analysis, store);
    return analysis.outer.stream().allMatch(range -> rowwise && columns.contains(range) || analysis.dependsOn(store, range))
        && (!rowwise || Graph.topological(List.of(store.input(2))).stream().noneMatch(node -> sums.stream().anyMatch(sum -> sum.fold == node)));
  }

  /// Whether what a STORE writes does not change with the columns.
  boolean isRowStore(Analysis analysis, OpNode store) {
    return columns.stream().noneMatch(range -> analysis.dependsOn(store, range));
  }

  /// The pair whose y is also a sum's third factor, the loops of its products being the columns.
  @Nullable Inner sharing(Sum sum) {
    return inner.stream().filter(one -> isAcross(one.fold, one.y, sum.third, steps)).findFirst().orElse(null);
  }
}
