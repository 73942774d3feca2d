package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// A [FusedAttention] of long rows on Hopper (Shah et al., "FlashAttention-3", 2024). A block has twice as many rows as four warps
/// together multiply, so that each tile of y and g comes from the second-level cache half as often. One producer thread has the
/// tensor memory accelerator bring them, and two groups of four warps take what has come at their own pace, one multiplying while
/// the other computes exponentials. Where shared memory has no room for the rows of two groups, as for derivatives of heads of 256
/// numbers, there is one.
///
/// What a group does in each step is its [AttentionConsumer]: where there are registers for it, a group also overlaps with itself
/// ([OverlappedSteps]).
final class WarpSpecializedAttention implements LoopNest {
  /// Groups of four warps that compute, at most.
  static final int MOST_GROUPS = 2;

  static final int GROUP_THREADS = 128;

  /// Sums, products and words of factors that a thread holds at a time with overlap, at most.
  private static final int MOST_OVERLAPPED = 176;

  /// Words of x that a thread keeps.
  private static final int MOST_WORDS = 32;

  private final Emitter emitter;
  private final Ir ir;
  private final AttentionProducts work;
  private final AttentionMatrices matrices;
  private final AttentionResults results;
  private final AttentionTiling tiling;
  private final List<BulkTile> maps;
  private final MbarrierRing mbarriers;
  private final WarpSpecializedPipeline pipeline;
  private final @Nullable AttentionTotals totals;
  private final StepVectors vectors;
  private final AttentionConsumer consumer;

  WarpSpecializedAttention(Emitter emitter, AttentionTiling tiling) {
    this.emitter = emitter;
    this.tiling = tiling;
    ir = emitter.ir;
    boolean keepsX = tiling.wordsOfX() <= MOST_WORDS;
    int held = tiling.sumsHeld() + 2 * tiling.wordsOfMatrices() + (keepsX ? tiling.wordsOfX() : 0);
    boolean overlaps = held <= MOST_OVERLAPPED && tiling.tile().stages() > 2;
    // Not beside products in turn: ptxas 13.0 gives the matrices the registers of x, which the next step needs.
    work = new AttentionProducts(emitter, tiling, keepsX && overlaps);
    matrices = new AttentionMatrices(emitter, tiling, overlaps);
    results = new AttentionResults(emitter, work, matrices);
    maps = List.copyOf(tiling.maps().values());
    int stages = work.tile.stages();
    totals = tiling.totals() == null ? null : new AttentionTotals(emitter, tiling, work, matrices, tiling.ringEnd());
    vectors = new StepVectors(emitter, tiling.attention(), tiling.vectors(), tiling.vectorsBegin());
    mbarriers = new MbarrierRing(ir, stages, tiling.mbarriers(), work.tile.warps(), 1);
    long fetchedBytes = tiling.slotBytes() + StepVectors.bytes(vectors.loads());
    pipeline = new WarpSpecializedPipeline(ir, tiling.steps(), mbarriers, tiling.fixedBytes(), tiling.slotBytes(), fetchedBytes);
    consumer = totals != null ? new TotalsSteps(pipeline, work, matrices, totals, vectors)
        : overlaps ? new OverlappedSteps(pipeline, work, matrices) : new SerialSteps(pipeline, work, matrices);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "attention";
  }

  @Override
  public List<Program.TensorMap> maps() {
    Stream<Program.TensorMap> read = maps.stream().map(BulkTile::map);
    return (tiling.totals() == null ? read : Stream.concat(read, Stream.of(tiling.totals().map()))).toList();
  }

  @Override
  public int residentBlocks() {
    return 1;
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(results.blocks(), work.tile.threads() + GROUP_THREADS, tiling.sharedBytes());
  }

  @Override
  public void emit() {
    SharedTile.declare(ir);
    String thread = Threads.thread(ir);
    mbarriers.prepare(thread);
    if (totals != null) {
      totals.accumulation().prepare(thread);
    }
    results.at(Threads.block(ir), row -> {
      MaskedSteps.Interval visible = matrices.visible(row);
      ir.branch(ir.value("icmp uge i64 " + thread + ", " + work.tile.threads()), () -> {
        if (movesRegisters()) {
          RegisterReallocation.OF_TILES.keep(ir);
        }
        emitter.branch(ir.value("icmp eq i64 " + thread + ", " + work.tile.threads()), () -> produce(visible));
        if (totals != null) {
          addTiles(totals.accumulation(), thread, row, visible);
        }
      }, () -> {
        if (movesRegisters()) {
          RegisterReallocation.OF_TILES.take(ir);
        }
        results.finish(row, consume(row, visible), () -> Threads.barrier(ir, work.tile.threads()));
        if (totals != null) {
          totals.accumulation().finish(row, visible);
        }
      });
    });
  }

