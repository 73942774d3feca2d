package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A warp-specialized pipeline: the code for a STEPS node whose tiles come by tensor maps (TMA). One producer thread does the
/// FETCHes and runs ahead as far as there are free slots; consumer warps do the rest. They synchronize by the [MbarrierRing] of the
/// slots alone.
///
/// @param steps a STEPS node
/// @param base where the slots start in shared memory
/// @param slotBytes the tiles of one step
/// @param fetchedBytes all that comes for one step
record WarpSpecializedPipeline(Ir ir, OpNode steps, MbarrierRing mbarriers, long base, long slotBytes, long fetchedBytes) {
  WarpSpecializedPipeline(Ir ir, OpNode steps, MbarrierRing mbarriers, long base, long slotBytes) {
    this(ir, steps, mbarriers, base, slotBytes, slotBytes);
  }

  /// What fetches a STAGE's tile.
  interface Fetch {
    /// @param turn whose slot it is
    /// @param slot the byte in shared memory where the slot starts
    /// @param counter the address of what counts the bytes that come
    void to(OpNode stage, String step, MbarrierRing.Turn turn, String slot, String counter);
  }

  /// Where in shared memory a step's tiles of two factors start.
  interface Factors {
    /// @param slot the byte where the step's slot starts
    String left(String step, String slot);

    String right(String slot);
  }

  /// A STEPS node for FOLDs: each of its steps waits for the tiles and for the products of the step before, then gives that one's
  /// slot to tiles of a later step.
  static OpNode steps(List<OpNode> stages, List<OpNode> folds) {
    List<OpNode> effects = new ArrayList<>();
    effects.add(OpNode.of(OpCode.AWAIT, 0, stages));
    effects.addAll(folds);
    folds.forEach(fold -> effects.add(OpNode.of(OpCode.AWAIT, 1, List.of(fold))));
    stages.forEach(stage -> effects.add(OpNode.of(OpCode.FETCH, stage)));
    // Behind the products there is a free slot again.
    return OpNode.of(OpCode.STEPS, stages.getFirst().payload(Stage.class).slots(), effects);
  }

  static List<Ir.Carried> carried(List<Ir.Carried> states, MbarrierRing.Turn turn) {
    List<Ir.Carried> all = new ArrayList<>(states);
    all.add(turn.slot());
    all.add(turn.phase());
    return all;
  }

  static MbarrierRing.Turn turn(List<Ir.Carried> carried) {
    return new MbarrierRing.Turn(carried.get(carried.size() - 2), carried.getLast());
  }

  /// The byte where a turn's slot starts.
  String slot(MbarrierRing.Turn turn) {
    return ir.plus(ir.value("mul i64 " + turn.slot().value() + ", " + slotBytes), base);
  }

  /// Fetches the tiles of some steps, by one thread.
  /// @return the turn after them
  MbarrierRing.Turn fetch(String first, String below, MbarrierRing.Turn from, Fetch fetch) {
    return turn(ir.loop(first, below, 1, carried(List.of(), from), (step, carried) -> {
      MbarrierRing.Turn turn = turn(carried);
      fetch(step, turn, fetch);
      return carried(List.of(), mbarriers.after(turn));
    }));
  }

  /// Fetches more of steps whose slots are claimed.
  /// @return the turn after them
  MbarrierRing.Turn complete(String first, String below, MbarrierRing.Turn from, Fetch fetch) {
    return turn(ir.loop(first, below, 1, carried(List.of(), from), (step, carried) -> {
      MbarrierRing.Turn turn = turn(carried);
      complete(step, turn, fetch);
      return carried(List.of(), mbarriers.after(turn));
    }));
  }

  /// Fetches the tiles of one step, by one thread.
  void fetch(String step, MbarrierRing.Turn turn, Fetch fetch) {
    mbarriers.claim(turn, fetchedBytes);
    complete(step, turn, fetch);
  }

  private void complete(String step, MbarrierRing.Turn turn, Fetch fetch) {
    String counter = mbarriers.filled(turn.slot().value());
    for (OpNode effect : steps.inputs()) {
      if (effect.is(OpCode.FETCH)) {
        fetch.to(effect.input(0), step, turn, slot(turn), counter);
      }
    }
  }

  /// The sums of some steps, of which there is at least one, two if it is not known how many, by the warps that multiply. They wait
  /// for a step's products, and give its slot back, when the next one's have begun.
  /// @param factors where a step's tiles start
  /// @return the sums, then the turn after the steps
  List<Ir.Carried> multiply(String first, String below, MbarrierRing.Turn from, WarpgroupProducts products, Factors factors) {
    List<Ir.Carried> begun = begin(first, from, products.zero(), products, factors);
    String second = ir.plus(first, 1);
    List<Ir.Carried> results = second.equals(below) ? carried(begun, from) : ir.loop(second, below, 1, carried(begun, from), (step, carried) -> {
      MbarrierRing.Turn before = turn(carried);
      MbarrierRing.Turn turn = mbarriers.after(before);
      List<Ir.Carried> sums = products.settle(begin(step, turn, carried.subList(0, begun.size()), products, factors), 1);
      mbarriers.release(before);
      return carried(sums, turn);
    });
    MbarrierRing.Turn last = turn(results);
    List<Ir.Carried> sums = products.settle(results.subList(0, begun.size()), 0);
    mbarriers.release(last);
    return carried(sums, mbarriers.after(last));
  }

  private List<Ir.Carried> begin(String step, MbarrierRing.Turn turn, List<Ir.Carried> sums, WarpgroupProducts products, Factors factors) {
    mbarriers.awaitTiles(turn);
    String slot = slot(turn);
    return products.multiply(sums, factors.left(step, slot), factors.right(slot));
  }
}
