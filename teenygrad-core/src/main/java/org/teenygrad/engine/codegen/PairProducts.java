package org.teenygrad.engine.codegen;

/// How a processor multiplies a tile of [PairPanels].
sealed interface PairProducts permits MatrixTileProducts, DotProducts {
  /// Writes what a kernel does first.
  void begin();

  /// Multiplies stripes of both factors and writes the sums to memory, a row of a tile's width after the other.
  ///
  /// @param left the first of `down` stripes that lie one after the other, right of `across`
  void multiply(String left, int down, String right, int across, String sums);

  /// Writes what it does last.
  void end();
}
