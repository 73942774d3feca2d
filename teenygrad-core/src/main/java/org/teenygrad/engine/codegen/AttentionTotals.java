package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Objects;
import org.teenygrad.engine.runtime.Target;

/// The sums of a [FusedAttention] that go across its rows: attention's derivatives by queries in the pass that makes those by keys
/// and values, so that scores are made once for all three (Shah et al., "FlashAttention-3", 2024).
///
/// In each step the groups of warps put their matrices into shared memory, side by side. Each group multiplies all of them with
/// columns of its own, and puts the results into a tile that one more thread adds to global memory, when it is the block's turn
/// ([DeterministicAccumulation]). Each block goes from the last step to the first, and the first blocks, which under a causal mask see
/// most, begin first: a block then seldom waits for the one before it.
final class AttentionTotals {
  private static final int STEP = AttentionTiling.STEP;

  /// Of the matrices, as many as of tiles: tensor cores still read those of the step before.
  private static final int BUFFERS = DeterministicAccumulation.BUFFERS;

  private final Ir ir;
  private final AttentionTiling tiling;
  private final AttentionProducts work;
  private final FusedAttention.Total total;
  private final WarpgroupMatrix group;
  private final DeterministicAccumulation accumulation;
  private final long base;

  /// Columns of a group.
  private final int columns;

  /// @param base the byte in shared memory where its part begins
  AttentionTotals(Emitter emitter, AttentionTiling tiling, AttentionProducts work, AttentionMatrices matrices, long base) {
    this.tiling = tiling;
    this.work = work;
    this.base = base;
    columns = columns(tiling.tile());
    ir = emitter.ir;
    total = Objects.requireNonNull(tiling.attention().total());
    group = new WarpgroupMatrix(ir, MatrixUnit.of(Target.Rung.WARPGROUP, tiling.attention().element()));
    accumulation = new DeterministicAccumulation(emitter, tiling, matrices, group, base + BUFFERS * matrixBytes(tiling.tile()));
  }

  /// Shared memory for matrices, tiles of sums and mbarriers.
  static long bytes(BlockTile tile) {
    return BUFFERS * matrixBytes(tile) + DeterministicAccumulation.bytes(tile);
  }

  /// Columns that each group of four warps has.
  static int columns(BlockTile tile) {
    return tile.columns() * WarpSpecializedAttention.GROUP_THREADS / tile.threads();
  }

  private static long matrixBytes(BlockTile tile) {
    return (long) tile.rows() * SharedTile.LINE;
  }

  /// Adds what is staged.
  DeterministicAccumulation accumulation() {
    return accumulation;
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
    String chunk = ir.value("mul i64 " + line + ", " + SharedTile.CHUNK);
    String inChunk = ir.value("mul i64 " + ir.value("and i64 " + lane + ", 3") + ", " + Integer.BYTES);
    String inLine = ir.value("add i64 " + chunk + ", " + inChunk);
    String start = matrix(turn);
    String inMatrix = ir.value("add i64 " + ir.value("mul i64 " + row + ", " + SharedTile.LINE) + ", " + inLine);
    String first = ir.value("add i64 " + start + ", " + inMatrix);
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
    List<WarpgroupMatrix.Step> products = Ir.times(steps, i ->
        new WarpgroupMatrix.Step(List.of(group.further(left, false, i)), group.further(right, false, i)));
    return group.multiply(List.of(new WarpgroupMatrix.Products(null, columns, products, true, true))).getFirst();
  }

  /// Puts a group's sums into the tile, when the one before has left it, and has it added.
  void stage(List<String> sums, MbarrierRing.Turn turn) {
    accumulation.staged().awaitTiles(turn);
    String thread = thread();
    String lane = ir.value("and i64 " + thread + ", 31");
    String line = ir.value("lshr i64 " + lane + ", 2");
    String row = row(ir.value("and i64 " + ir.value("lshr i64 " + thread + ", 5") + ", 3"), line);
    int panelBytes = STEP * SharedTile.LINE;
    String panels = ir.value("mul i64 " + group(thread) + ", " + (long) columns / TotalsMap.PANEL * panelBytes);
    String inChunk = ir.value("mul i64 " + ir.value("and i64 " + lane + ", 1") + ", " + 2 * Float.BYTES);
    String chunk = ir.value("xor i64 " + ir.value("lshr i64 " + ir.value("and i64 " + lane + ", 3") + ", 1") + ", " + line);
    String inLine = ir.value("add i64 " + ir.value("mul i64 " + chunk + ", " + SharedTile.CHUNK) + ", " + inChunk);
    String lines = ir.value("add i64 " + panels + ", " + ir.value("mul i64 " + row + ", " + SharedTile.LINE));
    String inTile = ir.value("add i64 " + lines + ", " + inLine);
    String first = ir.value("add i64 " + accumulation.tile(turn) + ", " + inTile);
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
    accumulation.staged().release(turn);
  }

  MbarrierRing.Turn after(MbarrierRing.Turn turn) {
    return accumulation.staged().after(turn);
  }
}
