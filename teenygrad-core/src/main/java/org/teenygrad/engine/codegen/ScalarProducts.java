package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.runtime.Target.Rung;

/// Products of float32 by each thread itself: a square of sums whose factors it reads in vectors of four, or, one rung lower, a few sums
/// of a column whose factors it reads one by one.
final class ScalarProducts implements Products {
  /// Threads of a warp next to each other where squares are read, as shared memory serves eight at a time: they read 128 bytes of a line.
  private static final int LANES_ACROSS = 8;

  private final Ir ir;
  private final BlockTile tile;

  /// Neighbours that a thread reads at once.
  private final int vector;

  /// Threads across a block's tile, and across a warp's.
  private final int threadsAcross;
  private final int lanesAcross;

  private final int down;
  private final int across;

  ScalarProducts(Ir ir, BlockTile tile) {
    this.ir = ir;
    this.tile = tile;
    boolean square = tile.rung() != Rung.SHARED;
    vector = square ? 4 : 1;
    threadsAcross = square ? 16 : tile.columns();
    lanesAcross = square ? LANES_ACROSS : Threads.WARP;
    down = tile.rows() / (tile.threads() / threadsAcross);
    across = tile.columns() / threadsAcross;
  }

  /// The first row of a thread's sums.
  private String firstRow() {
    return first("udiv", Threads.WARP / lanesAcross);
  }

  private String firstColumn() {
    return first("urem", lanesAcross);
  }

  /// A block's warps lie in rows, and so do a warp's threads.
  /// @param place what of a number and the length of a row gives the place: that of the row, or that in it
  /// @param lanes of a warp in that direction
  private String first(String place, int lanes) {
    String thread = Threads.thread(ir);
    String lane = ir.value(place + " i64 " + ir.value("urem i64 " + thread + ", " + Threads.WARP) + ", " + lanesAcross);
    String warp = ir.value(place + " i64 " + ir.value("udiv i64 " + thread + ", " + Threads.WARP) + ", " + threadsAcross / lanesAcross);
    return ir.value("mul i64 " + ir.value("add i64 " + ir.value("mul i64 " + warp + ", " + lanes) + ", " + lane) + ", " + vector);
  }

  private String type() {
    return "<" + vector + " x float>";
  }

  @Override
  public List<Ir.Carried> zero() {
    return Ir.times(down * across, i -> new Ir.Carried("float", "0.0"));
  }

  @Override
  public void fence() {}

  @Override
  public List<Ir.Carried> multiply(List<Ir.Carried> sums, String left, String right) {
    ir.declare("declare float @llvm.fma.f32(float, float, float)");
    String row = firstRow();
    String column = firstColumn();
    List<Ir.Carried> now = new ArrayList<>(sums);
    for (int step = 0; step < tile.depth(); step++) {
      List<String> a = read(left, row, step, tile.rows(), down, tile.threads() / threadsAcross);
      List<String> b = read(right, column, step, tile.columns(), across, threadsAcross);
      for (int i = 0; i < down; i++) {
        for (int next = 0; next < across; next++) {
          // There and back: where a row ends and the next begins, the column's number is still in a register's reuse cache.
          int j = i % 2 == 0 ? next : across - 1 - next;
          String factors = "float " + a.get(i) + ", float " + b.get(j);
          String sum = now.get(i * across + j).value();
          now.set(i * across + j, new Ir.Carried("float", ir.value("call float @llvm.fma.f32(" + factors + ", float " + sum + ")")));
        }
      }
    }
    return now;
  }

  /// A thread's elements of a line: vectors as far apart as all threads together are wide.
  private List<String> read(String slab, String first, int line, int width, int count, int threads) {
    List<String> elements = new ArrayList<>();
    for (int number = 0; number < count / vector; number++) {
      long offset = ((long) line * (width + Stage.PADDING) + (long) number * threads * vector) * Float.BYTES;
      String at = ir.plus(ir.value("add i64 " + ir.value("mul i64 " + first + ", " + Float.BYTES) + ", " + slab), offset);
      String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + at);
      String numbers = ir.value("load " + type() + ", ptr addrspace(3) " + pointer + ", align " + vector * Float.BYTES);
      for (int lane = 0; lane < vector; lane++) {
        elements.add(ir.value("extractelement " + type() + " " + numbers + ", i64 " + lane));
      }
    }
    return elements;
  }

  @Override
  public void store(List<Ir.Carried> sums, int pitch) {
    String row = firstRow();
    String column = firstColumn();
    String base = ir.value("add i64 " + ir.value("mul i64 " + row + ", " + pitch) + ", " + column);
    for (int i = 0; i < down; i++) {
      for (int number = 0; number < across / vector; number++) {
        String numbers = "poison";
        for (int lane = 0; lane < vector; lane++) {
          String sum = sums.get(i * across + number * vector + lane).value();
          numbers = ir.value("insertelement " + type() + " " + numbers + ", float " + sum + ", i64 " + lane);
        }
        int ownRow = i / vector * (tile.threads() / threadsAcross) * vector + i % vector;
        String pointer = ir.value("getelementptr inbounds float, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 "
            + ir.plus(base, (long) ownRow * pitch + (long) number * threadsAcross * vector));
        ir.effect("store " + type() + " " + numbers + ", ptr addrspace(3) " + pointer + ", align " + vector * Float.BYTES);
      }
    }
  }
}
