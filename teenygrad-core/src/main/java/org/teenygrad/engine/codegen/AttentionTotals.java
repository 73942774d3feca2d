package org.teenygrad.engine.codegen;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Totals;
import org.teenygrad.engine.runtime.Target;

/// The sums of a [FusedAttention] that go across its rows: attention's derivatives by queries in the pass that makes those by keys
/// and values, so that scores are made once for all three (Shah et al., "FlashAttention-3", 2024).
///
/// In each step the groups of warps put their matrices into shared memory, side by side. Each group multiplies all of them with
/// columns of its own, and puts the results into a tile that one more thread has the tensor memory accelerator add to global
/// memory, in the background. Blocks add to a step's rows one after the other, by a number in memory that says whose turn it is: so
/// the sums have the same bits each time. Each block goes from the last step to the first, and the first blocks, which under a
/// causal mask see most, begin first: a block then seldom waits for the one before it. What is made of sums the last block that
/// adds to them stores, when all has been added.
final class AttentionTotals {
  private static final int STEP = AttentionTiling.STEP;

  /// Of the matrices, as tensor cores still read those of the step before, and of the tiles of sums: while one is added another is made.
  private static final int BUFFERS = 2;

  private final Emitter emitter;
  private final Ir ir;
  private final AttentionTiling tiling;
  private final AttentionProducts work;
  private final AttentionMatrices matrices;
  private final FusedAttention.Total total;
  private final TotalsMap map;
  private final WarpgroupMatrix group;
  private final MbarrierRing staged;
  private final MbarrierRing added; // behind all that an Epilogue of the same rows writes to
  private final long base;

  /// Columns of a group.
  private final int columns;

  /// @param base the byte in shared memory where its part begins
  AttentionTotals(Emitter emitter, AttentionTiling tiling, AttentionProducts work, AttentionMatrices matrices, long base) {
    this.emitter = emitter;
    this.tiling = tiling;
    this.work = work;
    this.matrices = matrices;
    this.base = base;
    columns = columns(tiling.tile());
    ir = emitter.ir;
    total = Objects.requireNonNull(tiling.attention().total());
    map = Objects.requireNonNull(tiling.totals());
    group = new WarpgroupMatrix(ir, MatrixUnit.of(Target.Rung.WARPGROUP, tiling.attention().element()));
    long behind = staging() + BUFFERS * tileBytes(tiling.tile());
    staged = new MbarrierRing(ir, BUFFERS, behind, tiling.tile().warps(), 1);
    added = new MbarrierRing(ir, 1, behind + MbarrierRing.bytes(BUFFERS), BUFFERS, 1);
  }

  /// Shared memory for matrices, tiles of sums and mbarriers.
  static long bytes(BlockTile tile) {
    return BUFFERS * (matrixBytes(tile) + tileBytes(tile)) + MbarrierRing.bytes(BUFFERS) + MbarrierRing.bytes(1);
  }

  /// Columns that each group of four warps has.
  static int columns(BlockTile tile) {
    return tile.columns() * WarpSpecializedAttention.GROUP_THREADS / tile.threads();
  }

  private static long matrixBytes(BlockTile tile) {
    return (long) tile.rows() * SharedTile.LINE;
  }

  private static long tileBytes(BlockTile tile) {
    return (long) STEP * tile.columns() * Float.BYTES;
  }

  private long staging() {
    return base + BUFFERS * matrixBytes(tiling.tile());
  }

  /// Where in shared memory a tile of sums begins.
  private String tile(MbarrierRing.Turn turn) {
    return ir.plus(ir.value("mul i64 " + turn.slot().value() + ", " + tileBytes(tiling.tile())), staging());
  }

  void prepare(String thread) {
    staged.prepare(thread);
    added.prepare(thread);
  }

  /// The step that a block makes.
  /// @param counter of the block's steps
  static String step(Ir ir, MaskedSteps.Interval visible, String counter) {
    String last = ir.value("sub i64 " + ir.value("add i64 " + visible.from() + ", " + visible.below()) + ", 1");
    return ir.value("sub i64 " + last + ", " + counter);
  }

  private String matrix(MbarrierRing.Turn turn) {
    return ir.plus(ir.value("mul i64 " + turn.slot().value() + ", " + matrixBytes(tiling.tile())), base);
  }

