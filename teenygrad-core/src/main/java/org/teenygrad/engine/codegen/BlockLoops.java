package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpNode;

/// The inner loops of a sum, its last one in blocks of neighbours.
///
/// @param span numbers of a block
record BlockLoops(Emitter emitter, OpNode fold, int span) {
  /// Blocks that are written out one after the other, those of an iteration of the first loop: their bytes are shifted by other numbers of bits.
  private static final long WRITTEN_OUT = 16;

  /// What is done for each block.
  interface Block {
    /// @param number of the block
    /// @param counter of the last loop where it starts
    void emit(String number, String counter);
  }

  /// Runs over some blocks.
  interface Blocks {
    /// @param values those that are the same for all numbers of a block, written in the outermost loop where they are known
    void forEach(List<OpNode> values, Block body);
  }

  /// What is done with the blocks of an iteration of the first loop, of which it may run over several times.
  interface Part {
    /// @return the carried values of the next iteration
    List<Ir.Carried> emit(Blocks blocks, List<Ir.Carried> carried);
  }

  /// Whether the blocks of an iteration of the first loop are written out.
  boolean isWrittenOut() {
    List<OpNode> loops = Analysis.foldRanges(fold);
    return loops.size() == 1 || Analysis.count(loops.subList(1, loops.size())) / span <= WRITTEN_OUT;
  }

  /// Runs over the first loop, where its iterations' blocks are written out.
  List<Ir.Carried> parts(List<Ir.Carried> carried, Part body) {
    OpNode first = Analysis.foldRanges(fold).getFirst();
    if (Analysis.foldRanges(fold).size() == 1) {
      return emitter.ir.loop("0", Long.toString(Analysis.size(first)), span, carried, (counter, before) ->
          body.emit((values, block) -> block.emit(quotient(counter), counter), before));
    }
    return emitter.ir.loop("0", Long.toString(Analysis.size(first)), 1, carried, (counter, before) -> emitter.within(first, counter, null, () ->
        body.emit((values, block) -> {
          emitter.emitReady(values);
          emit(1, counter, true, values, block);
        }, before)));
  }

  /// Runs over all blocks.
  /// @param values those that are the same for all numbers of a block, written in the outermost loop where they are known
  void emit(List<OpNode> values, Block body) {
    emitter.emitReady(values);
    emit(0, "0", isWrittenOut(), values, body);
  }

  private void emit(int depth, String outer, boolean writesOut, List<OpNode> values, Block body) {
    List<OpNode> loops = Analysis.foldRanges(fold);
    OpNode loop = loops.get(depth);
    boolean isLast = depth == loops.size() - 1;
    long step = isLast ? span : 1;
    long size = Analysis.size(loop);
    Ir.LoopBody iteration = (counter, none) -> {
      String number = sum(times(outer, size / step), isLast ? quotient(counter) : counter);
      if (isLast) {
        body.emit(number, counter);
      } else {
        emitter.within(loop, counter, null, () -> {
          emitter.emitReady(values);
          emit(depth + 1, number, writesOut, values, body);
          return true;
        });
      }
      return none;
    };
    if (depth > 0 && writesOut) {
      for (long counter = 0; counter < size; counter += step) {
        iteration.emit(Long.toString(counter), List.of());
      }
    } else {
      emitter.ir.loop("0", Long.toString(size), step, List.of(), iteration);
    }
  }

  private String quotient(String counter) {
    return isNumber(counter) ? Long.toString(Long.parseLong(counter) / span) : emitter.ir.value("udiv i64 " + counter + ", " + span);
  }

  private String times(String number, long by) {
    return isNumber(number) ? Long.toString(Long.parseLong(number) * by) : by == 1 ? number : emitter.ir.value("mul i64 " + number + ", " + by);
  }

  private String sum(String a, String b) {
    return isNumber(b) ? emitter.plus(a, Long.parseLong(b)) : emitter.sum(a, b);
  }

  private static boolean isNumber(String value) {
    return !value.startsWith("%");
  }
}
