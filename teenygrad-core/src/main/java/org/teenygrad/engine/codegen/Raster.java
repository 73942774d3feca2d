package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.BiConsumer;
import org.teenygrad.engine.ir.OpNode;

/// The order in which tiles of matrices are computed.
///
/// @param m rows of a matrix, n columns
/// @param grid the loops that count matrices
/// @param cluster blocks next to one another that compute tiles below one another; where rows end, a cluster may have tiles without any
record Raster(long m, long n, List<OpNode> grid, int tileRows, int tileColumns, int cluster) {
  /// Tile rows that are next to one another in time: blocks that run together then share slabs in the second-level cache.
  private static final long GROUP = 8;

  private long down() {
    return Math.ceilDiv(m, (long) cluster * tileRows) * cluster;
  }

  private long across() {
    return Math.ceilDiv(n, tileColumns);
  }

  /// Whether every tile has all of its rows and columns.
  boolean isWhole() {
    return down() * tileRows == m && n % tileColumns == 0;
  }

  /// How many tiles there are.
  long tiles() {
    return Analysis.count(grid) * down() * across();
  }

  /// Writes `body` for a tile.
  /// @param tile its number
  /// @param body gets its first row and column; the loops of the grid are open
  void at(Emitter emitter, String tile, BiConsumer<String, String> body) {
    Ir ir = emitter.ir;
    long ofMatrix = down() * across();
    String number = grid.isEmpty() ? tile : ir.remainder(tile, ofMatrix);
    String matrix = grid.isEmpty() ? "0" : ir.quotient(tile, ofMatrix);
    long width = GROUP * across();
    String group = ir.quotient(number, width);
    String inGroup = ir.remainder(number, width);
    String first = ir.value("mul i64 " + group + ", " + GROUP);
    String height = ir.smallest(ir.value("sub i64 " + down() + ", " + first), Long.toString(GROUP));
    String row = ir.value("mul i64 " + ir.value("add i64 " + first + ", " + ir.dynamic("urem", inGroup, height)) + ", " + tileRows);
    String column = ir.value("mul i64 " + ir.dynamic("udiv", inGroup, height) + ", " + tileColumns);
    emitter.unflatten(matrix, grid, () -> body.accept(row, column));
  }
}
