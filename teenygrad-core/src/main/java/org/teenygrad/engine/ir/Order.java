package org.teenygrad.engine.ir;

/// How many of a row's elements SORT gives, and what is known of the row.
public record Order(int count, Known known) {
  /// What a kernel sorts at once: the scheduler splits longer rows.
  public static final int LONGEST_ROW = 1 << 16;

  /// What is known of a row before it is sorted.
  public enum Known {
    NOTHING,

    /// It rises to some element and falls from there, or is a rotation of such a row: then a tenth of the comparisons sort it. The
    /// row has a power of two elements, and all of them are wanted.
    BITONIC,

    /// Each half is in order: then the two are merged, of a row of any length.
    HALVES
  }

  /// The order of a row of which nothing is known.
  public Order(int count) {
    this(count, Known.NOTHING);
  }

  public Order {
    if (count < 1) {
      throw new IllegalArgumentException("sort: the first " + count + " of a row");
    }
  }
}
