package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;

/// Products by warps: each has a part of the tile ([WarpMatrix]).
final class WarpProducts implements Products {
  /// Warps below one another.
  private static final int DOWN = 2;

  private final Ir ir;
  private final BlockTile tile;
  private final MatrixUnit unit;
  private final WarpMatrix matrix;
  private final boolean leftInner;
  private final boolean rightInner;
  private final int rows;
  private final int columns;

  WarpProducts(Ir ir, BlockTile tile, MatrixUnit unit, boolean leftInner, boolean rightInner) {
    this.ir = ir;
    this.tile = tile;
    this.unit = unit;
    matrix = new WarpMatrix(ir, unit, tile.depth());
    this.leftInner = leftInner;
    this.rightInner = rightInner;
    rows = tile.rows() / DOWN;
    columns = tile.columns() / (tile.warps() / DOWN);
  }

  private int down() {
    return rows / MatrixUnit.ROWS;
  }

  private int across() {
    return columns / MatrixUnit.COLUMNS;
  }

  @Override
  public List<Ir.Carried> zero() {
    return Ir.times(down() * across() * 4, i -> new Ir.Carried("float", "0.0"));
  }

  @Override
  public void fence() {}

  private String firstRow() {
    return ir.value("mul i64 " + ir.value("and i64 " + Threads.warp(ir) + ", " + (DOWN - 1)) + ", " + rows);
  }

  private String firstColumn() {
    return ir.value("mul i64 " + ir.value("lshr i64 " + Threads.warp(ir) + ", 1") + ", " + columns);
  }

  @Override
  public List<Ir.Carried> multiply(List<Ir.Carried> sums, String left, String right) {
    String row = firstRow();
    String column = firstColumn();
    List<String> now = new ArrayList<>(sums.stream().map(Ir.Carried::value).toList());
    for (int step = 0; step < tile.depth() / unit.depth; step++) {
      int at = step;
      List<List<String>> a = Ir.times(down(), i -> matrix.left(left, leftInner, ir.plus(row, (long) i * MatrixUnit.ROWS), at));
      List<List<String>> b = new ArrayList<>();
      for (int j = 0; j < across(); j += 2) {
        b.addAll(matrix.right(right, rightInner, ir.plus(column, (long) j * MatrixUnit.COLUMNS), step));
      }
      for (int i = 0; i < down(); i++) {
        for (int j = 0; j < across(); j++) {
          List<String> part = now.subList((i * across() + j) * 4, (i * across() + j) * 4 + 4);
          List<String> results = matrix.multiply(a.get(i), b.get(j), part);
          for (int e = 0; e < 4; e++) {
            part.set(e, results.get(e));
          }
        }
      }
    }
    return now.stream().map(sum -> new Ir.Carried("float", sum)).toList();
  }

  @Override
  public void store(List<Ir.Carried> sums, int pitch) {
    List<String> values = sums.stream().map(Ir.Carried::value).toList();
    String row = firstRow();
    String column = firstColumn();
    for (int i = 0; i < down(); i++) {
      for (int j = 0; j < across(); j++) {
        int first = (i * across() + j) * 4;
        WarpMatrix.store(ir, values.subList(first, first + 4), ir.plus(row, (long) i * MatrixUnit.ROWS), ir.plus(column, (long) j * MatrixUnit.COLUMNS), pitch, 0);
      }
    }
  }
}
