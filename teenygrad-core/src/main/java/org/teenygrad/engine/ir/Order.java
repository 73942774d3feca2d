package org.teenygrad.engine.ir;

/// How many of a row's elements SORT gives, and what is known of the row.
///
/// @param bitonic whether it rises to some element and falls from there, or is a rotation of such a row: then a tenth of the comparisons sort
///     it. The row has a power of two elements, and all of them are wanted
public record Order(int count, boolean bitonic) {
  /// What a kernel sorts at once, a block of a GPU in 32 KiB of its shared memory: the scheduler splits longer rows.
  public static final int LONGEST_ROW = 4096;

  /// The order of a row of which nothing is known.
  public Order(int count) {
    this(count, false);
  }

  public Order {
    if (count < 1) {
      throw new IllegalArgumentException("sort: the first " + count + " of a row");
    }
  }
}
