package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// A [FusedAttention] tile by tile on a GPU's matrix units: attention and its derivatives, whose queries-by-keys matrix never
/// leaves the registers (Dao, "FlashAttention-2", 2023).
///
/// A block has some rows, and goes through j in steps ([AttentionProducts]): y and g come to shared memory asynchronously,
/// by all threads. Steps that a mask hides altogether are left out.
final class AttentionTiles implements LoopNest {
  private final Emitter emitter;
  private final Ir ir;
  private final AttentionTiling plan;
  private final AttentionProducts work;
  private final AttentionMatrices matrices;
  private final AttentionResults results;

  AttentionTiles(Emitter emitter, AttentionTiling plan) {
    this.emitter = emitter;
    this.plan = plan;
    ir = emitter.ir;
    work = new AttentionProducts(emitter, plan, plan.tile().rung() == Target.Rung.WARP && plan.parts() == 1);
    matrices = new AttentionMatrices(emitter, plan, false);
    results = new AttentionResults(emitter, work, matrices);
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
  public Program.Launch launch() {
    return new Program.Launch(results.blocks(), plan.tile().threads(), plan.sharedBytes());
  }

  @Override
  public void emit() {
    SharedTile.declare(ir);
    results.at(Threads.block(ir), row -> results.finish(row, reduce(row), () -> Threads.barrier(ir)));
  }

  /// All steps.
  /// @return the rows' states, then the sums
  private List<Ir.Carried> reduce(String row) {
    work.fetchRows(row);
    matrices.enter();
    MaskedSteps.Interval visible = matrices.visible(row);
    Pipeline pipeline = new Pipeline(ir, plan.steps(), movers(), plan.fixedBytes(), plan.slotBytes(), new Reducing(row));
    pipeline.fill(visible.from(), visible.below());
    SharedTile.await(ir, 0);
    Threads.barrier(ir);
    work.keepRows();
    List<Ir.Carried> states = new ArrayList<>(matrices.neutralStates());
    states.addAll(work.neutralSums());
    return pipeline.run(visible.from(), visible.below(), states);
  }

  private Map<OpNode, Pipeline.Mover> movers() {
    Map<OpNode, Pipeline.Mover> movers = new HashMap<>();
    for (AttentionProducts.Pair pair : work.pairs) {
      movers.put(pair.stage(), (step, slot, exists) -> {
        List<Runnable> landing = new ArrayList<>();
        String start = ir.value("mul i64 " + step + ", " + AttentionTiling.STEP);
        for (int slab = 0; slab < pair.slabs(); slab++) {
          landing.addAll(pair.y().fetched(start, Integer.toString(slab), ir.plus(slot, pair.offset() + (long) slab * pair.y().bytes()), exists));
        }
        return landing;
      });
    }
    for (AttentionProducts.Third third : work.thirds) {
      movers.put(third.stage(), (step, slot, exists) -> third.shared().fetched("0", step, ir.plus(slot, third.offset()), exists));
    }
    return movers;
  }

  private final class Reducing implements Pipeline.Work {
    private final String row;

    Reducing(String row) {
      this.row = row;
    }

    @Override
    public List<Ir.Carried> fold(List<OpNode> folds, String step, String slot, List<Ir.Carried> states) {
      int count = matrices.neutralStates().size();
      List<String> scores = work.settle(work.scores(slot), 0);
      AttentionMatrices.Step now = matrices.of(row, step, scores, states.subList(0, count));
      List<String> sums = matrices.rescaled(states.subList(count, states.size()).stream().map(Ir.Carried::value).toList(), now);
      List<Ir.Carried> next = new ArrayList<>(now.states());
      work.settle(work.multiply(sums, matrices.words(now), slot), 0).forEach(sum -> next.add(new Ir.Carried("float", sum)));
      return next;
    }

    @Override
    public List<Ir.Carried> settle(List<Ir.Carried> states) {
      return states;
    }

    @Override
    public void fence() {
      work.fence();
    }
  }
}
