package org.teenygrad.engine.codegen;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Totals;

/// How blocks add tiles of [AttentionTotals] to global memory: by the tensor memory accelerator, in the background, and to a step's
/// rows one after the other, by a number in memory that says whose turn it is. So the sums have the same bits each time. What is made
/// of sums the last block that adds to them stores, when all has been added.
final class DeterministicAccumulation {
  private static final int STEP = AttentionTiling.STEP;

  /// Tiles: while one is added another is made.
  static final int BUFFERS = 2;

  private final Emitter emitter;
  private final Ir ir;
  private final AttentionTiling tiling;
  private final AttentionMatrices matrices;
  private final FusedAttention.Total total;
  private final TotalsMap map;
  private final WarpgroupMatrix group;
  private final MbarrierRing staged;
  private final MbarrierRing added; // behind all that an Epilogue of the same rows writes to
  private final long base;

  /// @param base the byte in shared memory where the tiles begin; mbarriers are behind them
  DeterministicAccumulation(Emitter emitter, AttentionTiling tiling, AttentionMatrices matrices, WarpgroupMatrix group, long base) {
    this.emitter = emitter;
    this.tiling = tiling;
    this.matrices = matrices;
    this.group = group;
    this.base = base;
    ir = emitter.ir;
    total = Objects.requireNonNull(tiling.attention().total());
    map = Objects.requireNonNull(tiling.totals());
    long behind = base + BUFFERS * tileBytes(tiling.tile());
    staged = new MbarrierRing(ir, BUFFERS, behind, tiling.tile().warps(), 1);
    added = new MbarrierRing(ir, 1, behind + MbarrierRing.bytes(BUFFERS), BUFFERS, 1);
  }

  /// Shared memory for tiles and mbarriers.
  static long bytes(BlockTile tile) {
    return BUFFERS * tileBytes(tile) + MbarrierRing.bytes(BUFFERS) + MbarrierRing.bytes(1);
  }

  private static long tileBytes(BlockTile tile) {
    return (long) STEP * tile.columns() * Float.BYTES;
  }

  void prepare(String thread) {
    staged.prepare(thread);
    added.prepare(thread);
  }

  /// The turns of tiles.
  MbarrierRing staged() {
    return staged;
  }

  /// Where in shared memory a tile of sums begins.
  String tile(MbarrierRing.Turn turn) {
    return ir.plus(ir.value("mul i64 " + turn.slot().value() + ", " + tileBytes(tiling.tile())), base);
  }

  /// How many threads add tiles, each those of a buffer: while one waits until its tile has arrived in memory, another adds the next.
  static int adding() {
    return BUFFERS;
  }

  /// Adds the tiles of some steps, when it is the block's turn, by one thread of those who do.
  /// @param thread which of them
  /// @param number of the map among those of the kernel
  void add(String row, MaskedSteps.Interval visible, String thread, int number) {
    int rows = tiling.tile().rows();
    // The first block that sees a step begins its sums, the last one ends them.
    String isFirst = ir.value("icmp eq i64 " + row + ", 0");
    String before = ir.value("sub i64 " + row + ", " + rows);
    String seenBefore = matrices.visible(ir.value("select i1 " + isFirst + ", i64 0, i64 " + before)).below();
    String firstBegun = narrow(ir.value("select i1 " + isFirst + ", i64 0, i64 " + seenBefore));
    String firstLeft = narrow(firstLeft(row));
    String block = narrow(ir.value("udiv i64 " + row + ", " + rows));
    String next = ir.value("add i32 " + block + ", 1");
    MbarrierRing.Turn own = new MbarrierRing.Turn(new Ir.Carried("i64", thread), new Ir.Carried("i32", "0"));
    staged.signal(own);
    String from = ir.value("add i64 " + visible.from() + ", " + thread);
    // There may be fewer steps than threads.
    String any = ir.value("icmp slt i64 " + from + ", " + visible.below());
    emitter.branch(any, () -> ir.loop(from, visible.below(), BUFFERS, List.of(own.phase()), (counter, carried) -> {
      MbarrierRing.Turn turn = new MbarrierRing.Turn(own.slot(), carried.getFirst());
      String step = AttentionTotals.step(ir, visible, counter);
      String turns = turns(step);
      staged.awaitReleased(turn);
      String begins = ir.value("icmp sge i32 " + narrow(step) + ", " + firstBegun);
      emitter.branch(begins, () -> put(step, turn, number, false), () -> {
        ir.effect("call void asm sideeffect \"{ .reg .pred p; .reg .b32 v; waiting${:uid}: ld.acquire.gpu.global.b32 v, [$0]; "
            + "setp.ne.b32 p, v, $1; @p bra waiting${:uid}; }\", "
            + "\"l,r,~{memory}\"(ptr addrspace(1) " + turns + ", i32 " + block + ")");
        group.fence();
        put(step, turn, number, true);
      });
      effect("cp.async.bulk.commit_group;");
      effect("cp.async.bulk.wait_group.read 0;");
      staged.signal(turn);
      effect("cp.async.bulk.wait_group 0;");
      String ends = ir.value("icmp slt i32 " + narrow(step) + ", " + firstLeft);
      String now = ir.value("select i1 " + ends + ", i32 0, i32 " + next);
      ir.effect("call void asm sideeffect \"st.release.gpu.global.b32 [$0], $1;\", \"l,r,~{memory}\"(ptr addrspace(1) "
          + turns + ", i32 " + now + ")");
      return List.of(new Ir.Carried("i32", ir.value("xor i32 " + turn.phase().value() + ", 1")));
    }));
    added.release(MbarrierRing.Turn.first());
  }

