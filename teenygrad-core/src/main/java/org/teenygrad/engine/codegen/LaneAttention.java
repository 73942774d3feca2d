package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// A [FusedAttention] on a processor: rows are lanes of vectors, so that whatever is done to scores, a row's largest and the sum of its
/// exponentials too, is done by whole vectors without looking across lanes, and numbers that change with the steps are repeated.
///
/// A work item has some rows and goes through the steps in blocks. Both factors of these are copied, inner sums go to matrices in scratch
/// memory (step, row), these become what is multiplied next, in place, and the sums (column, row) are added up in scratch memory, too. All
/// that stays in the first two caches. Sums of earlier exponentials shrink when a row's largest score grows (Milakov and Gimelshein,
/// "Online normalizer calculation for softmax", 2018). Blocks that a mask hides are left out, and it is looked at only in those of which
/// it hides a part.
final class LaneAttention implements LoopNest {
  private final Emitter emitter;
  private final AttentionLanes plan;
  private final Target.Cpu target;
  private final LaneScratch scratch;
  private final OpNode row;

  LaneAttention(Emitter emitter, AttentionLanes plan, Target.Cpu target) {
    this.emitter = emitter;
    this.plan = plan;
    this.target = target;
    scratch = new LaneScratch(plan, target.vectorBytes() / Float.BYTES);
    row = plan.attention().rows().getFirst();
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "attention";
  }

  private long blocks() {
    return Math.ceilDiv(Analysis.size(row), plan.rows());
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Analysis.count(plan.attention().grid()) * blocks(), 1, scratch.bytes());
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      // The last rows first: under a causal mask they are the longest.
      String block = ir.value("sub i64 " + (blocks() - 1) + ", " + ir.remainder(item, blocks()));
      String first = ir.value("mul i64 " + block + ", " + plan.rows());
      emitter.unflatten(ir.quotient(item, blocks()), plan.attention().grid(), () -> {
        long left = Analysis.size(row) % plan.rows();
        LaneRows whole = rows(first, plan.rows());
        if (left == 0) {
          whole.emit();
        } else if (blocks() == 1) {
          rows(first, left).emit();
        } else {
          emitter.branch(ir.value("icmp eq i64 " + block + ", " + (blocks() - 1)), rows(first, left)::emit, whole::emit);
        }
      });
      return none;
    });
  }

  private LaneRows rows(String first, long count) {
    return new LaneRows(emitter, plan, target, scratch, first, count);
  }
}
