package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// The inner loops of a sum, its last one in blocks of neighbours.
///
/// @param order in which the loops stand; blocks are numbered as the sum has them
/// @param span numbers of a block
record BlockLoops(Emitter emitter, OpNode fold, List<OpNode> order, int span) {
  /// Blocks that are written out one after the other, those of an iteration of the first loop: their bytes are shifted by other
  /// numbers of bits.
  private static final long WRITTEN_OUT = 16;

  static BlockLoops of(Emitter emitter, OpNode fold, int span) {
    return new BlockLoops(emitter, fold, Analysis.foldRanges(fold), span);
  }

  /// The same with loops inside that fewer loads of some values depend on, so that more are written once for several blocks.
  BlockLoops sharing(List<OpNode> values) {
    List<OpNode> loads = values.stream().filter(node -> node.is(OpCode.LOAD)).toList();
    List<OpNode> sorted = new ArrayList<>(order);
    sorted.subList(1, Math.max(1, order.size() - 1)).sort(Comparator.comparingLong(loop -> -loads.stream().filter(load -> emitter.analysis.dependsOn(load, loop)).count()));
    return new BlockLoops(emitter, fold, sorted, span);
  }

  /// What is done for each block.
  interface Block {
    /// @param number of the block
    /// @param counter of the last loop where it starts
    void emit(String number, String counter);
  }

  /// Runs over some blocks.
  interface Blocks {
    /// @param loops the same, or those that [share][#sharing]
    /// @param values those that are the same for all numbers of a block, written in the outermost loop where they are known
    void forEach(BlockLoops loops, List<OpNode> values, Block body);
  }

  /// What is done with the blocks of an iteration of the first loop, of which it may run over several times.
  interface Part {
    /// @param first the number of the first block
    /// @param blocks which are numbered from 0 on
    /// @return the carried values of the next iteration
    List<Ir.Carried> emit(String first, Blocks blocks, List<Ir.Carried> carried);
  }

  /// Whether the blocks of an iteration of the first loop are written out.
  boolean isWrittenOut() {
    return order.size() == 1 || Analysis.count(order.subList(1, order.size())) / span <= WRITTEN_OUT;
  }

  /// Runs over the first loop, where its iterations' blocks are written out.
  List<Ir.Carried> parts(List<Ir.Carried> carried, Part body) {
    OpNode first = order.getFirst();
    if (order.size() == 1) {
      return emitter.ir.loop("0", Long.toString(Analysis.size(first)), span, carried, (counter, before) ->
          body.emit(quotient(counter), (_, _, block) -> block.emit("0", counter), before));
    }
    return emitter.ir.loop("0", Long.toString(Analysis.size(first)), 1, carried, (counter, before) -> emitter.within(first, counter, null, () ->
        body.emit(times(counter, blocksInside(first)), (loops, values, block) -> {
          emitter.emitReady(values);
          loops.emit(1, "0", true, values, block);
        }, before)));
  }

  /// Runs over all blocks.
  /// @param values those that are the same for all numbers of a block, written in the outermost loop where they are known
  void emit(List<OpNode> values, Block body) {
    emitter.emitReady(values);
    emit(0, "0", isWrittenOut(), values, body);
  }

  private void emit(int depth, String number, boolean writesOut, List<OpNode> values, Block body) {
    OpNode loop = order.get(depth);
    boolean isLast = depth == order.size() - 1;
    long step = isLast ? span : 1;
    long size = Analysis.size(loop);
    Ir.LoopBody iteration = (counter, none) -> {
      if (isLast) {
        body.emit(sum(number, quotient(counter)), counter);
      } else {
        emitter.within(loop, counter, null, () -> {
          emitter.emitReady(values);
          emit(depth + 1, sum(number, times(counter, blocksInside(loop))), writesOut, values, body);
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

  /// Blocks of an iteration of a loop, as the sum has them.
  private long blocksInside(OpNode loop) {
    List<OpNode> loops = Analysis.foldRanges(fold);
    return Analysis.count(loops.subList(loops.indexOf(loop) + 1, loops.size())) / span;
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
