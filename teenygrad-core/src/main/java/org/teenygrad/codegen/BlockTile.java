package org.teenygrad.codegen;

import org.teenygrad.DType;
import org.teenygrad.runtime.Target;
import org.teenygrad.runtime.Target.Rung;

/// How a block of threads computes its part of a matrix product: a tile of sums, a slab of `depth` of the inner dimension at a time.
///
/// @param rows sums down, columns sums across
/// @param depth how much of the inner dimension a slab holds
/// @param stages slabs in shared memory at a time: one is multiplied, the others are on their way
/// @param rung what multiplies
record BlockTile(int rows, int columns, int depth, int stages, int threads, Rung rung) {
  /// The inner dimension of a slab of 16-bit numbers: a line of 128 bytes.
  private static final int DEPTH = 64;

  /// @param m rows of the result, n columns, k the inner dimension
  /// @param element the type to multiply in
  /// @param others how many such products there are
  static BlockTile choose(long m, long n, long k, long others, DType element, Target.Gpu target) {
    if (element == DType.FLOAT32) {
      if (target.rung() == Rung.SHARED) {
        return new BlockTile(32, 32, 32, 2, 256, Rung.SHARED);
      }
      boolean small = others * Math.ceilDiv(m, 128) * Math.ceilDiv(n, 128) < target.processors();
      return small ? new BlockTile(64, 64, 16, 2, 256, Rung.REGISTERS) : new BlockTile(128, 128, 16, 2, 256, Rung.REGISTERS);
    }
    Rung rung = target.rung();
    int rows = m <= 64 ? 64 : 128;
    int columns = 256;
    while (columns > 64 && (n <= columns / 2 || 4 * others * Math.ceilDiv(m, rows) * Math.ceilDiv(n, columns) < 3L * target.processors())) {
      columns /= 2;
    }
    while (columns > 64 && Math.max(2 * slabBytes(rows, columns), Epilogue.bytes(rows, columns)) > target.sharedBytes()) {
      columns /= 2;
    }
    long fitting = target.sharedBytes() / slabBytes(rows, columns);
    int stages = Math.clamp(k / DEPTH, 2, (int) Math.min(fitting, columns == 256 ? 4 : 3));
    return new BlockTile(rows, columns, DEPTH, stages, rows == 64 || columns == 64 && rung == Rung.WARP ? 128 : 256, rung);
  }

  /// Both factors' slabs of 16-bit numbers.
  private static long slabBytes(int rows, int columns) {
    return 2L * DEPTH * (rows + columns);
  }

  int warps() {
    return threads / Team.WARP;
  }
}
