package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// The memory of [org.teenygrad.engine.ir.Totals] as a tensor whose tiles the tensor memory accelerator adds to: panels of 32
/// columns of a step's rows.
///
/// @param coordinates of a tile's first element, neighbours in memory first
record TotalsMap(Program.TensorMap map, List<BulkTile.Coordinate> coordinates) {
  /// Columns of a tile.
  static final int PANEL = SharedTile.LINE / Float.BYTES;

  private static final int MOST_DIMENSIONS = 5;

  /// @return none if the memory is no tensor of few dimensions whose columns lie side by side
  static Optional<TotalsMap> of(Analysis analysis, FusedAttention attention, OpNode store) {
    IndexAlgebra.Sum sum = analysis.algebra.sum(store.input(1));
    boolean plain = store.input(0).dtype() == DType.FLOAT32 && attention.columns().size() == 1 && attention.steps().size() == 1 && sum.factor(attention.columns().getFirst()) == 1
        && sum.constant() == 0 && sum.factors().entrySet().stream().allMatch(term -> term.getKey().is(OpCode.RANGE) && term.getValue() > 0
            && (term.getKey() == attention.columns().getFirst() || term.getValue() * Float.BYTES % Stage.CHUNK == 0));
    List<OpNode> loops = new ArrayList<>(List.of(attention.columns().getFirst(), attention.steps().getFirst()));
    attention.grid().stream().filter(range -> sum.factor(range) != 0).forEach(loops::add);
    if (!plain || loops.size() != sum.factors().size() || loops.size() > MOST_DIMENSIONS) {
      return Optional.empty();
    }
    List<Program.Dimension> dimensions = new ArrayList<>();
    for (OpNode loop : loops) {
      int box = dimensions.isEmpty() ? PANEL : dimensions.size() == 1 ? AttentionTiling.STEP : 1;
      dimensions.add(new Program.Dimension(Analysis.size(loop), sum.factor(loop), box));
    }
    Program.TensorMap map = new Program.TensorMap(Analysis.slot(store), DType.FLOAT32, 0, dimensions, null, true);
    return Optional.of(new TotalsMap(map, loops.stream().map(loop -> new BulkTile.Coordinate(Map.of(loop, 1L), 0)).toList()));
  }

  /// Stores a tile, or adds it to what is there, by one thread; in the background.
  /// @param step whose rows they are
  /// @param panel which columns
  /// @param place the byte in shared memory where it lies
  /// @param number the map's number among those of the kernel
  void put(Emitter emitter, FusedAttention attention, String step, int panel, String place, int number, boolean adds) {
    Ir ir = emitter.ir;
    String own = ir.value("getelementptr [" + Runs.MAP_BYTES + " x i8], ptr " + Runs.map(number) + ", i64 " + Threads.row(ir));
    String from = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + place);
    String row = ir.value("mul i64 " + step + ", " + AttentionTiling.STEP);
    List<String> operands = new ArrayList<>(List.of("ptr " + own, "ptr addrspace(3) " + from));
    emitter.unflatten(row, attention.steps(), () -> emitter.unflatten(Integer.toString(panel * PANEL), attention.columns(),
        () -> coordinates.forEach(one -> operands.add(one.value(emitter, "i32")))));
    String numbered = String.join(", ", Ir.times(coordinates.size(), i -> "$" + (2 + i)));
    ir.effect("call void asm sideeffect \"cp." + (adds ? "reduce." : "") + "async.bulk.tensor." + coordinates.size() + "d.global.shared::cta" + (adds ? ".add" : "")
        + ".bulk_group [$0, {" + numbered + "}], [$1];\", \"l,r" + ",r".repeat(coordinates.size()) + ",~{memory}\"(" + String.join(", ", operands) + ")");
  }
}
