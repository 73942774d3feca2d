package org.teenygrad;

import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Order;

/// The smallest of many numbers, in order.
///
/// Rows of up to [Order#LONGEST_ROW] elements are a SORT. If few of a longer row are wanted, they are among the first of its parts. Else parts
/// are sorted and merged by a fixed network of comparisons, Batcher's bitonic sort, in the form whose comparisons all point the same way: while
/// what is compared is further apart than a part is long, each step is one kernel, the same minimum and maximum of all pairs.
final class Bitonic {
  private static final int PART = Order.LONGEST_ROW;

  /// Numbers that threads load at once: parts are multiples.
  private static final int VECTOR = 4;

  private Bitonic() {}

  /// The `count` smallest on the last axis, ascending.
  /// @param x int64, no two alike on the last axis, none in the topmost 2^31
  static Tensor smallest(Tensor x, int count) {
    int n = x.size(-1);
    if (n <= PART) {
      return sorted(x, count);
    }
    if (2 * count <= PART) {
      int parts = (n + PART - 1) / PART;
      int length = ((n + parts - 1) / parts + VECTOR - 1) / VECTOR * VECTOR;
      Tensor firsts = sorted(padded(x, parts * length).reshape(-1, length), count);
      return smallest(firsts.reshape(x.shape().with(-1, parts * count)), count);
    }
    int width = Math.min(powerOfTwo(n), powerOfTwo(Math.max(count, PART)));
    int blocks = powerOfTwo((n + width - 1) / width);
    Tensor sorted = sortedBlocks(padded(x, width * blocks), width);
    for (; blocks > 1; blocks /= 2) {
      sorted = fewer(sorted, width);
    }
    return sorted.reshape(x.shape().with(-1, width)).slice(-1, 0, count);
  }

  private static Tensor sorted(Tensor x, int count) {
    return Tensor.applyWith(OpCode.SORT, new Order(count), x);
  }

  private static int powerOfTwo(int n) {
    return n <= 1 ? 1 : Integer.highestOneBit(n - 1) << 1;
  }

  /// The last axis with numbers behind it that stay there, no two alike.
  private static Tensor padded(Tensor x, int length) {
    int n = x.size(-1);
    Tensor position = Tensor.arange(length);
    return n == length
        ? x
        : position.lt(n).where(x.padAxis(-1, 0, length - n), position.add(Long.MAX_VALUE - Integer.MAX_VALUE));
  }

  private static Tensor sortedBlocks(Tensor x, int width) {
    Tensor sorted = sorted(x.reshape(-1, PART), PART);
    for (int half = PART; half < width; half *= 2) {
      // The second run backwards behind the first is a bitonic sequence.
      sorted = bitonicBlocks(exchanged(sorted, half, true), half / 2);
    }
    return sorted;
  }

  /// The smaller half of every two sorted blocks, sorted.
  private static Tensor fewer(Tensor x, int width) {
    Tensor pairs = x.reshape(-1, 2, width);
    return bitonicBlocks(pairs.select(1, 0).minimum(pairs.select(1, 1).flip(-1)), width / 2);
  }

  /// Bitonic blocks, sorted.
  private static Tensor bitonicBlocks(Tensor x, int half) {
    Tensor sorted = x;
    for (int distance = half; distance >= PART; distance /= 2) {
      sorted = exchanged(sorted, distance, false);
    }
    return Tensor.applyWith(OpCode.SORT, new Order(PART, true), sorted.reshape(-1, PART));
  }

  /// The smaller of each pair in front: of elements at the same place of both halves of a block, or at mirrored ones.
  private static Tensor exchanged(Tensor x, int half, boolean mirrored) {
    Tensor mine = x.reshape(-1, 2, half);
    Tensor other = mirrored ? mine.flip(1, 2) : mine.flip(1);
    Tensor isBack = Tensor.arange(2).unsqueeze(1).eq(1);
    return isBack.where(mine.maximum(other), mine.minimum(other)).contiguous();
  }
}
