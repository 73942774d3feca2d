package org.teenygrad.engine.ir;

/// How many of a row's elements SORT gives.
public record Order(int count) {
  /// What a block of a GPU sorts at once, in 32 KiB of its shared memory.
  public static final int LONGEST_ROW = 4096;

  public Order {
    if (count < 1 || count > LONGEST_ROW) {
      throw new IllegalArgumentException("sort: the first " + count + " of a row, which has at most " + LONGEST_ROW + " elements");
    }
  }
}
