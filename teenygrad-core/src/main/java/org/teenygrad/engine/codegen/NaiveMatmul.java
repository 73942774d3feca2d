package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// Naive matrix multiplication on a GPU, the lowest rung: a thread for each element of the result, which runs through the inner dimension
/// element by element. Neighbouring threads have neighbouring elements.
final class NaiveMatmul implements LoopNest {
  private static final int THREADS = 256;

  private final Emitter emitter;
  private final List<OpNode> outer;
  private final long items;

  NaiveMatmul(Contraction plan, Ir ir) {
    emitter = new Emitter(plan.analysis(), ir, Float.BYTES);
    outer = emitter.analysis.outer;
    items = Analysis.count(outer);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "contract";
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Math.ceilDiv(items, THREADS), THREADS, 0);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    String item = ir.value("add i64 " + ir.value("mul i64 " + Threads.block(ir) + ", " + THREADS) + ", " + Threads.thread(ir));
    Runnable body = () -> emitter.unflatten(item, outer, () -> emitter.emitReady(emitter.analysis.nodes));
    if (items % THREADS == 0) {
      body.run();
    } else {
      emitter.branch(ir.value("icmp slt i64 " + item + ", " + items), body);
    }
  }
}
