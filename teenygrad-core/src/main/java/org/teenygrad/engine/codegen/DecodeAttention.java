package org.teenygrad.engine.codegen;

import org.teenygrad.engine.runtime.Program;

/// Attention of few queries to a part of the keys ([Decoding]) on a GPU (Dao et al., "Flash-Decoding for long-context inference", 2023).
///
/// A block has one part of the keys, and goes through it twice: for scores ([DecodeScores]), of which warps make weights
/// ([DecodeWeights]), and for the sums of values by these ([DecodeSums]). Which thread has which keys is a [KeyShare]. What is added
/// in which order depends on the part's number of keys alone.
final class DecodeAttention implements LoopNest {
  static final int WARPS = 8;
  static final int THREADS = WARPS * Threads.WARP;

  private static final int FEW_ROWS = 4;

  /// Of one row or two the numbers of so many blocks fit into a multiprocessor's registers: some compute while others wait.
  private static final int FEWEST_ROWS = 2;

  private static final int RESIDENT = 4;

  private final Emitter emitter;
  private final Decoding plan;

  DecodeAttention(Emitter emitter, Decoding plan) {
    this.emitter = emitter;
    this.plan = plan;
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
    return new Program.Launch(Analysis.count(plan.grid()), THREADS, 0);
  }

  /// Of many rows a thread holds more numbers than the assembler gives it registers for by itself.
  @Override
  public int residentBlocks() {
    return plan.rowCount() <= FEWEST_ROWS ? RESIDENT : plan.rowCount() <= FEW_ROWS ? 0 : 1;
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    SharedFloats scores = SharedFloats.declare(ir, "scores", plan.rowCount() * Decoding.MOST_KEYS);
    SharedFloats weights = SharedFloats.declare(ir, "weights", plan.rowCount() * Decoding.MOST_KEYS);
    SharedFloats partial = SharedFloats.declare(ir, "partial", plan.rowCount() * WARPS * Math.toIntExact(Analysis.size(plan.column())));
    emitter.unflatten(Threads.block(ir), plan.grid(), () -> {
      emitter.emitReady(plan.beforeReductions());
      String end = emitter.end(plan.keys());
      new DecodeScores(emitter, plan, scores).emit(end);
      Threads.barrier(ir);
      new DecodeWeights(emitter, plan, scores, weights).emit(end);
      Threads.barrier(ir);
      new DecodeSums(emitter, plan, weights, partial).emit(end);
    });
  }
}
