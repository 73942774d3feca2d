package org.teenygrad;

/// The smallest of many numbers, in order, by a fixed network of comparisons: Batcher's bitonic sort, in the form whose
/// comparisons all point the same way.
///
/// Each step is one kernel, the same minimum and maximum of all pairs at some distance, whatever the data: n elements take
/// log²n / 2 steps. Short blocks are sorted first by counting: an element's place is the number of those that are smaller.
final class Bitonic {
  /// The length of blocks up to which comparing all pairs costs less than its share of steps.
  private static final int COUNTED = 32;

  private Bitonic() {}

  /// The `count` smallest on the last axis, ascending.
  /// @param x int64, no two alike on the last axis, none in the topmost 2^31
  static Tensor smallest(Tensor x, int count) {
    int n = x.size(-1);
    int width = Math.min(powerOfTwo(n), powerOfTwo(Math.max(count, COUNTED)));
    int blocks = powerOfTwo((n + width - 1) / width);
    Tensor sorted = sortedBlocks(padded(x, width * blocks), width);
    for (; blocks > 1; blocks /= 2) {
      sorted = fewer(sorted, width);
    }
    return sorted.reshape(x.shape().with(-1, width)).slice(-1, 0, count);
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
    int counted = Math.min(width, COUNTED);
    Tensor blocks = x.reshape(-1, counted);
    Tensor place = blocks.unsqueeze(-1).gt(blocks.unsqueeze(-2)).sum(-1);
    Tensor isAt = place.unsqueeze(-2).eq(Tensor.arange(counted).unsqueeze(1)); // (..., place, position)
    Tensor sorted = isAt.where(blocks.unsqueeze(-2), 0).sum(-1);
    for (int half = counted; half < width; half *= 2) {
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
    for (int distance = half; distance >= 1; distance /= 2) {
      sorted = exchanged(sorted, distance, false);
    }
    return sorted;
  }

  /// The smaller of each pair in front: of elements at the same place of both halves of a block, or at mirrored ones.
  private static Tensor exchanged(Tensor x, int half, boolean mirrored) {
    Tensor mine = x.reshape(-1, 2, half);
    Tensor other = mirrored ? mine.flip(1, 2) : mine.flip(1);
    Tensor isBack = Tensor.arange(2).unsqueeze(1).eq(1);
    return isBack.where(mine.maximum(other), mine.minimum(other)).contiguous();
  }
}