  /// Puts the matrices of a warp into shared memory: a line for each row, of the numbers of the step.
  void put(List<Ir.Carried> words, MbarrierRing.Turn turn) {
    String thread = thread();
    String lane = ir.value("and i64 " + thread + ", 31");
    String line = ir.value("lshr i64 " + lane + ", 2");
    String row = row(ir.value("lshr i64 " + thread + ", 5"), line);
    String inLine = ir.value("add i64 " + ir.value("mul i64 " + line + ", " + SharedTile.CHUNK) + ", " + ir.value("mul i64 " + ir.value("and i64 " + lane + ", 3") + ", " + Integer.BYTES));
    String first = ir.value("add i64 " + matrix(turn) + ", " + ir.value("add i64 " + ir.value("mul i64 " + row + ", " + SharedTile.LINE) + ", " + inLine));
    for (int i = 0; i < words.size(); i++) {
      int part = i / 4 * 2 + i % 4 / 2;
      String place = ir.plus(exchanged(first, part), (long) (i % 2) * MatrixUnit.ROWS / 2 * SharedTile.LINE);
      ir.effect("store i32 " + words.get(i).value() + ", ptr addrspace(3) " + pointer(place) + ", align 4");
    }
    group.fence();
  }

  /// A place in a line whose 16-byte part has another number.
  /// @param by what the number is exchanged by
  private String exchanged(String place, int by) {
    return ir.value("xor i64 " + place + ", " + by * SharedTile.CHUNK);
  }

