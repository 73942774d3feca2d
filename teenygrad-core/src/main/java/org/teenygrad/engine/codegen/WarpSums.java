package org.teenygrad.engine.codegen;

import java.util.List;

/// A warp's part of a tile of sums on its way through shared memory: from where a matrix unit leaves it, two neighbours a lane, to
/// whole vectors of neighbours.
///
/// A row's four-number parts are exchanged such that neither the writes of half a warp (two neighbours of four rows) nor the reads
/// of eight lanes (four neighbours each of every second part of a row) meet on a bank.
///
/// @param base the byte in shared memory where it is
/// @param columns of each tile, if there are several, which lie side by side
record WarpSums(Ir ir, String base, int columns) implements Epilogue.Sums {
  static final int ROWS = MatrixUnit.ROWS;
  static final int COLUMNS = 64;
  static final int BYTES = ROWS * COLUMNS * Float.BYTES;

  /// Writes 16 rows of up to 64 columns: of each eight columns a lane has two sums in a row and two in the row eight below.
  void store(List<Ir.Carried> sums) {
    Threads.warpBarrier(ir); // what was there has been read
    String lane = Threads.lane(ir);
    String row = MatrixUnit.SUMS.row(ir, lane);
    String pair = MatrixUnit.SUMS.column(ir, lane);
    for (int eight = 0; eight < sums.size() / 4; eight++) {
      String place = place(row, ir.plus(pair, (long) eight * MatrixUnit.COLUMNS));
      for (int half = 0; half < 2; half++) {
        String one = ir.value("insertelement <2 x float> poison, float " + sums.get(4 * eight + 2 * half).value() + ", i64 0");
        String two = ir.value("insertelement <2 x float> " + one + ", float " + sums.get(4 * eight + 2 * half + 1).value() + ", i64 1");
        ir.effect("store <2 x float> " + two + ", ptr addrspace(3) " + pointer(ir.plus(place, half * 8L * COLUMNS)) + ", align 8");
      }
    }
    Threads.warpBarrier(ir);
  }

  @Override
  public String load(int number, String row, String columnOfTile, int lanes) {
    String column = ir.plus(columnOfTile, (long) number * columns);
    if (lanes <= 4) {
      return part(row, column, lanes);
    }
    String low = part(row, column, 4);
    String high = part(row, ir.plus(column, 4), 4);
    return ir.value("shufflevector <4 x float> " + low + ", <4 x float> " + high + ", <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>");
  }

  private String part(String row, String column, int lanes) {
    return ir.value("load " + Ir.vector("float", lanes) + ", ptr addrspace(3) " + pointer(place(row, column)) + ", align " + 4 * lanes);
  }

  /// Where a sum is, in floats: the two halves of eight neighbours in the two halves of a row, the eights exchanged by the row and
  /// by the half.
  private String place(String row, String column) {
    String half = ir.value("and i64 " + ir.value("lshr i64 " + column + ", 2") + ", 1");
    String by = ir.value("xor i64 " + ir.value("and i64 " + row + ", 3") + ", " + ir.value("mul i64 " + half + ", 4"));
    String eight = ir.value("xor i64 " + ir.value("lshr i64 " + column + ", 3") + ", " + by);
    String part = ir.value("add i64 " + eight + ", " + ir.value("mul i64 " + half + ", " + COLUMNS / 8));
    String inRow = ir.value("add i64 " + ir.value("mul i64 " + part + ", 4") + ", " + ir.value("and i64 " + column + ", 3"));
    return ir.value("add i64 " + ir.value("mul i64 " + row + ", " + COLUMNS) + ", " + inRow);
  }

  private String pointer(String place) {
    String at = ir.value("add i64 " + base + ", " + ir.value("mul i64 " + place + ", " + Float.BYTES));
    return ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + at);
  }
}
