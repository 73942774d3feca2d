package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.ir.OpNode;

/// Steps that make sums across the rows, too. Tensor cores have something to do while a group computes: a step's second inner sums
/// while it makes the first matrix, that one's products while it makes the second, whose products while the groups wait for one
/// another, and the next step's first inner sums while sums across the rows leave.
///
/// @param vectors numbers for each step's iterations
record TotalsSteps(
    WarpSpecializedPipeline pipeline, AttentionProducts work, AttentionMatrices matrices, AttentionTotals totals, StepVectors vectors)
    implements AttentionConsumer {
  @Override
  public List<Ir.Carried> emit(String row, MaskedSteps.Interval steps, MbarrierRing.Turn first) {
    Ir ir = pipeline.ir();
    MbarrierRing mbarriers = pipeline.mbarriers();
    FusedAttention attention = matrices.attention;
    int late = Objects.requireNonNull(attention.total()).matrix();
    int early = 1 - late;
    int pair = AttentionTiling.pairsOf(attention, early).getFirst();
    mbarriers.awaitTiles(first);
    List<Ir.Carried> before = new ArrayList<>(work.neutralSums());
    int sums = before.size();
    before.addAll(Ir.Carried.floats(work.settle(work.startScores(pair, pipeline.slot(first)), 0)));
    int known = before.size();
    List<Ir.Carried> entered = WarpSpecializedPipeline.carried(WarpSpecializedPipeline.carried(before, MbarrierRing.Turn.first()), first);
    List<Ir.Carried> after = ir.loop(steps.from(), steps.below(), 1, entered, (number, carried) -> {
      MbarrierRing.Turn turn = WarpSpecializedPipeline.turn(carried);
      MbarrierRing.Turn own = WarpSpecializedPipeline.turn(carried.subList(0, known + 2));
      String step = AttentionTotals.step(ir, steps, number);
      String slot = pipeline.slot(turn);
      List<String> started = work.startScores(1 - pair, slot);
      Map<OpNode, List<String>> tiles = new LinkedHashMap<>(
          Map.of(attention.inner().get(pair).fold(), Ir.Carried.values(carried.subList(sums, known))));
      List<String> firstMatrix = matrices.elements(row, step, early, tiles, vectors.load(turn));
      List<String> firstSums = work.startSums(early, ofSum(carried, early, sums), Ir.Carried.values(matrices.words(firstMatrix)), slot);
      tiles.put(attention.inner().get(1 - pair).fold(), work.settle(started, 1));
      tiles.put(matrices.matrix(early), firstMatrix);
      List<Ir.Carried> words = matrices.words(matrices.elements(row, step, late, tiles, vectors.load(turn)));
      totals.put(words, own);
      List<String> lateSums = work.startSums(late, ofSum(carried, late, sums), Ir.Carried.values(words), slot);
      List<String> settledFirst = work.settle(firstSums, 1);
      Threads.barrier(ir, work.tile.threads());
      List<String> part = totals.multiply(own);
      MbarrierRing.Turn next = nextOr(turn, ir.value("icmp eq i64 " + ir.plus(number, 1) + ", " + steps.below()));
      mbarriers.awaitTiles(next);
      List<String> scores = work.startScores(pair, pipeline.slot(next));
      List<String> settledLate = work.settle(lateSums, 1);
      List<String> settledPart = work.settle(part, 1);
      mbarriers.release(turn);
      totals.stage(settledPart, own);
      List<Ir.Carried> all = new ArrayList<>(Ir.Carried.floats(early == 0 ? settledFirst : settledLate));
      all.addAll(Ir.Carried.floats(early == 0 ? settledLate : settledFirst));
      all.addAll(Ir.Carried.floats(work.settle(scores, 0)));
      return WarpSpecializedPipeline.carried(WarpSpecializedPipeline.carried(all, totals.after(own)), next);
    });
    return WarpSpecializedPipeline.carried(after.subList(0, sums), WarpSpecializedPipeline.turn(after));
  }

  private static List<String> ofSum(List<Ir.Carried> carried, int number, int all) {
    return Ir.Carried.values(carried.subList(number * all / 2, (number + 1) * all / 2));
  }

  /// The next slot, or after the last step this one again: what is made of it then nobody looks at.
  private MbarrierRing.Turn nextOr(MbarrierRing.Turn turn, String last) {
    MbarrierRing.Turn next = pipeline.mbarriers().after(turn);
    return new MbarrierRing.Turn(chosen(last, turn.slot(), next.slot()), chosen(last, turn.phase(), next.phase()));
  }

  private Ir.Carried chosen(String condition, Ir.Carried yes, Ir.Carried no) {
    String type = yes.type();
    String value = pipeline.ir().value("select i1 " + condition + ", " + type + " " + yes.value() + ", " + type + " " + no.value());
    return new Ir.Carried(type, value);
  }
}
