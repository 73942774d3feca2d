package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.BiConsumer;
import org.teenygrad.engine.ir.OpNode;

/// The order in which tiles of matrices are computed.
///
/// @param m rows of a matrix, n columns
/// @param grid the loops that count matrices
/// @param cluster blocks next to one another that compute tiles below one another; where rows end, a cluster may have tiles without any
/// @param symmetric whether no tile lies below the diagonal: those of a cluster are a square, and its mirror image gets the same sums
record Raster(long m, long n, List<OpNode> grid, int tileRows, int tileColumns, int cluster, boolean symmetric) {
  /// Tile rows that are next to one another in time. Blocks that run together, about 132 with tiles of 128 by 256, then make a
  /// square of the result: it needs the fewest slabs of both factors, which they share in the second-level cache.
  private static final long GROUP = 16;

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
    return Analysis.count(grid) * ofMatrix();
  }

  private long ofMatrix() {
    return symmetric ? cluster * across() * (across() + 1) / 2 : down() * across();
  }

  /// Writes `body` for a tile.
  /// @param tile its number
  /// @param body gets its first row and column; the loops of the grid are open
  void at(Emitter emitter, String tile, BiConsumer<String, String> body) {
    Ir ir = emitter.ir;
    String number = grid.isEmpty() ? tile : ir.remainder(tile, ofMatrix());
    String matrix = grid.isEmpty() ? "0" : ir.quotient(tile, ofMatrix());
    Place place = symmetric ? aboveDiagonal(ir, number) : inGroup(ir, number);
    String row = ir.value("mul i64 " + place.down + ", " + tileRows);
    String column = ir.value("mul i64 " + place.across + ", " + tileColumns);
    emitter.unflatten(matrix, grid, () -> body.accept(row, column));
  }

  /// Of a tile among those of a matrix.
  private record Place(String down, String across) {}

  private Place inGroup(Ir ir, String number) {
    long width = GROUP * across();
    String group = ir.quotient(number, width);
    String inGroup = ir.remainder(number, width);
    String first = ir.value("mul i64 " + group + ", " + GROUP);
    String height = ir.smallest(ir.value("sub i64 " + down() + ", " + first), Long.toString(GROUP));
    return new Place(ir.value("add i64 " + first + ", " + ir.dynamic("urem", inGroup, height)), ir.dynamic("udiv", inGroup, height));
  }

  /// Rows of squares begin on the diagonal. Each is a line together with the one that is as much longer than the shortest as
  /// it is shorter than the longest, so that lines have one length; of an odd number of rows the first is a line alone.
  private Place aboveDiagonal(Ir ir, String number) {
    long rows = across();
    long odd = rows % 2;
    long length = rows + 1 - odd;
    String square = ir.quotient(number, cluster);
    String line = ir.quotient(square, length);
    String inLine = ir.remainder(square, length);
    String behind = ir.value("icmp slt i64 " + inLine + ", " + ir.plus(line, 1 - odd));
    String down = ir.value("select i1 " + behind + ", i64 " + ir.value("sub i64 " + (rows - 1 + odd) + ", " + line) + ", i64 " + line);
    String across = ir.value("select i1 " + behind + ", i64 " + ir.value("sub i64 " + (rows - 1) + ", " + inLine) + ", i64 " + ir.plus(inLine, odd - 1));
    return new Place(ir.value("add i64 " + ir.value("mul i64 " + down + ", " + cluster) + ", " + ir.remainder(number, cluster)), across);
  }
}
