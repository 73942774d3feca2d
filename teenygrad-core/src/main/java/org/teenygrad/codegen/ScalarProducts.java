package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.List;

/// Products of float32 by each thread itself: a square of sums, whose factors it reads in vectors of four.
final class ScalarProducts implements Products {
  private static final int VECTOR = 4;

  /// Threads across a block's tile.
  private static final int ACROSS = 16;

  private final Ir ir;
  private final BlockTile tile;
  private final int down;
  private final int across;

  ScalarProducts(Ir ir, BlockTile tile) {
    this.ir = ir;
    this.tile = tile;
    down = tile.rows() / (tile.threads() / ACROSS);
    across = tile.columns() / ACROSS;
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
    String thread = Team.thread(ir);
    String row = ir.value("mul i64 " + ir.value("udiv i64 " + thread + ", " + ACROSS) + ", " + VECTOR);
    String column = ir.value("mul i64 " + ir.value("urem i64 " + thread + ", " + ACROSS) + ", " + VECTOR);
    List<Ir.Carried> now = new ArrayList<>(sums);
    for (int step = 0; step < tile.depth(); step++) {
      List<String> a = read(left, row, step, tile.rows(), down, tile.threads() / ACROSS);
      List<String> b = read(right, column, step, tile.columns(), across, ACROSS);
      for (int i = 0; i < down; i++) {
        for (int j = 0; j < across; j++) {
          String sum = now.get(i * across + j).value();
          now.set(i * across + j, new Ir.Carried("float", ir.value("call float @llvm.fma.f32(float " + a.get(i) + ", float " + b.get(j) + ", float " + sum + ")")));
        }
      }
    }
    return now;
  }

  /// A thread's elements of a line: vectors of four, as far apart as all threads together are wide.
  private List<String> read(String slab, String first, int line, int width, int count, int threads) {
    List<String> elements = new ArrayList<>();
    for (int vector = 0; vector < count / VECTOR; vector++) {
      long offset = ((long) line * (width + Stage.PADDING) + (long) vector * threads * VECTOR) * Float.BYTES;
      String at = ir.plus(ir.value("add i64 " + ir.value("mul i64 " + first + ", " + Float.BYTES) + ", " + slab), offset);
      String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + at);
      String four = ir.value("load <4 x float>, ptr addrspace(3) " + pointer + ", align 16");
      for (int lane = 0; lane < VECTOR; lane++) {
        elements.add(ir.value("extractelement <4 x float> " + four + ", i64 " + lane));
      }
    }
    return elements;
  }

  @Override
  public void store(List<Ir.Carried> sums, int pitch) {
    String thread = Team.thread(ir);
    String row = ir.value("mul i64 " + ir.value("udiv i64 " + thread + ", " + ACROSS) + ", " + VECTOR);
    String column = ir.value("mul i64 " + ir.value("urem i64 " + thread + ", " + ACROSS) + ", " + VECTOR);
    String base = ir.value("add i64 " + ir.value("mul i64 " + row + ", " + pitch) + ", " + column);
    for (int i = 0; i < down; i++) {
      for (int vector = 0; vector < across / VECTOR; vector++) {
        String four = "poison";
        for (int lane = 0; lane < VECTOR; lane++) {
          four = ir.value("insertelement <4 x float> " + four + ", float " + sums.get(i * across + vector * VECTOR + lane).value() + ", i64 " + lane);
        }
        int ownRow = i / VECTOR * (tile.threads() / ACROSS) * VECTOR + i % VECTOR;
        String pointer = ir.value("getelementptr inbounds float, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 "
            + ir.plus(base, (long) ownRow * pitch + (long) vector * ACROSS * VECTOR));
        ir.effect("store <4 x float> " + four + ", ptr addrspace(3) " + pointer + ", align 16");
      }
    }
  }
}
