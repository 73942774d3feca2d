package org.teenygrad.engine.codegen;

import java.util.List;

/// Products by `wgmma`: each group of four warps has 64 rows of the tile, and the tensor cores read both factors from
/// shared memory by themselves ([WarpgroupMatrix]).
final class WarpgroupProducts implements Products {
  private final Ir ir;
  private final BlockTile tile;
  private final int count;
  private final WarpgroupMatrix unit;
  private final boolean leftInner;
  private final boolean rightInner;

  /// @param count how many right factors there are, whose slabs lie one behind the other: each has sums of its own
  WarpgroupProducts(Ir ir, BlockTile tile, int count, MatrixUnit instruction, boolean leftInner, boolean rightInner) {
    this.ir = ir;
    this.tile = tile;
    this.count = count;
    this.leftInner = leftInner;
    this.rightInner = rightInner;
    unit = new WarpgroupMatrix(ir, instruction);
  }

  @Override
  public List<Ir.Carried> zero() {
    return Ir.times(count * tile.columns() / 2, i -> new Ir.Carried("float", "0.0"));
  }

  @Override
  public void fence() {
    unit.fence();
  }

  @Override
  public List<Ir.Carried> multiply(List<Ir.Carried> sums, String left, String right) {
    int panel = tile.depth() * SharedTile.LINE;
    String a = tile.fetchedRows() == WarpgroupMatrix.GROUP ? unit.descriptorOfGroup(left)
        : unit.descriptor(ownRows(left, panel), leftInner, panel);
    List<WarpgroupMatrix.Products> all = Ir.times(count, i -> {
      String b = unit.descriptor(ir.plus(right, (long) i * tile.columns() * tile.depth() * unit.row().bytes()), rightInner, panel);
      List<String> own = Ir.Carried.values(sums).subList(i * tile.columns() / 2, (i + 1) * tile.columns() / 2);
      return new WarpgroupMatrix.Products(own, tile.columns(), steps(a, b), !leftInner, !rightInner);
    });
    return Ir.Carried.floats(unit.multiply(all).stream().flatMap(List::stream).toList());
  }

  private List<WarpgroupMatrix.Step> steps(String left, String right) {
    return Ir.times(tile.depth() / unit.row().depth, i ->
        new WarpgroupMatrix.Step(List.of(part(left, leftInner, tile.fetchedRows(), i)), part(right, rightInner, tile.columns(), i)));
  }

  /// The descriptor some steps further along the inner dimension: lines along it go on in the next panel.
  /// @param lines of a panel
  private String part(String descriptor, boolean alongInner, int lines, int steps) {
    int inLine = SharedTile.LINE / (unit.row().depth * unit.row().bytes());
    return alongInner ? ir.plus(unit.further(descriptor, true, steps % inLine), (long) (steps / inLine) * lines * SharedTile.LINE >> 4)
        : unit.further(descriptor, false, steps);
  }

  /// A warpgroup's 64 rows are as many lines, or one panel.
  private String ownRows(String left, int panel) {
    String group = ir.value("lshr i64 " + Threads.thread(ir) + ", 7");
    int each = leftInner ? WarpgroupMatrix.M * SharedTile.LINE : panel;
    return ir.value("add i64 " + left + ", " + ir.value("mul i64 " + group + ", " + each));
  }

  @Override
  public List<Ir.Carried> settle(List<Ir.Carried> pending) {
    return settle(pending, 0);
  }

  /// @param newest how many of the last steps are not waited for
  List<Ir.Carried> settle(List<Ir.Carried> pending, int newest) {
    return Ir.Carried.floats(unit.settle(Ir.Carried.values(pending), newest * count));
  }

  @Override
  public void store(List<Ir.Carried> sums, int pitch) {
    List<String> values = Ir.Carried.values(sums);
    String row = ir.value("mul i64 " + Threads.warp(ir) + ", " + MatrixUnit.ROWS);
    for (int j = 0; j < tile.columns() / MatrixUnit.COLUMNS; j++) {
      WarpMatrix.store(ir, values.subList(4 * j, 4 * j + 4), row, Integer.toString(MatrixUnit.COLUMNS * j), pitch, 0);
    }
  }
}
