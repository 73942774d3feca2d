package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;

/// Each step's products while the next one's matrices are computed (Shah et al., "FlashAttention-3", 2024: intra-warpgroup overlap).
record OverlappedSteps(WarpSpecializedPipeline pipeline, AttentionProducts work, AttentionMatrices matrices) implements AttentionConsumer {
  @Override
  public List<Ir.Carried> emit(String row, MaskedSteps.Interval steps, MbarrierRing.Turn first) {
    Ir ir = pipeline.ir();
    MbarrierRing mbarriers = pipeline.mbarriers();
    mbarriers.awaitTiles(first);
    List<String> firstScores = work.settle(work.scores(pipeline.slot(first)), 0);
    AttentionMatrices.Step start = matrices.of(row, steps.from(), firstScores, matrices.neutralStates());
    int states = start.states().size();
    List<Ir.Carried> before = new ArrayList<>(start.states());
    before.addAll(matrices.words(start));
    int words = before.size();
    before.addAll(work.neutralSums());
    int sums = before.size();
    before.add(first.slot());
    List<Ir.Carried> entered = WarpSpecializedPipeline.carried(before, mbarriers.after(first));
    String second = ir.plus(steps.from(), 1);
    String any = ir.value("icmp slt i64 " + second + ", " + steps.below());
    List<Ir.Carried> after = ir.when(any, entered, () -> ir.loop(second, steps.below(), 1, entered, (step, carried) -> {
      MbarrierRing.Turn turn = WarpSpecializedPipeline.turn(carried);
      MbarrierRing.Turn last = new MbarrierRing.Turn(carried.get(sums), turn.phase());
      mbarriers.awaitTiles(turn);
      String slot = pipeline.slot(turn);
      List<String> theirs = Ir.Carried.values(carried.subList(words, sums));
      List<List<String>> started = work.scoresBeside(slot, theirs, carried.subList(states, words), pipeline.slot(last));
      AttentionMatrices.Step now = matrices.of(row, step, work.settle(started.getFirst(), work.thirds.size()), carried.subList(0, states));
      List<String> settled = work.settle(started.getLast(), 0);
      mbarriers.release(last);
      List<Ir.Carried> next = new ArrayList<>(now.states());
      next.addAll(matrices.words(now));
      next.addAll(Ir.Carried.floats(matrices.rescaled(settled, now)));
      next.add(turn.slot());
      return WarpSpecializedPipeline.carried(next, mbarriers.after(turn));
    }));
    MbarrierRing.Turn last = new MbarrierRing.Turn(after.get(sums), after.getLast());
    List<String> pending = work.multiply(Ir.Carried.values(after.subList(words, sums)), after.subList(states, words), pipeline.slot(last));
    List<Ir.Carried> all = new ArrayList<>(after.subList(0, states));
    all.addAll(Ir.Carried.floats(work.settle(pending, 0)));
    mbarriers.release(last);
    return WarpSpecializedPipeline.carried(all, WarpSpecializedPipeline.turn(after));
  }
}
