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

/// The code for a [Stage] that the tensor memory accelerator fills: one thread names a tile by its coordinates, hardware finds the addresses,
/// exchanges the parts of lines, and puts zeros for what lies outside (PTX ISA, "cp.async.bulk.tensor").
///
/// @param map the factor's memory as a tensor of a few dimensions
/// @param dimensions how loops count each of them, along memory first
/// @param outer the loops that count rows, inner those of the inner dimension
record BulkTile(Stage stage, Program.TensorMap map, List<Dimension> dimensions, List<OpNode> outer, List<OpNode> inner) {
  private static final int MOST_DIMENSIONS = 5;

  /// Rows of a tile that lie along them come in panels of a line's length.
  private static final int PANEL = SharedTile.LINE / 2;

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

    /// Whether another goes on where this one ends, and tiles do not.
    boolean isContinuedBy(Dimension other) {
      return other.stride == stride * size && other.box == 1 && size % box == 0;
    }

    Dimension with(Dimension other) {
      Map<OpNode, Long> all = new LinkedHashMap<>(loops);
      other.loops.forEach((loop, step) -> all.put(loop, step * size));
      return new Dimension(all, size * other.size, stride, box);
    }

    String counter(Emitter emitter) {
      String sum = "0";
      for (Map.Entry<OpNode, Long> loop : loops.entrySet()) {
        String counter = emitter.loops.counter(loop.getKey());
        sum = emitter.sum(sum, loop.getValue() == 1 ? counter : emitter.ir.value("mul i64 " + counter + ", " + loop.getValue()));
      }
      return emitter.ir.value("trunc i64 " + sum + " to i32");
    }
  }

  /// For a factor of 16 bits whose memory is a tensor of few dimensions, with steps of whole 16 bytes, and whose tiles are boxes of it.
  static Optional<BulkTile> of(Analysis analysis, OpNode node, List<OpNode> outer, List<OpNode> inner) {
    Stage stage = node.payload(Stage.class);
    OpNode factor = node.input(0);
    if (stage.source() != Stage.Source.COPIED || factor.inputs().size() > 2 || factor.dtype().bytes() != 2) {
      return Optional.empty();
    }
    OpNode along = stage.alongInner() ? inner.getLast() : outer.getLast();
    OpNode other = stage.alongInner() ? outer.getLast() : inner.getLast();
    IndexAlgebra.Sum sum = analysis.algebra.sum(factor.input(1));
    int lanes = Stage.CHUNK / factor.dtype().bytes();
    boolean plain = sum.constant() >= 0 && sum.constant() % lanes == 0 && sum.factor(along) == 1 && sum.factor(other) > 0
        && sum.factors().entrySet().stream().allMatch(term -> term.getKey().is(OpCode.RANGE) && term.getValue() > 0 && (term.getKey() == along || term.getValue() % lanes == 0));
    boolean boxes = isWhole(outer, stage.alongInner() ? stage.rows() : PANEL) && isWhole(inner, stage.depth());
    if (!plain || !boxes) {
      return Optional.empty();
    }
    List<Dimension> dimensions = new ArrayList<>(List.of(Dimension.of(along, 1, PANEL), Dimension.of(other, sum.factor(other), stage.alongInner() ? stage.rows() : stage.depth())));
    sum.factors().entrySet().stream().filter(term -> term.getKey() != along && term.getKey() != other).sorted(Map.Entry.comparingByValue())
        .forEach(term -> add(dimensions, Dimension.of(term.getKey(), term.getValue(), 1)));
    if (dimensions.size() > MOST_DIMENSIONS) {
      return Optional.empty();
    }
    List<Program.Dimension> described = dimensions.stream().map(one -> new Program.Dimension(one.size, one.stride, one.box)).toList();
    Program.TensorMap map = new Program.TensorMap(Analysis.slot(factor), factor.dtype(), sum.constant(), described);
    return Optional.of(new BulkTile(stage.mapped(), map, dimensions, outer, inner));
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

  /// Whether tiles that begin at multiples of their size stay within the last loop.
  private static boolean isWhole(List<OpNode> ranges, int size) {
    return ranges.size() == 1 || Analysis.size(ranges.getLast()) % size == 0;
  }

  /// The STAGE that is filled so, instead of one that threads fill.
  OpNode stage(OpNode copied) {
    return OpNode.of(OpCode.STAGE, stage, copied.inputs());
  }

  int bytes() {
    return stage.bytes(map.dtype());
  }

  /// Starts to bring a tile, by one thread.
  /// @param tileRow the number of the tile's first row
  /// @param step which tile along the inner dimension
  /// @param slot the byte in shared memory where it belongs
  /// @param number the map's number among those of the kernel
  /// @param run the number of the list of buffers
  /// @param counter the address of what counts the bytes that come
  void fetch(Emitter emitter, String tileRow, String step, String slot, int number, String run, String counter) {
    Ir ir = emitter.ir;
    String own = ir.value("getelementptr [" + Runs.MAP_BYTES + " x i8], ptr " + Runs.map(number) + ", i64 " + run);
    String at = ir.value("mul i64 " + step + ", " + stage.depth());
    int panels = stage.alongInner() ? 1 : stage.rows() / PANEL;
    for (int i = 0; i < panels; i++) {
      String target = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + ir.plus(slot, (long) i * stage.depth() * SharedTile.LINE));
      emitter.unflatten(ir.plus(tileRow, (long) i * PANEL), outer, () -> emitter.unflatten(at, inner, () -> copy(emitter, target, own, counter)));
    }
  }

  private void copy(Emitter emitter, String target, String own, String counter) {
    Ir ir = emitter.ir;
    List<String> operands = new ArrayList<>(List.of("ptr addrspace(3) " + target, "ptr " + own, "i32 " + counter));
    dimensions.forEach(one -> operands.add("i32 " + one.counter(emitter)));
    String coordinates = String.join(", ", Ir.times(dimensions.size(), i -> "$" + (i + 3)));
    ir.effect("call void asm sideeffect \"cp.async.bulk.tensor." + dimensions.size() + "d.shared::cluster.global.mbarrier::complete_tx::bytes [$0], [$1, {" + coordinates
        + "}], [$2];\", \"r,l," + "r,".repeat(dimensions.size() + 1) + "~{memory}\"(" + String.join(", ", operands) + ")");
  }
}
