package org.teenygrad.engine.schedule;

import java.util.List;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.runtime.Target;

/// Splits a SORT of rows that are longer than a kernel sorts.
///
/// If few of a row are wanted, they are among the first of its parts. Else parts are sorted and merged by a fixed network of comparisons, Batcher's bitonic
/// sort, in the form whose comparisons all point the same way: while what is compared is further apart than a part is long, each step is one kernel, the
/// same minimum and maximum of all pairs.
final class SplitSorts {
  private static final int PART = Order.LONGEST_ROW;

  /// Numbers that threads load at once: parts are multiples.
  private static final int VECTOR = 4;

  private SplitSorts() {}

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    if (target instanceof Target.Graphs) {
      return roots;
    }
    var changed = Graph.map(roots, node -> node.is(OpCode.SORT) && node.input(0).shape().size(-1) > PART ? split(node) : node);
    return roots.stream().map(changed::get).toList();
  }

  private static OpNode split(OpNode sort) {
    Shape shape = sort.input(0).shape();
    int length = shape.size(-1);
    Expr rows = new Expr(sort.input(0)).reshape(Shape.of((int) (shape.elements() / length), length));
    return smallest(rows, sort.payload(Order.class).count()).reshape(sort.shape()).node();
  }

  /// The `count` smallest of each row, ascending.
  private static Expr smallest(Expr x, int count) {
    int rows = x.shape().size(0);
    int length = x.shape().size(1);
    if (length <= PART) {
      return x.sort(new Order(count));
    }
    if (2 * count <= PART) {
      int parts = Math.ceilDiv(length, PART);
      int each = Math.ceilDiv(Math.ceilDiv(length, parts), VECTOR) * VECTOR;
      Expr firsts = extended(x, parts * each).reshape(Shape.of(rows * parts, each)).sort(new Order(count));
      return smallest(firsts.reshape(Shape.of(rows, parts * count)), count);
    }
    int width = Math.min(powerOfTwo(length), powerOfTwo(Math.max(count, PART)));
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

  private static Expr sortedBlocks(Expr x, int width) {
    Expr sorted = parts(x, PART).sort(new Order(PART));
    for (int half = PART; half < width; half *= 2) {
      // The second run backwards behind the first is a bitonic sequence.
      sorted = bitonicBlocks(exchanged(sorted, half, true), half / 2);
    }
    return sorted;
  }

  /// The smaller half of every two sorted blocks, sorted.
  private static Expr smallerHalves(Expr x, int width) {
    Expr pairs = pairs(x, width);
    return bitonicBlocks(pairs.part(1, 0, 1).min(pairs.part(1, 1, 2).flip(List.of(2))), width / 2);
  }

  /// Bitonic blocks, sorted.
  private static Expr bitonicBlocks(Expr x, int half) {
    Expr sorted = x;
    for (int distance = half; distance >= PART; distance /= 2) {
      sorted = exchanged(sorted, distance, false);
    }
    return parts(sorted, PART).sort(new Order(PART, true));
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