  /// The first step that a later block sees.
  private String firstLeft(String row) {
    int rows = tiling.tile().rows();
    long lastRow = Analysis.count(tiling.attention().rows()) - rows;
    String isLast = ir.value("icmp eq i64 " + row + ", " + lastRow);
    String seenAfter = matrices.visible(ir.value("select i1 " + isLast + ", i64 " + lastRow + ", i64 " + ir.plus(row, rows))).from();
    return ir.value("select i1 " + isLast + ", i64 " + Integer.MAX_VALUE + ", i64 " + seenAfter);
  }

  /// Stores what is made of the sums that a block ends, by all threads that compute, when they have been added. The sums still lie
  /// in the second-level cache.
  void finish(String row, MaskedSteps.Interval visible) {
    Set<OpNode> stored = new HashSet<>(Graph.topological(emitter.analysis.totals(Totals.RESULTS)));
    if (stored.isEmpty()) {
      return;
    }
    List<OpNode> nodes = emitter.analysis.nodes.stream().filter(stored::contains).toList();
    List<OpNode> steps = tiling.attention().steps();
    List<OpNode> across = tiling.attention().columns();
    int lanes = SharedTile.CHUNK / Float.BYTES;
    int vectors = tiling.tile().columns() / lanes;
    int rowsAtOnce = tiling.tile().threads() / vectors;
    added.awaitReleased(MbarrierRing.Turn.first());
    String thread = group.anew(Threads.thread(ir));
    String column = ir.value("mul i64 " + ir.remainder(thread, vectors) + ", " + lanes);
    String line = ir.quotient(thread, vectors);
    String left = firstLeft(group.anew(row));
    String isLess = ir.value("icmp slt i64 " + left + ", " + visible.below());
    String below = ir.value("select i1 " + isLess + ", i64 " + left + ", i64 " + visible.below());
    String has = ir.value("icmp slt i64 " + column + ", " + Analysis.count(across));
    emitter.branch(has, () -> ir.loop(group.anew(visible.from()), below, 1, List.of(), (step, none) -> {
      String first = ir.value("add i64 " + ir.value("mul i64 " + step + ", " + STEP) + ", " + line);
      Axis passes = new Axis(steps.getLast(), STEP / rowsAtOnce, 1, 1, rowsAtOnce);
      Axis vector = Axis.ofLanes(across, lanes);
      emitter.unflatten(first, steps, passes, () -> emitter.unflatten(column, across, vector, () -> emitter.emitReady(nodes)));
      return none;
    }));
  }

  private String narrow(String number) {
    return ir.value("trunc i64 " + number + " to i32");
  }

  private void effect(String text) {
    ir.effect("call void asm sideeffect \"" + text + "\", \"~{memory}\"()");
  }

  /// The address of whose turn it is to add to a step's rows.
  private String turns(String step) {
    OpNode turns = total.store().input(3);
    String[] pointer = new String[1];
    String first = ir.value("mul i64 " + step + ", " + STEP);
    emitter.unflatten(first, tiling.attention().steps(), () -> pointer[0] = emitter.memory.pointerTo(turns));
    return pointer[0];
  }

  private void put(String step, MbarrierRing.Turn turn, int number, boolean adds) {
    long columns = Analysis.count(tiling.attention().columns());
    for (int panel = 0; (long) panel * TotalsMap.PANEL < columns; panel++) {
      map.put(emitter, tiling.attention(), step, panel, ir.plus(tile(turn), (long) panel * STEP * SharedTile.LINE), number, adds);
    }
  }
}
