package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;

/// Each step's products after its matrices.
record SerialSteps(WarpSpecializedPipeline pipeline, AttentionProducts work, AttentionMatrices matrices) implements AttentionConsumer {
  @Override
  public List<Ir.Carried> emit(String row, MaskedSteps.Interval steps, MbarrierRing.Turn first) {
    MbarrierRing mbarriers = pipeline.mbarriers();
    List<Ir.Carried> before = new ArrayList<>(matrices.neutralStates());
    int states = before.size();
    before.addAll(work.neutralSums());
    int all = before.size();
    List<Ir.Carried> entered = WarpSpecializedPipeline.carried(before, first);
    return pipeline.ir().loop(steps.from(), steps.below(), 1, entered, (step, carried) -> {
      MbarrierRing.Turn turn = WarpSpecializedPipeline.turn(carried);
      String slot = pipeline.slot(turn);
      mbarriers.awaitTiles(turn);
      AttentionMatrices.Step now = matrices.of(row, step, work.settle(work.scores(slot), 0), carried.subList(0, states));
      List<String> scaled = matrices.rescaled(Ir.Carried.values(carried.subList(states, all)), now);
      List<Ir.Carried> next = new ArrayList<>(now.states());
      next.addAll(Ir.Carried.floats(work.settle(work.multiply(scaled, matrices.words(now), slot), 0)));
      mbarriers.release(turn);
      return WarpSpecializedPipeline.carried(next, mbarriers.after(turn));
    });
  }
}
