package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.Supplier;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// The weights of a [DecodeAttention]: a warp for each row reduces its scores, stores what is stored of the reductions, and makes
/// weights of the scores.
///
/// @param scores by row and key
/// @param weights the same
record DecodeWeights(Emitter emitter, Decoding plan, SharedFloats scores, SharedFloats weights) {
  /// @param end how many keys there are to look at
  void emit(String end) {
    Ir ir = emitter.ir;
    CooperativeGroup warp = new CooperativeGroup(ir, Threads.WARP, DecodeAttention.THREADS, true);
    String row = warp.number();
    Runnable body = () -> emitter.unflatten(row, plan.rows(), () -> {
      String start = ir.value("mul i64 " + row + ", " + Decoding.MOST_KEYS);
      plan.rowFolds().forEach(fold -> emitter.define(fold, emitter.loops.zeroSteps(), reduced(warp, fold, start, end)));
      weigh(warp, start, end);
      emitter.branch(ir.value("icmp eq i64 " + warp.rank() + ", 0"), () -> emitter.emitReady(plan.results(false)));
    });
    if (plan.rowCount() == DecodeAttention.WARPS) {
      body.run();
    } else {
      emitter.branch(ir.value("icmp slt i64 " + row + ", " + plan.rowCount()), body);
    }
  }

  /// A reduction over the scores of a row.
  private String reduced(CooperativeGroup warp, OpNode fold, String start, String end) {
    Ir ir = emitter.ir;
    OpCode combine = fold.payload(OpCode.class);
    List<Ir.Carried> neutral = List.of(new Ir.Carried("float", Instructions.neutral(combine, DType.FLOAT32, 1)));
    String any = ir.value("icmp slt i64 " + warp.rank() + ", " + end);
    String own = ir.when(any, neutral, () -> ir.loop(warp.rank(), end, Threads.WARP, neutral, (key, carried) -> atScore(start, key, () -> {
      String score = emitter.operand(fold.input(0), emitter.loops.zeroSteps(), 1);
      return List.of(new Ir.Carried("float", emitter.instructions.binary(combine, DType.FLOAT32, 1, carried.getFirst().value(), score)));
    }))).getFirst().value();
    return warp.combine(combine, DType.FLOAT32, 1, own);
  }

  /// Writes a row's weights; those of keys that are not to be looked at are 0.
  private void weigh(CooperativeGroup warp, String start, String end) {
    Ir ir = emitter.ir;
    String ending = KeyShare.of(emitter, plan, plan.column()).ending(end);
    String any = ir.value("icmp slt i64 " + warp.rank() + ", " + ending);
    emitter.branch(any, () -> ir.loop(warp.rank(), ending, Threads.WARP, List.of(), (key, none) -> atScore(start, key, () -> {
      String weight = emitter.operand(plan.weight(), emitter.loops.zeroSteps(), 1);
      String shown = ir.value("select i1 " + ir.value("icmp slt i64 " + key + ", " + end) + ", float " + weight + ", float 0.0");
      weights.write(emitter.sum(start, key), shown);
      return none;
    })));
  }

  /// Runs a body where a key's score is known.
  private <T> T atScore(String start, String key, Supplier<T> body) {
    return emitter.within(plan.keys(), key, null, () -> {
      emitter.define(plan.score(), emitter.loops.zeroSteps(), scores.read(emitter.sum(start, key)));
      return body.get();
    });
  }
}
