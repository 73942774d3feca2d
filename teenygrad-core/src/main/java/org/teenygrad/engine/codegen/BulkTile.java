package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// The code for a [Stage] that the tensor memory accelerator fills: one thread names a tile by its coordinates, hardware finds the
/// addresses, exchanges the parts of lines, and puts zeros for what lies outside (PTX ISA, "cp.async.bulk.tensor").
///
/// Blocks of a cluster that need the same tile fetch a share of it each, which the others get as well.
///
/// @param sharers blocks that fetch a tile together
/// @param map the factor's memory as a tensor of a few dimensions
/// @param coordinates of a tile's first element, along memory first
/// @param offsets of a window's place from where the window begins, along memory first; none for tiles that are boxes
/// @param outer the loops that count rows, inner those of the inner dimension
record BulkTile(Stage stage, int sharers, Program.TensorMap map, List<Coordinate> coordinates, List<Coordinate> offsets, List<OpNode> outer, List<OpNode> inner) {
  /// A sum of loop counters.
  ///
  /// @param loops by how much one step of each moves
  record Coordinate(Map<OpNode, Long> loops, long constant) {
    /// @param type of LLVM's integers
    String value(Emitter emitter, String type) {
      String sum = Long.toString(constant);
      for (Map.Entry<OpNode, Long> loop : loops.entrySet()) {
        String counter = emitter.loops.counter(loop.getKey());
        sum = emitter.sum(sum, loop.getValue() == 1 ? counter : emitter.ir.value("mul i64 " + counter + ", " + loop.getValue()));
      }
      return type + " " + emitter.ir.value("trunc i64 " + sum + " to " + type);
    }
  }

  /// A tile comes in panels of a line's length: of rows that lie along them, else of the inner dimension.
  static int panel(DType element) {
    return SharedTile.LINE / element.bytes();
  }

  /// For a factor that tensor cores multiply whose tiles are boxes of memory, or pixels of images at a window's place.
  static Optional<BulkTile> of(Analysis analysis, OpNode node, List<OpNode> outer, List<OpNode> inner, int sharers) {
    OpNode factor = node.input(0);
    Stage stage = node.payload(Stage.class);
    boolean multiplied = factor.dtype().isNarrow() || factor.dtype() == DType.FLOAT32;
    if (stage.source() != Stage.Source.COPIED || !multiplied || !stage.alongInner() && stage.rows() % panel(factor.dtype()) != 0) {
      return Optional.empty();
    }
    return BoxMap.of(analysis, node, outer, inner, sharers).or(() -> WindowMap.of(analysis, node, outer, inner, sharers));
  }

  /// The STAGE that is filled so, instead of one that threads fill.
  OpNode stage(OpNode copied) {
    return OpNode.of(OpCode.STAGE, stage, copied.inputs());
  }

  /// Whether other numbers than zeros come after the last of the inner dimension: the next images.
  boolean goesOn() {
    return map.pixels() != null && !stage.alongInner() && Analysis.count(inner) % stage.depth() != 0;
  }

  /// Lines of a tile, or of each of its panels.
  static int lines(Stage stage) {
    return stage.alongInner() ? stage.rows() : stage.depth();
  }

  int bytes() {
    return stage.bytes(map.dtype());
  }

  /// Starts to bring a tile, or this block's share of it, by one thread.
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
    if (sharers > 1) {
      String line = ir.value("mul i64 " + ir.gpu().number(GpuDialect.Index.BLOCK_IN_CLUSTER) + ", " + lines(stage) / sharers);
      String from = ir.value("add i64 " + slot + ", " + ir.value("mul i64 " + line + ", " + SharedTile.LINE));
      boxes(emitter, stage.alongInner() ? ir.value("add i64 " + tileRow + ", " + line) : tileRow, stage.alongInner() ? at : ir.value("add i64 " + at + ", " + line), from, own, counter);
    } else {
      boxes(emitter, tileRow, at, slot, own, counter);
    }
  }

  /// @param at of the inner dimension
  private void boxes(Emitter emitter, String row, String at, String slot, String own, String counter) {
    Ir ir = emitter.ir;
    int panels = (stage.alongInner() ? stage.depth() : stage.rows()) / panel(map.dtype());
    for (int i = 0; i < panels; i++) {
      String target = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + ir.plus(slot, (long) i * lines(stage) * SharedTile.LINE));
      long further = (long) i * panel(map.dtype());
      String firstRow = stage.alongInner() ? row : ir.plus(row, further);
      String first = stage.alongInner() ? ir.plus(at, further) : at;
      emitter.unflatten(firstRow, outer, () -> emitter.unflatten(first, inner, () -> copy(emitter, target, own, counter)));
    }
  }

  private void copy(Emitter emitter, String target, String own, String counter) {
    List<String> operands = new ArrayList<>(List.of("ptr addrspace(3) " + target, "ptr " + own, "i32 " + counter));
    coordinates.forEach(one -> operands.add(one.value(emitter, "i32")));
    offsets.forEach(one -> operands.add(one.value(emitter, "i16")));
    int first = operands.size() - offsets.size();
    String mode = offsets.isEmpty() ? "" : ".im2col";
    String behind = (offsets.isEmpty() ? "" : ", {" + numbered(first, offsets.size()) + "}") + (sharers > 1 ? ", $" + operands.size() : "");
    if (sharers > 1) {
      operands.add("i16 " + ((1 << sharers) - 1));
    }
    emitter.ir.effect("call void asm sideeffect \"cp.async.bulk.tensor." + coordinates.size() + "d.shared::cluster.global" + mode
        + ".mbarrier::complete_tx::bytes" + (sharers > 1 ? ".multicast::cluster" : "") + " [$0], [$1, {" + numbered(3, coordinates.size()) + "}], [$2]" + behind + ";\", \"r,l,"
        + "r,".repeat(coordinates.size() + 1) + "h,".repeat(operands.size() - first) + "~{memory}\"(" + String.join(", ", operands) + ")");
  }

  private static String numbered(int first, int count) {
    return String.join(", ", Ir.times(count, i -> "$" + (first + i)));
  }
}
