package org.teenygrad.engine.schedule;

import java.util.List;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.ir.Order.Known;
import org.teenygrad.engine.runtime.Target;

/// Splits a SORT of rows that are longer than a kernel sorts.
///
/// If few of a row are wanted, they are among the first of its parts. Else parts are sorted and merged: by a processor two runs at
/// a time, of which it knows the order; by a GPU in a fixed network of comparisons, Batcher's bitonic sort, in the form whose
/// comparisons all point the same way: while what is compared is further apart than a part is long, each step is one kernel, the
/// same minimum and maximum of all pairs.
final class SplitSorts {
  /// What a block of a GPU sorts in 32 KiB of its shared memory.
  private static final int LONGEST_OF_BLOCK = 4096;

  /// Numbers that threads load at once, or lanes: parts are multiples.
  private static final int VECTOR = 8;

  /// Elements that a kernel sorts at once.
  private final int part;

  /// Elements among which a kernel finds the first.
  private final int searched;

  /// The first elements of parts are sought if this times as many make a part at most.
  private final int fewPart;

  private final boolean mergesRuns;

  private SplitSorts(Target target) {
    mergesRuns = target instanceof Target.Cpu;
    // Both halves of a processor's scratch memory are in its second-level cache.
    part = target instanceof Target.Cpu cpu
        ? Math.clamp(Long.highestOneBit(cpu.l2Bytes() / 2 / Long.BYTES), LONGEST_OF_BLOCK, Order.LONGEST_ROW)
        : LONGEST_OF_BLOCK;
    searched = mergesRuns ? Order.LONGEST_ROW : part;
    fewPart = mergesRuns ? 8 : 2;
  }

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    if (target instanceof Target.Graphs) {
      return roots;
    }
    SplitSorts pass = new SplitSorts(target);
    var changed = Graph.map(roots, node -> node.is(OpCode.SORT) ? pass.split(node) : node);
    return roots.stream().map(changed::get).toList();
  }

  private OpNode split(OpNode sort) {
    Shape shape = sort.input(0).shape();
    int length = shape.size(-1);
    if (isSortedAtOnce(length, sort.payload(Order.class).count())) {
      return sort;
    }
    Expr rows = new Expr(sort.input(0)).reshape(Shape.of((int) (shape.elements() / length), length));
    return smallest(rows, sort.payload(Order.class).count()).reshape(sort.shape()).node();
  }

  private boolean isSortedAtOnce(int length, int count) {
    return length <= part || length <= searched && fewPart * count <= length;
  }

  /// The `count` smallest of each row, ascending.
  private Expr smallest(Expr x, int count) {
    int rows = x.shape().size(0);
    int length = x.shape().size(1);
    if (isSortedAtOnce(length, count)) {
      return x.sort(new Order(count));
    }
    if (fewPart * count <= searched) {
      int parts = Math.ceilDiv(length, searched);
      Expr firsts = inParts(x, parts).sort(new Order(count));
      return smallest(firsts.reshape(Shape.of(rows, parts * count)), count);
    }
    return mergesRuns ? mergedRuns(x, count) : mergedByNetwork(x, count);
  }

  /// Rows cut into parts of one length, (rows * parts, length).
  private static Expr inParts(Expr x, int parts) {
    int each = Math.ceilDiv(Math.ceilDiv(x.shape().size(1), parts), VECTOR) * VECTOR;
    return extended(x, parts * each).reshape(Shape.of(x.shape().size(0) * parts, each));
  }

  private Expr mergedRuns(Expr x, int count) {
    Expr parts = inParts(x, powerOfTwo(Math.ceilDiv(x.shape().size(1), part)));
    Expr runs = parts.sort(new Order(Math.min(count, parts.shape().size(1))));
    while (runs.shape().size(0) > x.shape().size(0)) {
      int pair = 2 * runs.shape().size(1);
      runs = parts(runs, pair).sort(new Order(Math.min(count, pair), Known.HALVES));
    }
    return runs;
  }

  private Expr mergedByNetwork(Expr x, int count) {
    int rows = x.shape().size(0);
    int length = x.shape().size(1);
    int width = Math.min(powerOfTwo(length), powerOfTwo(Math.max(count, part)));
    int blocks = powerOfTwo(Math.ceilDiv(length, width));
    Expr sorted = sortedBlocks(extended(x, width * blocks), width);
    for (; blocks > 1; blocks /= 2) {
      sorted = smallerHalves(sorted, width);
    }
    return sorted.reshape(Shape.of(rows, width)).part(1, 0, count);
  }

  private static int powerOfTwo(int atLeast) {
    return Integer.highestOneBit(2 * atLeast - 1);
  }

  /// Rows with the largest numbers behind them, where they stay.
  private static Expr extended(Expr x, int length) {
    int before = x.shape().size(1);
    Expr longer = x.padded(1, 0, length - before);
    return length == before ? x : longer.positions(1).lt(longer.full(before)).where(longer, longer.full(Long.MAX_VALUE));
  }

  private Expr sortedBlocks(Expr x, int width) {
    Expr sorted = parts(x, part).sort(new Order(part));
    for (int half = part; half < width; half *= 2) {
      // The second run backwards behind the first is a bitonic sequence.
      sorted = bitonicBlocks(exchanged(sorted, half, true), half / 2);
    }
    return sorted;
  }

  /// The smaller half of every two sorted blocks, sorted.
  private Expr smallerHalves(Expr x, int width) {
    Expr pairs = pairs(x, width);
    return bitonicBlocks(pairs.part(1, 0, 1).min(pairs.part(1, 1, 2).flip(List.of(2))), width / 2);
  }

  /// Bitonic blocks, sorted.
  private Expr bitonicBlocks(Expr x, int half) {
    Expr sorted = x;
    for (int distance = half; distance >= part; distance /= 2) {
      sorted = exchanged(sorted, distance, false);
    }
    return parts(sorted, part).sort(new Order(part, Known.BITONIC));
  }

  /// The smaller of each pair in front: of elements at the same place of both halves of a block, or at mirrored ones.
  private static Expr exchanged(Expr x, int half, boolean mirrored) {
    Expr mine = pairs(x, half);
    Expr other = mine.flip(mirrored ? List.of(1, 2) : List.of(1));
    Expr isBehind = mine.positions(1).eq(mine.full(1));
    return isBehind.where(mine.max(other), mine.min(other)).contiguous();
  }

  private static Expr parts(Expr x, int length) {
    return x.reshape(Shape.of((int) (x.shape().elements() / length), length));
  }

  private static Expr pairs(Expr x, int half) {
    return x.reshape(Shape.of((int) (x.shape().elements() / 2 / half), 2, half));
  }
}
