package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// A factor's memory as a tensor of which tiles are boxes.
final class BoxMap {
  private static final int MOST_DIMENSIONS = 5;

  private BoxMap() {}

  /// A dimension.
  ///
  /// @param loops by how much one step of each moves along it
  /// @param size how many there are
  /// @param stride how many elements apart
  /// @param box how many a tile has
  private record Dimension(Map<OpNode, Long> loops, long size, long stride, int box) {
    static Dimension of(OpNode loop, long stride, int box) {
      return new Dimension(Map.of(loop, 1L), Analysis.size(loop), stride, box);
    }

    /// Of loops that go on where the ones after them end, as many as do so from the last one on.
    static Dimension ofLast(List<OpNode> loops, IndexAlgebra.Sum index, int box) {
      Dimension dimension = of(loops.getLast(), index.factor(loops.getLast()), box);
      for (OpNode before : loops.subList(0, loops.size() - 1).reversed()) {
        if (index.factor(before) != dimension.stride * dimension.size) {
          break;
        }
        dimension = dimension.with(of(before, index.factor(before), 1));
      }
      return dimension;
    }

    /// Whether tiles that begin at multiples of their size stay within the dimension, or all that there is of these loops.
    boolean isWhole(List<OpNode> of) {
      return loops.keySet().containsAll(of) || size % box == 0;
    }

    /// Whether another goes on where this one ends, and tiles do not.
    boolean isContinuedBy(Dimension other) {
      return other.stride == stride * size && other.box == 1 && size % box == 0;
    }

    Dimension with(Dimension other) {
      Map<OpNode, Long> all = new LinkedHashMap<>(loops);
      other.loops.forEach((loop, step) -> all.put(loop, step * size));
      return new Dimension(all, size * other.size, stride, box);
    }
  }

  /// For memory without a mask that is a tensor of few dimensions, with steps of whole 16 bytes.
  static Optional<BulkTile> of(Analysis analysis, OpNode node, List<OpNode> outer, List<OpNode> inner, int sharers) {
    Stage stage = node.payload(Stage.class);
    OpNode factor = node.input(0);
    IndexAlgebra.Sum sum = analysis.algebra.sum(factor.input(1));
    int lanes = Stage.CHUNK / factor.dtype().bytes();
    List<OpNode> along = stage.alongInner() ? inner : outer;
    List<OpNode> others = stage.alongInner() ? outer : inner;
    boolean plain = factor.inputs().size() == 2 && sum.constant() >= 0 && sum.constant() % lanes == 0 && sum.factor(along.getLast()) == 1 && sum.factor(others.getLast()) > 0
        && sum.factors().entrySet().stream().allMatch(term -> term.getKey().is(OpCode.RANGE) && term.getValue() > 0 && (term.getKey() == along.getLast() || term.getValue() % lanes == 0));
    if (!plain) {
      return Optional.empty();
    }
    Dimension line = Dimension.ofLast(along, sum, BulkTile.panel(factor.dtype()));
    Dimension lines = Dimension.ofLast(others, sum, BulkTile.lines(stage) / sharers);
    if (!line.isWhole(along) || !lines.isWhole(others)) {
      return Optional.empty();
    }
    List<Dimension> dimensions = new ArrayList<>(List.of(line, lines));
    sum.factors().entrySet().stream().filter(term -> !line.loops.containsKey(term.getKey()) && !lines.loops.containsKey(term.getKey())).sorted(Map.Entry.comparingByValue())
        .forEach(term -> add(dimensions, Dimension.of(term.getKey(), term.getValue(), 1)));
    if (dimensions.size() > MOST_DIMENSIONS) {
      return Optional.empty();
    }
    List<Program.Dimension> described = dimensions.stream().map(one -> new Program.Dimension(one.size, one.stride, one.box)).toList();
    Program.TensorMap map = new Program.TensorMap(Analysis.slot(factor), factor.dtype(), sum.constant(), described, null, false);
    return Optional.of(new BulkTile(stage.mapped(), sharers, map, dimensions.stream().map(one -> new BulkTile.Coordinate(one.loops, 0)).toList(), List.of(), outer, inner));
  }

  private static void add(List<Dimension> dimensions, Dimension more) {
    for (int i = 1; i < dimensions.size(); i++) {
      if (dimensions.get(i).isContinuedBy(more)) {
        dimensions.set(i, dimensions.get(i).with(more));
        return;
      }
    }
    dimensions.add(more);
  }
}
