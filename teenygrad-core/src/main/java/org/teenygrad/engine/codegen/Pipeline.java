package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// The code for a STEPS node: tiles come to a ring of slots in shared memory some steps before they are looked at.
final class Pipeline {
  private final Ir ir;
  private final OpNode steps;
  private final Map<OpNode, Mover> movers;
  private final long base;
  private final long slotBytes;
  private final Work work;

  /// What brings a STAGE's tile of a step to a slot.
  interface Mover {
    /// @param slot the byte in shared memory where the slot starts
    /// @param exists whether there is such a step; if not, nothing is copied
    /// @return what remains to be done by a LAND
    List<Runnable> fetch(String step, String slot, String exists);
  }

  /// What is done with the tiles at hand.
  interface Work {
    /// Adds a step's part to FOLDs.
    List<Ir.Carried> fold(List<OpNode> folds, String step, String slot, List<Ir.Carried> states);

    /// Waits for the products that [#fold] has handed to a unit which multiplies by itself.
    List<Ir.Carried> settle(List<Ir.Carried> states);

    /// Makes what ordinary instructions wrote to shared memory visible to that unit; a barrier follows.
    void fence();
  }

  /// @param steps a STEPS node
  /// @param base where the ring starts in shared memory
  /// @param slotBytes the tiles of one step
  Pipeline(Ir ir, OpNode steps, Map<OpNode, Mover> movers, long base, long slotBytes, Work work) {
    this.ir = ir;
    this.steps = steps;
    this.movers = movers;
    this.base = base;
    this.slotBytes = slotBytes;
    this.work = work;
  }

  /// A STEPS node for FOLDs.
  ///
  /// Where the unit multiplies by itself, it starts before later tiles are fetched and is waited for afterwards.
  static OpNode steps(List<OpNode> stages, List<OpNode> folds, boolean alone) {
    int ahead = stages.getFirst().payload(Stage.class).slots() - 1;
    List<OpNode> effects = new ArrayList<>();
    effects.add(OpNode.of(OpCode.AWAIT, ahead - 1, List.of()));
    effects.add(OpNode.of(OpCode.BARRIER, null, List.of()));
    if (alone) {
      effects.addAll(folds);
    }
    stages.forEach(stage -> effects.add(OpNode.of(OpCode.FETCH, stage)));
    if (alone) {
      folds.forEach(fold -> effects.add(OpNode.of(OpCode.AWAIT, fold)));
    } else {
      effects.addAll(folds);
    }
    stages.stream().filter(stage -> !stage.payload(Stage.class).asynchronous()).forEach(stage -> effects.add(OpNode.of(OpCode.LAND, stage)));
    return OpNode.of(OpCode.STEPS, ahead, effects);
  }

  private int ahead() {
    return steps.payload(Integer.class);
  }

  /// Fetches the first steps' tiles.
  void fill(String from, String below) {
    for (int i = 0; i < ahead(); i++) {
      String step = ir.plus(from, i);
      String slot = Long.toString(base + i * slotBytes);
      // There is a first step.
      String exists = i == 0 ? "true" : ir.value("icmp slt i64 " + step + ", " + below);
      for (OpNode effect : steps.inputs()) {
        if (effect.is(OpCode.FETCH)) {
          mover(effect).fetch(step, slot, exists).forEach(Runnable::run);
        }
      }
      SharedTile.commit(ir);
    }
  }

  private Mover mover(OpNode effect) {
    return Objects.requireNonNull(movers.get(effect.input(0)));
  }

  /// All steps, of which there is at least one.
  /// @return the states after the last
  List<Ir.Carried> run(String from, String below, List<Ir.Carried> states) {
    List<Ir.Carried> carried = new ArrayList<>(states);
    carried.add(new Ir.Carried("i64", Long.toString(base)));
    carried.add(new Ir.Carried("i64", Long.toString(base + ahead() * slotBytes)));
    List<Ir.Carried> results = ir.loop(from, below, 1, carried, (step, values) -> {
      String current = values.get(states.size()).value();
      String next = values.get(states.size() + 1).value();
      List<Ir.Carried> after = new ArrayList<>(step(step, below, current, next, values.subList(0, states.size())));
      after.add(new Ir.Carried("i64", following(current)));
      after.add(new Ir.Carried("i64", following(next)));
      return after;
    });
    SharedTile.await(ir, 0);
    return results.subList(0, states.size());
  }

  private List<Ir.Carried> step(String step, String below, String current, String next, List<Ir.Carried> before) {
    List<Ir.Carried> states = before;
    List<Runnable> landing = new ArrayList<>();
    List<OpNode> folds = new ArrayList<>();
    String later = ir.plus(step, ahead());
    String exists = ir.value("icmp slt i64 " + later + ", " + below);
    List<OpNode> effects = steps.inputs();
    for (int i = 0; i < effects.size(); i++) {
      OpNode effect = effects.get(i);
      boolean last = i + 1 == effects.size() || effects.get(i + 1).op() != effect.op();
      switch (effect.op()) {
        case AWAIT -> {
          if (effect.inputs().isEmpty()) {
            SharedTile.await(ir, effect.payload(Integer.class));
          } else {
            states = work.settle(states);
          }
        }
        case BARRIER -> {
          work.fence();
          Threads.barrier(ir);
        }
        case FETCH -> {
          landing.addAll(mover(effect).fetch(later, next, exists));
          if (last) {
            SharedTile.commit(ir);
          }
        }
        case FOLD -> {
          folds.add(effect);
          if (last) {
            states = work.fold(folds, step, current, states);
          }
        }
        case LAND -> {
          if (last) {
            landing.forEach(Runnable::run);
          }
        }
        default -> throw new IllegalStateException(effect + " in a step");
      }
    }
    return states;
  }

  /// The slot after this one.
  private String following(String slot) {
    String more = ir.plus(slot, slotBytes);
    String end = ir.value("icmp eq i64 " + more + ", " + (base + (ahead() + 1) * slotBytes));
    return ir.value("select i1 " + end + ", i64 " + base + ", i64 " + more);
  }
}
