package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// A [FusedAttention] tile by tile on a GPU's matrix units: attention and its derivatives, whose queries-by-keys matrix never leaves the registers
/// (Dao, "FlashAttention-2", 2023).
///
/// A block has some rows, and goes through j in steps ([AttentionProducts]): y and g come to shared memory asynchronously,
/// by all threads. Steps that a mask hides altogether are left out.
final class AttentionTiles implements LoopNest {
  private static final int STAGES = 2;

  /// Sums and products that a thread holds at a time, at most: of its 255 registers, some are for factors and addresses.
  private static final int MOST_SUMS = 160;

  private final Emitter emitter;
  private final Ir ir;
  private final AttentionProducts work;
  private final AttentionMatrices matrices;
  private final AttentionResults results;
  private final OpNode steps;

  /// @param emitter of a SINK of FETCHes, STEPS and STOREs
  /// @param tiling of what they compute
  private AttentionTiles(Emitter emitter, AttentionTiling tiling) {
    this.emitter = emitter;
    ir = emitter.ir;
    work = new AttentionProducts(emitter, tiling, tiling.tile().rung() == Target.Rung.WARP && tiling.parts() == 1);
    matrices = new AttentionMatrices(emitter, tiling, false);
    results = new AttentionResults(emitter, work, matrices);
    steps = tiling.steps();
  }

  /// The nest of a kernel that reduces matrices of sums of products, if it is one.
  static Optional<? extends LoopNest> of(Emitter plain, Target.Gpu target) {
    FusedAttention attention = FusedAttention.find(plain.analysis).orElse(null);
    if (attention == null) {
      return Optional.empty();
    }
    Optional<WarpSpecializedAttention> specialized = WarpSpecializedAttention.of(plain, attention, target);
    if (specialized.isPresent()) {
      return specialized;
    }
    Target.Rung unit = target.rung().includes(Target.Rung.WARPGROUP) ? Target.Rung.WARPGROUP : Target.Rung.WARP;
    int columns = AttentionTiling.columns(attention);
    for (int rows : tileRows(attention, unit)) {
      int parts = rows == 128 && AttentionTiling.isSmall(attention) ? 2 : 1;
      BlockTile tile = new BlockTile(rows, columns, AttentionTiling.STEP, STAGES, rows * 2 / parts, unit);
      AttentionTiling tiling = AttentionTiling.of(plain, attention, tile, parts).orElseThrow();
      AttentionTiles nest = new AttentionTiles(Generator.forGpu(tiling.sink()), tiling);
      if (nest.launch().scratchBytes() <= target.sharedBytes() && (attention.sums().size() < 2 || tiling.sumsHeld() <= MOST_SUMS)) {
        return Optional.of(nest);
      }
    }
    return Optional.empty();
  }

  /// How many rows a block may have, the best first. Four warps that multiply together have 64; of blocks no larger several share a multiprocessor, and
  /// some multiply while others wait.
  private static int[] tileRows(FusedAttention attention, Target.Rung unit) {
    boolean small = unit == Target.Rung.WARPGROUP || Contraction.count(attention.rows()) <= WarpgroupMatrix.M;
    return small ? new int[] {WarpgroupMatrix.M} : new int[] {2 * WarpgroupMatrix.M, WarpgroupMatrix.M};
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
    long bytes = Math.max(work.fixedBytes() + work.tile.stages() * (long) work.slotBytes, results.bytes());
    return new Program.Launch(results.blocks(), work.tile.threads(), bytes);
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
    MaskedSteps.Interval visible = matrices.visible(row);
    Pipeline pipeline = new Pipeline(ir, steps, movers(), work.fixedBytes(), work.slotBytes, new Reducing(row));
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
