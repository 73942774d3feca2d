package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.BinaryOperator;

/// A loop that adds up in blocks: each block has accumulators of its own, which are added to those of the blocks before it; of many blocks
/// some form a larger one.
///
/// Added up one by one, n numbers are rounded n times. In blocks it is some hundred times, however many they are.
///
/// @param iterations of the whole loop, at most
/// @param exact whether it has no fewer
/// @param additions of one iteration to each accumulator
/// @param block additions one by one, at most: so many that new accumulators cost next to nothing
/// @param neutral accumulators that nothing was added to
/// @param add the accumulators of a block to those before
record BlockedLoop(Emitter emitter, long iterations, boolean exact, long additions, long block, List<Ir.Carried> neutral, BinaryOperator<List<Ir.Carried>> add) {
  private static final long BLOCKS = 128;

  /// @param below a multiple of `step`, more than 0
  List<Ir.Carried> emit(String below, long step, List<Ir.Carried> carried, Ir.LoopBody body) {
    return blocks("0", below, step, iterations, carried, body);
  }

  /// @param most iterations of this part of the loop; its last block may have fewer
  private List<Ir.Carried> blocks(String from, String below, long step, long most, List<Ir.Carried> carried, Ir.LoopBody body) {
    if (most == 1) {
      return body.emit(from, carried);
    }
    if (most * additions <= block) {
      return emitter.ir.loop(from, below, step, carried, body);
    }
    long each = each(most);
    return emitter.ir.loop(from, below, step * each, carried, (begin, sums) ->
        add.apply(sums, blocks(begin, end(begin, below, step, each), step, each, neutral, body)));
  }

  /// Iterations of a block, so that there are not too many.
  private long each(long most) {
    long each = Math.max(1, block / additions);
    while (Math.ceilDiv(most, each) > BLOCKS) {
      each *= BLOCKS;
    }
    return each;
  }

  private String end(String begin, String below, long step, long each) {
    String end = emitter.plus(begin, step * each);
    if (exact && iterations % each == 0) {
      return end;
    }
    emitter.ir.declare("declare i64 @llvm.smin.i64(i64, i64)");
    return emitter.ir.value("call i64 @llvm.smin.i64(i64 " + end + ", i64 " + below + ")");
  }
}
