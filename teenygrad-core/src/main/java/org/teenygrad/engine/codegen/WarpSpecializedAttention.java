package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
/// Where there are registers for it, a group also overlaps with itself: the products of a step's matrices with g are made while the
/// next step's matrices are computed.
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
  private final boolean overlaps;
  private final AttentionProducts work;
  private final AttentionMatrices matrices;
  private final AttentionResults results;
  private final AttentionTiling tiling;
  private final List<BulkTile> maps;
  private final MbarrierRing mbarriers;
  private final WarpSpecializedPipeline pipeline;
  private final @Nullable AttentionTotals totals;
  private final StepVectors vectors;
  private final FusedAttention attention;

  WarpSpecializedAttention(Emitter emitter, AttentionTiling tiling) {
    this.emitter = emitter;
    this.tiling = tiling;
    ir = emitter.ir;
    attention = tiling.attention();
    boolean keepsX = tiling.wordsOfX() <= MOST_WORDS;
    int held = tiling.sumsHeld() + 2 * tiling.wordsOfMatrices() + (keepsX ? tiling.wordsOfX() : 0);
    overlaps = held <= MOST_OVERLAPPED && tiling.tile().stages() > 2;
    // Not beside products in turn: ptxas 13.0 gives the matrices the registers of x, which the next step needs.
    work = new AttentionProducts(emitter, tiling, keepsX && overlaps);
    matrices = new AttentionMatrices(emitter, tiling, overlaps);
    results = new AttentionResults(emitter, work, matrices);
    maps = List.copyOf(tiling.maps().values());
    int stages = work.tile.stages();
    totals = tiling.totals() == null ? null : new AttentionTotals(emitter, tiling, work, matrices, tiling.ringEnd());
    vectors = new StepVectors(emitter, attention, tiling.vectors(), tiling.vectorsBegin());
    mbarriers = new MbarrierRing(ir, stages, tiling.mbarriers(), work.tile.warps(), 1);
    pipeline = new WarpSpecializedPipeline(ir, tiling.steps(), mbarriers, tiling.fixedBytes(), tiling.slotBytes(), tiling.slotBytes() + StepVectors.bytes(vectors.loads()));
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
      totals.prepare(thread);
    }
    results.at(Threads.block(ir), row -> {
      MaskedSteps.Interval visible = matrices.visible(row);
      ir.branch(ir.value("icmp uge i64 " + thread + ", " + work.tile.threads()), () -> {
        if (movesRegisters()) {
          RegisterReallocation.OF_TILES.keep(ir);
        }
        emitter.branch(ir.value("icmp eq i64 " + thread + ", " + work.tile.threads()), () -> produce(visible));
        if (totals != null) {
          addTiles(totals, thread, row, visible);
        }
      }, () -> {
        if (movesRegisters()) {
          RegisterReallocation.OF_TILES.take(ir);
        }
        results.finish(row, consume(row, visible), () -> Threads.barrier(ir, work.tile.threads()));
        if (totals != null) {
          totals.finish(row, visible);
        }
      });
    });
  }

  /// By the first threads of the warps after the one that fetches.
  private void addTiles(AttentionTotals across, String thread, String row, MaskedSteps.Interval visible) {
    String after = ir.value("sub i64 " + thread + ", " + (work.tile.threads() + Threads.WARP));
    String isFirst = ir.value("icmp eq i64 " + Threads.lane(ir) + ", 0");
    String adds = ir.value("icmp ult i64 " + after + ", " + AttentionTotals.adding() * Threads.WARP);
    emitter.branch(ir.value("and i1 " + isFirst + ", " + adds), () -> across.add(row, visible, ir.value("udiv i64 " + after + ", " + Threads.WARP), maps.size()));
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
            maps.get(number).fetch(emitter, start, Integer.toString(slab), ir.plus(slot, pair.offset() + (long) slab * pair.y().bytes()), number, run, counter);
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
    if (totals != null) {
      return acrossToo(totals, row, visible);
    }
    MaskedSteps.Interval own = matrices.visible(row, visible);
    MbarrierRing.Turn first = skipped(ir.value("icmp ult i64 " + visible.from() + ", " + own.from()), MbarrierRing.Turn.first());
    List<Ir.Carried> after = overlaps ? overlapped(row, own, first) : inTurn(row, own, first);
    skipped(ir.value("icmp ult i64 " + own.below() + ", " + visible.below()), WarpSpecializedPipeline.turn(after));
    return after.subList(0, after.size() - 2);
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

  /// Each step's products after its matrices.
  /// @return the rows' states, the sums and the turn after the last
  private List<Ir.Carried> inTurn(String row, MaskedSteps.Interval visible, MbarrierRing.Turn first) {
    List<Ir.Carried> before = new ArrayList<>(matrices.neutralStates());
    int states = before.size();
    before.addAll(work.neutralSums());
    int all = before.size();
    return ir.loop(visible.from(), visible.below(), 1, WarpSpecializedPipeline.carried(before, first), (step, carried) -> {
      MbarrierRing.Turn turn = WarpSpecializedPipeline.turn(carried);
      String slot = pipeline.slot(turn);
      mbarriers.awaitTiles(turn);
      AttentionMatrices.Step now = matrices.of(row, step, work.settle(work.scores(slot), 0), carried.subList(0, states));
      List<String> scaled = matrices.rescaled(values(carried.subList(states, all)), now);
      List<Ir.Carried> next = new ArrayList<>(now.states());
      next.addAll(floats(work.settle(work.multiply(scaled, matrices.words(now), slot), 0)));
      mbarriers.release(turn);
      return WarpSpecializedPipeline.carried(next, mbarriers.after(turn));
    });
  }

  /// Sums across the rows, too. Tensor cores have something to do while a group computes: a step's second inner sums while it makes
  /// the first matrix, that one's products while it makes the second, whose products while the groups wait for one another, and the
  /// next step's first inner sums while sums across the rows leave.
  private List<Ir.Carried> acrossToo(AttentionTotals across, String row, MaskedSteps.Interval visible) {
    int late = Objects.requireNonNull(attention.total()).matrix();
    int early = 1 - late;
    int pair = AttentionTiling.pairsOf(attention, early).getFirst();
    mbarriers.awaitTiles(MbarrierRing.Turn.first());
    List<Ir.Carried> before = new ArrayList<>(work.neutralSums());
    int sums = before.size();
    before.addAll(floats(work.settle(work.startScores(pair, pipeline.slot(MbarrierRing.Turn.first())), 0)));
    int known = before.size();
    List<Ir.Carried> entered = WarpSpecializedPipeline.carried(WarpSpecializedPipeline.carried(before, MbarrierRing.Turn.first()), MbarrierRing.Turn.first());
    List<Ir.Carried> after = ir.loop(visible.from(), visible.below(), 1, entered, (number, carried) -> {
      MbarrierRing.Turn turn = WarpSpecializedPipeline.turn(carried);
      MbarrierRing.Turn own = WarpSpecializedPipeline.turn(carried.subList(0, known + 2));
      String step = AttentionTotals.step(ir, visible, number);
      String slot = pipeline.slot(turn);
      List<String> started = work.startScores(1 - pair, slot);
      Map<OpNode, List<String>> tiles = new LinkedHashMap<>(Map.of(attention.inner().get(pair).fold(), values(carried.subList(sums, known))));
      List<String> first = matrices.elements(row, step, early, tiles, vectors.load(turn));
      List<String> firstSums = work.startSums(early, ofSum(carried, early, sums), values(matrices.words(first)), slot);
      tiles.put(attention.inner().get(1 - pair).fold(), work.settle(started, 1));
      tiles.put(matrices.matrix(early), first);
      List<Ir.Carried> words = matrices.words(matrices.elements(row, step, late, tiles, vectors.load(turn)));
      across.put(words, own);
      List<String> lateSums = work.startSums(late, ofSum(carried, late, sums), values(words), slot);
      List<String> settledFirst = work.settle(firstSums, 1);
      Threads.barrier(ir, work.tile.threads());
      List<String> part = across.multiply(own);
      MbarrierRing.Turn next = nextOr(turn, ir.value("icmp eq i64 " + ir.plus(number, 1) + ", " + visible.below()));
      mbarriers.awaitTiles(next);
      List<String> scores = work.startScores(pair, pipeline.slot(next));
      List<String> settledLate = work.settle(lateSums, 1);
      List<String> settledPart = work.settle(part, 1);
      mbarriers.release(turn);
      across.stage(settledPart, own);
      List<Ir.Carried> all = new ArrayList<>(floats(early == 0 ? settledFirst : settledLate));
      all.addAll(floats(early == 0 ? settledLate : settledFirst));
      all.addAll(floats(work.settle(scores, 0)));
      return WarpSpecializedPipeline.carried(WarpSpecializedPipeline.carried(all, across.after(own)), next);
    });
    return after.subList(0, sums);
  }

  private static List<String> ofSum(List<Ir.Carried> carried, int number, int all) {
    return values(carried.subList(number * all / 2, (number + 1) * all / 2));
  }

  /// The next slot, or after the last step this one again: what is made of it then nobody looks at.
  private MbarrierRing.Turn nextOr(MbarrierRing.Turn turn, String last) {
    MbarrierRing.Turn next = mbarriers.after(turn);
    return new MbarrierRing.Turn(new Ir.Carried("i64", ir.value("select i1 " + last + ", i64 " + turn.slot().value() + ", i64 " + next.slot().value())),
        new Ir.Carried("i32", ir.value("select i1 " + last + ", i32 " + turn.phase().value() + ", i32 " + next.phase().value())));
  }

  /// Each step's products while the next one's matrices are computed.
  /// @return the rows' states, the sums and the turn after the last
  private List<Ir.Carried> overlapped(String row, MaskedSteps.Interval visible, MbarrierRing.Turn first) {
    mbarriers.awaitTiles(first);
    AttentionMatrices.Step start = matrices.of(row, visible.from(), work.settle(work.scores(pipeline.slot(first)), 0), matrices.neutralStates());
    int states = start.states().size();
    List<Ir.Carried> before = new ArrayList<>(start.states());
    before.addAll(matrices.words(start));
    int words = before.size();
    before.addAll(work.neutralSums());
    int sums = before.size();
    before.add(first.slot());
    List<Ir.Carried> entered = WarpSpecializedPipeline.carried(before, mbarriers.after(first));
    String second = ir.plus(visible.from(), 1);
    List<Ir.Carried> after = ir.when(ir.value("icmp slt i64 " + second + ", " + visible.below()), entered, () -> ir.loop(second, visible.below(), 1, entered, (step, carried) -> {
      MbarrierRing.Turn turn = WarpSpecializedPipeline.turn(carried);
      MbarrierRing.Turn last = new MbarrierRing.Turn(carried.get(sums), turn.phase());
      mbarriers.awaitTiles(turn);
      List<List<String>> started = work.scoresBeside(pipeline.slot(turn), values(carried.subList(words, sums)), carried.subList(states, words), pipeline.slot(last));
      AttentionMatrices.Step now = matrices.of(row, step, work.settle(started.getFirst(), work.thirds.size()), carried.subList(0, states));
      List<String> settled = work.settle(started.getLast(), 0);
      mbarriers.release(last);
      List<Ir.Carried> next = new ArrayList<>(now.states());
      next.addAll(matrices.words(now));
      next.addAll(floats(matrices.rescaled(settled, now)));
      next.add(turn.slot());
      return WarpSpecializedPipeline.carried(next, mbarriers.after(turn));
    }));
    MbarrierRing.Turn last = new MbarrierRing.Turn(after.get(sums), after.getLast());
    List<Ir.Carried> all = new ArrayList<>(after.subList(0, states));
    all.addAll(floats(work.settle(work.multiply(values(after.subList(words, sums)), after.subList(states, words), pipeline.slot(last)), 0)));
    mbarriers.release(last);
    return WarpSpecializedPipeline.carried(all, WarpSpecializedPipeline.turn(after));
  }

  private static List<String> values(List<Ir.Carried> carried) {
    return carried.stream().map(Ir.Carried::value).toList();
  }

  private static List<Ir.Carried> floats(List<String> values) {
    return values.stream().map(value -> new Ir.Carried("float", value)).toList();
  }
}