  /// By the first threads of the warps after the one that fetches.
  private void addTiles(DeterministicAccumulation across, String thread, String row, MaskedSteps.Interval visible) {
    String after = ir.value("sub i64 " + thread + ", " + (work.tile.threads() + Threads.WARP));
    String isFirst = ir.value("icmp eq i64 " + Threads.lane(ir) + ", 0");
    String adds = ir.value("icmp ult i64 " + after + ", " + DeterministicAccumulation.adding() * Threads.WARP);
    emitter.branch(ir.value("and i1 " + isFirst + ", " + adds), () ->
        across.add(row, visible, ir.value("udiv i64 " + after + ", " + Threads.WARP), maps.size()));
  }

  /// Of one group each thread has as many registers as it can have.
  private boolean movesRegisters() {
    return work.tile.threads() == MOST_GROUPS * GROUP_THREADS;
  }

  private void produce(MaskedSteps.Interval visible) {
    String run = Threads.row(ir);
    List<OpNode> stages = List.copyOf(tiling.maps().keySet());
    pipeline.fetch(visible.from(), visible.below(), MbarrierRing.Turn.first(), (stage, counted, turn, slot, counter) -> {
      String step = totals == null ? counted : AttentionTotals.step(ir, visible, counted);
      int number = stages.indexOf(stage);
      if (number == 0) {
        vectors.fetch(step, turn, counter);
      }
      for (AttentionProducts.Pair pair : work.pairs) {
        if (pair.stage() == stage) {
          String start = ir.value("mul i64 " + step + ", " + AttentionTiling.STEP);
          for (int slab = 0; slab < pair.slabs(); slab++) {
            String place = ir.plus(slot, pair.offset() + (long) slab * pair.y().bytes());
            maps.get(number).fetch(emitter, start, Integer.toString(slab), place, number, run, counter);
          }
        }
      }
      for (AttentionProducts.Third third : work.thirds) {
        if (third.stage() == stage) {
          maps.get(number).fetch(emitter, "0", step, ir.plus(slot, third.offset()), number, run, counter);
        }
      }
    });
  }

  /// @return the rows' states, then the sums
  private List<Ir.Carried> consume(String row, MaskedSteps.Interval visible) {
    work.fetchRows(row);
    SharedTile.commit(ir);
    SharedTile.await(ir, 0);
    work.fence();
    Threads.barrier(ir, work.tile.threads());
    work.keepRows();
    matrices.enter();
    List<Ir.Carried> after = totals == null ? ofGroup(row, visible) : consumer.emit(row, visible, MbarrierRing.Turn.first());
    return after.subList(0, after.size() - 2);
  }

  /// The steps that show something of a group's rows.
  /// @return the rows' states, the sums and the turn after the last
  private List<Ir.Carried> ofGroup(String row, MaskedSteps.Interval visible) {
    MaskedSteps.Interval own = matrices.visible(row, visible);
    MbarrierRing.Turn first = skipped(ir.value("icmp ult i64 " + visible.from() + ", " + own.from()), MbarrierRing.Turn.first());
    List<Ir.Carried> after = consumer.emit(row, own, first);
    skipped(ir.value("icmp ult i64 " + own.below() + ", " + visible.below()), WarpSpecializedPipeline.turn(after));
    return after;
  }

  /// Takes no part in a step that shows nothing of a group's rows.
  /// @return the turn after it, or the same if there is no such step
  private MbarrierRing.Turn skipped(String condition, MbarrierRing.Turn turn) {
    return WarpSpecializedPipeline.turn(ir.when(condition, WarpSpecializedPipeline.carried(List.of(), turn), () -> {
      mbarriers.awaitTiles(turn);
      mbarriers.release(turn);
      return WarpSpecializedPipeline.carried(List.of(), mbarriers.after(turn));
    }));
  }
}
