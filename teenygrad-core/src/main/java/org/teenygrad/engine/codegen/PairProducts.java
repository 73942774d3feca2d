package org.teenygrad.engine.codegen;

import org.jspecify.annotations.Nullable;

/// How a processor multiplies a tile of [PairPanels].
sealed interface PairProducts permits MatrixTileProducts, DotProducts {
  /// Writes what a kernel does first.
  void begin();

  /// Multiplies stripes of both factors and writes the sums to memory, a row of a tile's width after the other.
  ///
  /// @param left the first of the stripes that `rows` rows take, which lie one after the other
  /// @param right the first of as many as `across` vectors of sums
  /// @param blocks of 32 steps
  /// @param isFirst whether these are the first products of a sum, null if they always are; the others are added to the sums in memory
  void multiply(String left, int rows, String right, int across, String blocks, String sums, @Nullable String isFirst);

  /// Writes what it does last.
  void end();
}
