package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Numbers of float32 for each step's iterations that the matrices of a [FusedAttention] are made of, such as each query's
/// LOGSUMEXP where rows are keys. They come to shared memory with the tiles of their step, so that no warp waits for them.
///
/// @param loads of the numbers
/// @param base the byte in shared memory where those of the first slot are
record StepVectors(Emitter emitter, FusedAttention attention, List<OpNode> loads, long base) {
  /// Of one step.
  private static final int BYTES = AttentionTiling.STEP * Float.BYTES;

  /// Those that can be copied as they lie.
  static List<OpNode> find(Analysis analysis, FusedAttention attention) {
    if (attention.steps().size() != 1 || Analysis.count(attention.steps()) % AttentionTiling.STEP != 0) {
      return List.of();
    }
    OpNode step = attention.steps().getFirst();
    List<OpNode> found = new ArrayList<>();
    for (OpNode node : analysis.nodes) {
      if (node.is(OpCode.LOAD) && node.dtype() == DType.FLOAT32 && node.inputs().size() == 2) {
        IndexAlgebra.Sum sum = analysis.algebra.sum(node.input(1));
        int lanes = Stage.CHUNK / Float.BYTES;
        if (sum.factor(step) == 1 && sum.constant() % lanes == 0
            && sum.factors().entrySet().stream().allMatch(term -> term.getKey() == step || attention.grid().contains(term.getKey()) && term.getValue() % lanes == 0)) {
          found.add(node);
        }
      }
    }
    return found;
  }

  /// Shared memory for one step's.
  static long bytes(List<OpNode> loads) {
    return (long) loads.size() * BYTES;
  }

  private String place(MbarrierRing.Turn turn, int number) {
    return emitter.ir.plus(emitter.ir.value("mul i64 " + turn.slot().value() + ", " + bytes(loads)), base + (long) number * BYTES);
  }

  private String pointer(String place) {
    return emitter.ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + place);
  }

  /// Starts to bring those of one step, by one thread (PTX ISA, "cp.async.bulk").
  /// @param counter the address of what counts the bytes that come
  void fetch(String step, MbarrierRing.Turn turn, String counter) {
    Ir ir = emitter.ir;
    emitter.unflatten(ir.value("mul i64 " + step + ", " + AttentionTiling.STEP), attention.steps(), () -> {
      for (int i = 0; i < loads.size(); i++) {
        ir.effect("call void asm sideeffect \"cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [$0], [$1], " + BYTES + ", [$2];\", \"r,l,r,~{memory}\"(ptr addrspace(3) "
            + pointer(place(turn, i)) + ", ptr addrspace(1) " + emitter.memory.pointerTo(loads.get(i)) + ", i32 " + counter + ")");
      }
    });
  }

  /// A lane's numbers: two neighbours for each eight columns.
  Map<OpNode, List<String>> load(MbarrierRing.Turn turn) {
    Ir ir = emitter.ir;
    Map<OpNode, List<String>> all = new LinkedHashMap<>();
    String own = ir.value("mul i64 " + MatrixUnit.SUMS.column(ir, Threads.lane(ir)) + ", " + Float.BYTES);
    for (int i = 0; i < loads.size(); i++) {
      String start = ir.value("add i64 " + place(turn, i) + ", " + own);
      List<String> numbers = new ArrayList<>();
      for (int part = 0; part < AttentionTiling.STEP / MatrixUnit.COLUMNS; part++) {
        String two = ir.value("load <2 x float>, ptr addrspace(3) " + pointer(ir.plus(start, (long) part * MatrixUnit.COLUMNS * Float.BYTES)) + ", align 8");
        numbers.addAll(Ir.times(2, e -> ir.value("extractelement <2 x float> " + two + ", i64 " + e)));
      }
      all.put(loads.get(i), numbers);
    }
    return all;
  }
}
