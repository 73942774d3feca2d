package org.teenygrad.engine.codegen;

import org.jspecify.annotations.Nullable;

/// How a processor multiplies a tile of [PairPanels].
sealed interface PairProducts permits MatrixTileProducts, DotProducts {
  /// Writes what a kernel does first.
  void begin();

  /// Where the stripes of a factor are that lie one after the other, and how far apart in bytes these, the blocks
  /// and the rows or columns of a stripe.
  record Stripes(String first, long stripeBytes, long blockBytes, long rowBytes) {}

  /// Multiplies stripes of both factors and writes the sums to memory, a row of a tile's width after the other.
  ///
  /// @param left the stripes that `rows` rows take
  /// @param right the first of as many as `across` vectors of sums
  /// @param first the first of their blocks of 32 steps, end the one behind the last
  /// @param isFirst whether these are the first products of a sum, null if they always are; the others are added to the sums in memory
  void multiply(Stripes left, int rows, String right, int across, String first, String end, String sums, @Nullable String isFirst);

  /// Writes what it does last.
  void end();
}
