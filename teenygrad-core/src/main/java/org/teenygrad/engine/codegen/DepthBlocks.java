package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpNode;

/// A contraction's inner loop, or the first of several, in blocks. Of long ones only a block of both factors is copied at a time: panels of more columns then fit the
/// second-level cache, so that the copy of a tile's rows serves more often. A tile's sums wait in memory between blocks.
///
/// The level is that of Goto and van de Geijn's `kc`; one copy of both factors is made for each block.
///
/// @param range the first inner loop
/// @param steps of a block of it, but for the last
/// @param products of a block: its steps times the iterations of the other inner loops
/// @param count how many there are
record DepthBlocks(OpNode range, long steps, long products, long count) {
  /// What is copied at a time: the loop's counter from and below which values or numbers.
  record Block(String begin, String end) {}

  /// @param most products of a block; of several loops the whole where one step of the first has more
  /// @param multiple what steps of a single loop are a multiple of
  static DepthBlocks of(OpNode fold, long most, long multiple) {
    OpNode first = Analysis.foldRanges(fold).getFirst();
    long size = Analysis.size(first);
    long each = Analysis.depth(fold) / size;
    if (size * each <= most || each > most) {
      return new DepthBlocks(first, size, size * each, 1);
    }
    long steps = steps(size, most / each, each == 1 ? multiple : 1);
    return new DepthBlocks(first, steps, steps * each, Math.ceilDiv(size, steps));
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

  void emit(Ir ir, Body body) {
    long size = Analysis.size(range);
    ir.loop("0", Long.toString(count), 1, List.of(), (number, none) -> {
      String begin = isWhole() ? "0" : ir.value("mul i64 " + number + ", " + steps);
      body.emit(number, new Block(begin, isWhole() ? Long.toString(size) : ir.smallest(ir.plus(begin, steps), Long.toString(size))));
      return none;
    });
  }

  /// Whether a block is the last one.
  String isLast(Ir ir, String number) {
    return ir.value("icmp eq i64 " + number + ", " + (count - 1));
  }
}