  private String pointer(String place) {
    return ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + place);
  }

  /// A thread's number, found anew in each step, as all that follows from it: registers are scarce.
  private String thread() {
    return group.anew(Threads.thread(ir));
  }

  /// A lane's first row of those of some warps.
  private String row(String warp, String line) {
    return ir.value("add i64 " + ir.value("mul i64 " + warp + ", " + MatrixUnit.ROWS) + ", " + line);
  }

  private String group(String thread) {
    return ir.value("lshr i64 " + thread + ", 7");
  }

  /// Starts to multiply the matrices of all groups, which are in shared memory, with a group's columns of what changes with the rows.
  List<String> multiply(MbarrierRing.Turn turn) {
    AttentionProducts.Pair pair = work.pairs.get(total.factor());
    String left = group.descriptor(matrix(turn), false, 0);
    // Columns of another panel, or others of the same one's lines.
    long further = columns == STEP ? pair.x().bytes() : (long) columns * tiling.attention().element().bytes();
    String right = group.descriptor(ir.plus(ir.value("mul i64 " + group(thread()) + ", " + further), pair.place()), false, 0);
    int steps = tiling.tile().rows() / AttentionTiling.DEPTH;
    List<WarpgroupMatrix.Step> products = Ir.times(steps, i -> new WarpgroupMatrix.Step(List.of(group.further(left, false, i)), group.further(right, false, i)));
    return group.multiply(List.of(new WarpgroupMatrix.Products(null, columns, products, true, true))).getFirst();
  }

  /// Puts a group's sums into the tile, when the one before has left it, and has it added.
  void stage(List<String> sums, MbarrierRing.Turn turn) {
    staged.awaitTiles(turn);
    String thread = thread();
    String lane = ir.value("and i64 " + thread + ", 31");
    String line = ir.value("lshr i64 " + lane + ", 2");
    String row = row(ir.value("and i64 " + ir.value("lshr i64 " + thread + ", 5") + ", 3"), line);
    int panelBytes = STEP * SharedTile.LINE;
    String panels = ir.value("mul i64 " + group(thread) + ", " + (long) columns / TotalsMap.PANEL * panelBytes);
    String inChunk = ir.value("mul i64 " + ir.value("and i64 " + lane + ", 1") + ", " + 2 * Float.BYTES);
    String chunk = ir.value("xor i64 " + ir.value("lshr i64 " + ir.value("and i64 " + lane + ", 3") + ", 1") + ", " + line);
    String inLine = ir.value("add i64 " + ir.value("mul i64 " + chunk + ", " + SharedTile.CHUNK) + ", " + inChunk);
    String inTile = ir.value("add i64 " + ir.value("add i64 " + panels + ", " + ir.value("mul i64 " + row + ", " + SharedTile.LINE)) + ", " + inLine);
    String first = ir.value("add i64 " + tile(turn) + ", " + inTile);
    int partsOfPanel = TotalsMap.PANEL / MatrixUnit.COLUMNS;
    for (int part = 0; part < columns / MatrixUnit.COLUMNS; part++) {
      String place = exchanged(first, part % partsOfPanel * 2);
      for (int below = 0; below < 2; below++) {
        String one = ir.value("insertelement <2 x float> poison, float " + sums.get(4 * part + 2 * below) + ", i64 0");
        String two = ir.value("insertelement <2 x float> " + one + ", float " + sums.get(4 * part + 2 * below + 1) + ", i64 1");
        long offset = (long) part / partsOfPanel * panelBytes + (long) below * MatrixUnit.ROWS / 2 * SharedTile.LINE;
        ir.effect("store <2 x float> " + two + ", ptr addrspace(3) " + pointer(ir.plus(place, offset)) + ", align 8");
      }
    }
    group.fence();
    Threads.warpBarrier(ir);
    staged.release(turn);
  }

  MbarrierRing.Turn after(MbarrierRing.Turn turn) {
    return staged.after(turn);
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
    String seenBefore = matrices.visible(ir.value("select i1 " + isFirst + ", i64 0, i64 " + ir.value("sub i64 " + row + ", " + rows))).below();
    String firstBegun = narrow(ir.value("select i1 " + isFirst + ", i64 0, i64 " + seenBefore));
    String firstLeft = narrow(firstLeft(row));
    String block = narrow(ir.value("udiv i64 " + row + ", " + rows));
    String next = ir.value("add i32 " + block + ", 1");
    MbarrierRing.Turn own = new MbarrierRing.Turn(new Ir.Carried("i64", thread), new Ir.Carried("i32", "0"));
    staged.signal(own);
    String from = ir.value("add i64 " + visible.from() + ", " + thread);
    // There may be fewer steps than threads.
    emitter.branch(ir.value("icmp slt i64 " + from + ", " + visible.below()), () -> ir.loop(from, visible.below(), BUFFERS, List.of(own.phase()), (counter, carried) -> {
      MbarrierRing.Turn turn = new MbarrierRing.Turn(own.slot(), carried.getFirst());
      String step = step(ir, visible, counter);
      String turns = turns(step);
      staged.awaitReleased(turn);
      String begins = ir.value("icmp sge i32 " + narrow(step) + ", " + firstBegun);
      emitter.branch(begins, () -> put(step, turn, number, false), () -> {
        ir.effect("call void asm sideeffect \"{ .reg .pred p; .reg .b32 v; waiting${:uid}: ld.acquire.gpu.global.b32 v, [$0]; setp.ne.b32 p, v, $1; @p bra waiting${:uid}; }\", "
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
      ir.effect("call void asm sideeffect \"st.release.gpu.global.b32 [$0], $1;\", \"l,r,~{memory}\"(ptr addrspace(1) " + turns + ", i32 " + now + ")");
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
    String thread = thread();
    String column = ir.value("mul i64 " + ir.remainder(thread, vectors) + ", " + lanes);
    String line = ir.quotient(thread, vectors);
    String left = firstLeft(group.anew(row));
    String below = ir.value("select i1 " + ir.value("icmp slt i64 " + left + ", " + visible.below()) + ", i64 " + left + ", i64 " + visible.below());
    emitter.branch(ir.value("icmp slt i64 " + column + ", " + Analysis.count(across)), () -> ir.loop(group.anew(visible.from()), below, 1, List.of(), (step, none) -> {
      String first = ir.value("add i64 " + ir.value("mul i64 " + step + ", " + STEP) + ", " + line);
      Axis passes = new Axis(steps.getLast(), STEP / rowsAtOnce, 1, 1, rowsAtOnce);
      emitter.unflatten(first, steps, passes, () -> emitter.unflatten(column, across, Axis.ofLanes(across, lanes), () -> emitter.emitReady(nodes)));
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
    emitter.unflatten(ir.value("mul i64 " + step + ", " + STEP), tiling.attention().steps(), () -> pointer[0] = emitter.memory.pointerTo(turns));
    return pointer[0];
  }

  private void put(String step, MbarrierRing.Turn turn, int number, boolean adds) {
    long columns = Analysis.count(tiling.attention().columns());
    for (int panel = 0; (long) panel * TotalsMap.PANEL < columns; panel++) {
      map.put(emitter, tiling.attention(), step, panel, ir.plus(tile(turn), (long) panel * STEP * SharedTile.LINE), number, adds);
    }
  }
}
