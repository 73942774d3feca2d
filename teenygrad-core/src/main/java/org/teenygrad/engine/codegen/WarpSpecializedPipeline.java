package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A warp-specialized pipeline: the code for a STEPS node whose tiles come by tensor maps (TMA). One producer thread does the FETCHes and runs
/// ahead as far as there are free slots; consumer warps do the rest. They synchronize by the [MbarrierRing] of the slots alone.
///
/// @param steps a STEPS node
/// @param slotBytes the tiles of one step
record WarpSpecializedPipeline(Ir ir, OpNode steps, MbarrierRing mbarriers, long slotBytes) {
  /// What fetches a STAGE's tile.
  interface Fetch {
    /// @param slot the byte in shared memory where the slot starts
    /// @param counter the address of what counts the bytes that come
    void to(OpNode stage, String step, String slot, String counter);
  }

  /// A STEPS node for FOLDs: each of its steps waits for the tiles and for the products, then gives the slot to tiles of a later step.
  static OpNode steps(List<OpNode> stages, List<OpNode> folds) {
    List<OpNode> effects = new ArrayList<>();
    effects.add(OpNode.of(OpCode.AWAIT, 0, stages));
    effects.addAll(folds);
    folds.forEach(fold -> effects.add(OpNode.of(OpCode.AWAIT, fold)));
    stages.forEach(stage -> effects.add(OpNode.of(OpCode.FETCH, stage)));
    // Behind the products there is a free slot again.
    return OpNode.of(OpCode.STEPS, stages.getFirst().payload(Stage.class).slots(), effects);
  }

  private static List<Ir.Carried> carried(List<Ir.Carried> states, MbarrierRing.Turn turn) {
    List<Ir.Carried> all = new ArrayList<>(states);
    all.add(turn.slot());
    all.add(turn.phase());
    return all;
  }

  private static MbarrierRing.Turn turn(List<Ir.Carried> carried) {
    return new MbarrierRing.Turn(carried.get(carried.size() - 2), carried.getLast());
  }

  private String slot(MbarrierRing.Turn turn) {
    return ir.value("mul i64 " + turn.slot().value() + ", " + slotBytes);
  }

  /// Fetches the tiles of all steps, by one thread.
  /// @return the turn after them
  MbarrierRing.Turn fetch(long count, MbarrierRing.Turn from, Fetch fetch) {
    return turn(ir.loop("0", Long.toString(count), 1, carried(List.of(), from), (step, carried) -> {
      MbarrierRing.Turn turn = turn(carried);
      mbarriers.claim(turn, slotBytes);
      String counter = mbarriers.filled(turn.slot().value());
      for (OpNode effect : steps.inputs()) {
        if (effect.is(OpCode.FETCH)) {
          fetch.to(effect.input(0), step, slot(turn), counter);
        }
      }
      return carried(List.of(), mbarriers.after(turn));
    }));
  }

  /// The sums of all steps, by the warps that multiply.
  /// @return the sums, then the turn after the steps
  List<Ir.Carried> multiply(long count, MbarrierRing.Turn from, List<Ir.Carried> zero, Pipeline.Work work) {
    return ir.loop("0", Long.toString(count), 1, carried(zero, from), (step, carried) -> {
      MbarrierRing.Turn turn = turn(carried);
      List<Ir.Carried> states = carried.subList(0, zero.size());
      List<OpNode> folds = steps.inputs().stream().filter(effect -> effect.is(OpCode.FOLD)).toList();
      for (OpNode effect : steps.inputs()) {
        boolean copies = effect.is(OpCode.AWAIT) && effect.input(0).is(OpCode.STAGE);
        if (copies) {
          mbarriers.awaitTiles(turn);
        } else if (effect.is(OpCode.AWAIT)) {
          states = work.settle(states);
        } else if (effect == folds.getFirst()) {
          states = work.fold(folds, step, slot(turn), states);
        }
      }
      mbarriers.release(turn);
      return carried(states, mbarriers.after(turn));
    });
  }

  static MbarrierRing.Turn after(List<Ir.Carried> results) {
    return turn(results);
  }
}
