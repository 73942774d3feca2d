package org.teenygrad.codegen;

import org.teenygrad.runtime.Target;

/// How a matrix product is cut up: registers hold a tile of `rows` x (`vectors` * `lanes`) sums; a work item computes
/// `tilesPerItem` of those down and `panelsPerItem` across, with the right operand's part in scratch memory.
///
/// The scheme is that of Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", 2008) with one level less: the
/// sums stay in registers over the whole inner dimension.
///
/// @param rows sums down, one broadcast of the left operand each
/// @param vectors sums across, one vector of the right operand each
record Tile(int rows, int vectors, int lanes, long tilesPerItem, long panelsPerItem) {
  /// Work items that keep a few cores busy evenly.
  private static final long WANTED_ITEMS = 8;

  /// Vectors across in order of preference: two leave room for twelve rows, so each vector of the right operand that comes from
  /// the second-level cache is used twelve times.
  private static final int[] VECTORS = {2, 3, 4, 5};

  /// @param m rows of the result, n columns, k the inner dimension
  /// @param others how many such products there are
  static Tile choose(long m, long n, long k, long others, int elementBytes, Target.Cpu target) {
    int lanes = target.vectorBytes() / elementBytes;
    long across = Math.ceilDiv(n, lanes);
    int vectors = across == 1 ? 1 : 2;
    for (int candidate : VECTORS) {
      if (across % candidate == 0) {
        vectors = candidate;
        break;
      }
    }
    int sums = target.vectorRegisters() >= 32 ? 24 : 12;
    long most = Math.clamp(sums / vectors, 1, 16);
    long tiles = Math.ceilDiv(m, most);
    int rows = Math.toIntExact(Math.ceilDiv(m, tiles));
    tiles = Math.ceilDiv(m, rows);

    long panels = Math.ceilDiv(n, (long) vectors * lanes);
    long panelBytes = k * vectors * lanes * elementBytes;
    long fitting = Math.max(1, target.l2Bytes() / 2 / panelBytes);
    long across2 = Math.ceilDiv(panels, fitting);
    while (others * across2 < WANTED_ITEMS && panels / across2 >= 4) {
      across2 *= 2;
    }
    long down = 1;
    while (others * across2 * down < WANTED_ITEMS && tiles / down >= 16) {
      down *= 2;
    }
    return new Tile(rows, vectors, lanes, Math.ceilDiv(tiles, down), Math.ceilDiv(panels, across2));
  }

  int width() {
    return vectors * lanes;
  }
}
