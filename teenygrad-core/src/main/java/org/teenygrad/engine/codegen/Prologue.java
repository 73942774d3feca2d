package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// What comes before the products of few rows on Hopper: each block computes the rows itself, such as a norm of them, and keeps all
/// of them in shared memory, slab by slab as if they had been fetched.
///
/// The threads that multiply share rows out as a kernel of such rows alone does ([Blocks]), so that they have the same bits.
final class Prologue {
  /// Rows that a block computes; those behind them are not looked at.
  static final int MOST_ROWS = WarpgroupMatrix.GROUP;

  /// Rows of more bytes come to shared memory where a kernel computes nothing else ([RepeatedRows]): other threads share them.
  private static final long MOST_BYTES = 16 << 10;

  private final Emitter emitter;
  private final OpNode factor;
  private final Stage stage;
  private final List<OpNode> rows;
  private final OpNode inner;
  private final int threads;
  private final long base;

  /// @param base the byte in shared memory where the rows are kept
  Prologue(Emitter emitter, MatmulTiling plan, long base) {
    this.emitter = emitter;
    this.base = base;
    factor = plan.leftStage().input(0);
    stage = plan.leftStage().payload(Stage.class);
    rows = plan.contraction().rows();
    inner = plan.contraction().inner().getFirst();
    threads = plan.tile().threads();
  }

  /// Whether a block can compute a left factor as a kernel for it would.
  static boolean fits(Contraction contraction, BlockTile tile) {
    long elements = contraction.products();
    long members = Blocks.members(elements);
    long shared = members * Blocks.MOST_LANES;
    return tile.fetchedRows() == MOST_ROWS && contraction.grid().isEmpty() && contraction.inner().size() == 1 && contraction.element().isHalf() && contraction.analysis().isCoarse()
        && members <= tile.threads() && elements % shared == 0 && elements / members <= CooperativeGroup.MOST_IN_REGISTERS && elements * Float.BYTES < MOST_BYTES
        && reductions(contraction.left()).stream().allMatch(fold -> Analysis.depth(fold) == elements && Analysis.foldRanges(fold).size() == 1)
        && contraction.sums().stream().allMatch(sum -> reductions(sum.right()).isEmpty());
  }

  /// The rows in shared memory: a slab for each step.
  static OpNode stage(Contraction contraction, BlockTile tile) {
    int steps = Math.toIntExact(contraction.products() / tile.depth());
    return Stage.of(contraction.analysis(), contraction.left(), contraction.rows(), contraction.inner(), MOST_ROWS, tile.depth(), steps, tile.rung());
  }

  private static List<OpNode> reductions(OpNode factor) {
    return Graph.topological(List.of(factor)).stream().filter(node -> node.is(OpCode.FOLD)).toList();
  }

  /// Shared memory for all rows.
  long bytes() {
    return (long) stage.slots() * stage.bytes(factor.dtype());
  }

  /// The byte where a step's slab starts.
  String slab(String step) {
    Ir ir = emitter.ir;
    return ir.plus(ir.value("mul i64 " + step + ", " + stage.bytes(factor.dtype())), base);
  }

  /// Computes all rows, by the threads that multiply.
  void emit() {
    Ir ir = emitter.ir;
    int members = Math.toIntExact(Blocks.members(Analysis.size(inner)));
    CooperativeGroup group = CooperativeGroup.ofFirst(ir, members, threads);
    int together = threads / members;
    long count = Analysis.count(rows);
    ir.loop("0", Long.toString(Math.ceilDiv(count, together) * together), together, List.of(), (first, none) -> {
      String row = emitter.sum(first, group.number());
      // Groups without a row compute the last one, too: all have to meet.
      String own = count % together == 0 ? row : ir.smallest(row, Long.toString(count - 1));
      emitter.unflatten(own, rows, () -> row(own, group));
      return none;
    });
  }

  private void row(String row, CooperativeGroup group) {
    List<OpNode> nodes = Graph.topological(List.of(factor));
    RepeatedRows repeated = new RepeatedRows(emitter, rows, reductions(factor), inner, 0);
    repeated.fetch(group);
    emitter.shared(group, null, () -> emitter.emitReady(nodes));
    int lanes = Blocks.MOST_LANES;
    Axis axis = new Axis(inner, group.share(Analysis.size(inner), lanes), lanes, lanes, (long) lanes * group.size());
    emitter.within(inner, group.times(lanes), axis, () -> {
      for (List<Integer> steps : emitter.loops.instances(factor)) {
        String first = emitter.plus(group.times(lanes), (long) emitter.loops.step(inner, steps) * axis.stride());
        store(row, first, emitter.operand(factor, steps, lanes), lanes);
      }
      return true;
    });
  }

  /// A vector of a row, where a tensor map would have put it.
  private void store(String row, String first, String value, int lanes) {
    Ir ir = emitter.ir;
    String chunk = ir.value("and i64 " + ir.value("lshr i64 " + first + ", 3") + ", 7");
    String part = ir.value("xor i64 " + chunk + ", " + SharedTile.exchange(ir, factor.dtype(), true, row));
    String line = ir.value("add i64 " + ir.value("mul i64 " + row + ", " + SharedTile.LINE) + ", " + ir.value("mul i64 " + part + ", " + SharedTile.CHUNK));
    String panel = ir.value("mul i64 " + ir.quotient(ir.remainder(first, stage.depth()), BulkTile.panel(factor.dtype())) + ", " + MOST_ROWS * SharedTile.LINE);
    String place = ir.value("add i64 " + slab(ir.quotient(first, stage.depth())) + ", " + ir.value("add i64 " + panel + ", " + line));
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + place);
    ir.effect("store " + Ir.memoryType(factor.dtype(), lanes) + " " + emitter.instructions.toMemory(value, factor.dtype(), lanes) + ", ptr addrspace(3) " + pointer + ", align " + SharedTile.CHUNK);
  }
}
