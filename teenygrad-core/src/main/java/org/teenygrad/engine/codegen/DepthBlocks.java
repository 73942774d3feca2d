package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpNode;

/// A contraction's inner loops in blocks. Of long ones only a block of both factors is copied at a time: panels of more columns
/// then fit the second-level cache, so that the copy of a tile's rows serves more often. A tile's sums wait in memory between
/// blocks.
///
/// The level is that of Goto and van de Geijn's `kc`; one copy of both factors is made for each block.
///
/// @param outer the first inner loops, of which a block is one iteration, as of a weights' gradient's images
/// @param range the loop of which a block has some steps; those that follow it are whole in each
/// @param steps of a block, but for the last
/// @param products of a block
/// @param count how many there are
record DepthBlocks(List<OpNode> outer, OpNode range, long steps, long products, long count) {
  /// What is copied at a time: the loop's counter from and below which values or numbers.
  record Block(String begin, String end) {}

  /// All inner loops as one block.
  static DepthBlocks whole(OpNode fold) {
    OpNode first = Analysis.foldRanges(fold).getFirst();
    return new DepthBlocks(List.of(), first, Analysis.size(first), Analysis.depth(fold), 1);
  }

  /// @param most products of a block
  /// @param multiple what steps of the last loop are a multiple of: as many are turned in registers
  static DepthBlocks of(OpNode fold, long most, long multiple) {
    List<OpNode> ranges = Analysis.foldRanges(fold);
    if (Analysis.depth(fold) <= most) {
      return whole(fold);
    }
    int number = 0;
    long each = Analysis.depth(fold) / Analysis.size(ranges.getFirst());
    while (each > most) {
      each /= Analysis.size(ranges.get(++number));
    }
    long size = Analysis.size(ranges.get(number));
    long steps = steps(size, most / each, number == ranges.size() - 1 ? multiple : 1);
    List<OpNode> outer = ranges.subList(0, number);
    return new DepthBlocks(outer, ranges.get(number), steps, steps * each, Analysis.count(outer) * Math.ceilDiv(size, steps));
  }

  /// Steps of a block so that blocks are about alike, and the last one has `multiple` steps at least, as those that copy it expect.
  static long steps(long size, long most, long multiple) {
    long steps = Math.ceilDiv(Math.ceilDiv(size, Math.ceilDiv(size, most)), multiple) * multiple;
    while (size - (Math.ceilDiv(size, steps) - 1) * steps < multiple) {
      steps -= multiple;
    }
    return steps;
  }

  boolean isWhole() {
    return count == 1;
  }

  /// What is done for each block, given its number.
  interface Body {
    void emit(String number, Block block);
  }

  void emit(Emitter emitter, Body body) {
    Ir ir = emitter.ir;
    long size = Analysis.size(range);
    long inLoop = Math.ceilDiv(size, steps);
    ir.loop("0", Long.toString(count), 1, List.of(), (number, none) -> {
      String own = outer.isEmpty() ? number : ir.remainder(number, inLoop);
      emitter.unflatten(outer.isEmpty() ? number : ir.quotient(number, inLoop), outer, () -> {
        String begin = inLoop == 1 ? "0" : ir.value("mul i64 " + own + ", " + steps);
        body.emit(number, new Block(begin, inLoop == 1 ? Long.toString(size) : ir.smallest(ir.plus(begin, steps), Long.toString(size))));
      });
      return none;
    });
  }

  /// Whether a block is the last one.
  String isLast(Ir ir, String number) {
    return ir.value("icmp eq i64 " + number + ", " + (count - 1));
  }
}
