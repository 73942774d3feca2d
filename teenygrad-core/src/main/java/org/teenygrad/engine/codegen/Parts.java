package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// What a kernel consists of that is one sum of products for each place it stores to.
///
/// @param fold the sum
/// @param left the factor that changes with the rows
/// @param right the one that changes with the columns, along which results lie in memory if they do along one of both
/// @param rows the loops that only the left factor depends on
/// @param columns those of the right
record Parts(OpNode fold, OpNode left, OpNode right, List<OpNode> rows, List<OpNode> columns) {
  static Optional<Parts> of(Analysis analysis) {
    List<OpNode> folds = analysis.folds();
    if (folds.size() != 1 || folds.getFirst().payload() != OpCode.ADD || !folds.getFirst().input(0).is(OpCode.MUL) || !folds.getFirst().dtype().isFloating()) {
      return Optional.empty();
    }
    boolean complete = analysis.stores().stream().allMatch(store -> analysis.outer.stream().allMatch(range -> analysis.dependsOn(store, range)));
    if (!complete) {
      return Optional.empty();
    }
    OpNode fold = folds.getFirst();
    OpNode a = fold.input(0).input(0);
    OpNode b = fold.input(0).input(1);
    Parts parts = new Parts(fold, a, b, only(analysis, a, b), only(analysis, b, a));
    OpNode store = analysis.stores().getFirst();
    boolean swap = parts.rows.stream().anyMatch(range -> analysis.stride(store, range) == 1);
    return Optional.of(swap ? new Parts(fold, b, a, parts.columns, parts.rows) : parts);
  }

  private static List<OpNode> only(Analysis analysis, OpNode one, OpNode other) {
    Predicate<OpNode> fits = range -> analysis.dependsOn(one, range) && !analysis.dependsOn(other, range);
    return analysis.outer.stream().filter(fits).toList();
  }

  /// All other loops: each of their iterations is a product of its own.
  List<OpNode> grid(Analysis analysis) {
    return analysis.outer.stream().filter(range -> !rows.contains(range) && !columns.contains(range)).toList();
  }

  /// The summed loops.
  List<OpNode> inner() {
    return Analysis.foldRanges(fold);
  }
}
