package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;

/// Products of 16-bit floats by `mma.sync.m16n8k16`: each warp has a part of the tile, and reads its factors from shared memory by
/// `ldmatrix` in the layout that the instruction wants (PTX ISA, "Matrix fragments for mma.m16n8k16").
final class WarpProducts implements Products {
  private static final int M = 16;
  private static final int N = 8;
  private static final int K = 16;

  private final Ir ir;
  private final BlockTile tile;
  private final DType element;
  private final boolean leftInner;
  private final boolean rightInner;
  private final int warpsDown = 2;
  private final int rows;
  private final int columns;

  WarpProducts(Ir ir, BlockTile tile, DType element, boolean leftInner, boolean rightInner) {
    this.ir = ir;
    this.tile = tile;
    this.element = element;
    this.leftInner = leftInner;
    this.rightInner = rightInner;
    rows = tile.rows() / warpsDown;
    columns = tile.columns() / (tile.warps() / warpsDown);
  }

  @Override
  public List<Ir.Carried> zero() {
    return Ir.times(rows / M * (columns / N) * 4, i -> new Ir.Carried("float", "0.0"));
  }

  @Override
  public void fence() {}

  private String lane() {
    return ir.value("and i64 " + Team.thread(ir) + ", 31");
  }

  private String firstRow() {
    return ir.value("mul i64 " + ir.value("and i64 " + ir.value("lshr i64 " + Team.thread(ir) + ", 5") + ", " + (warpsDown - 1)) + ", " + rows);
  }

  private String firstColumn() {
    return ir.value("mul i64 " + ir.value("lshr i64 " + Team.thread(ir) + ", 6") + ", " + columns);
  }

  @Override
  public List<Ir.Carried> multiply(List<Ir.Carried> sums, String left, String right) {
    String lane = lane();
    String low = ir.value("and i64 " + lane + ", 7");
    String third = ir.value("and i64 " + ir.value("lshr i64 " + lane + ", 3") + ", 1");
    String fourth = ir.value("lshr i64 " + lane + ", 4");
    List<Ir.Carried> now = new ArrayList<>(sums);
    for (int step = 0; step < tile.depth() / K; step++) {
      List<List<String>> a = new ArrayList<>();
      for (int i = 0; i < rows / M; i++) {
        // Four 8x8 matrices: rows 0-7 and 8-15 of the first eight steps, then of the second.
        String base = ir.plus(firstRow(), (long) i * M);
        a.add(matrices(left, leftInner, base, low, third, fourth, step));
      }
      List<List<String>> b = new ArrayList<>();
      for (int j = 0; j < columns / N; j += 2) {
        // The first eight columns' two halves of the inner dimension, then those of the next eight.
        String base = ir.plus(firstColumn(), (long) j * N);
        List<String> two = matrices(right, rightInner, base, low, fourth, third, step);
        b.add(two.subList(0, 2));
        b.add(two.subList(2, 4));
      }
      for (int i = 0; i < rows / M; i++) {
        for (int j = 0; j < columns / N; j++) {
          int first = (i * (columns / N) + j) * 4;
          List<String> results = multiply(a.get(i), b.get(j), now.subList(first, first + 4));
          for (int e = 0; e < 4; e++) {
            now.set(first + e, new Ir.Carried("float", results.get(e)));
          }
        }
      }
    }
    return now;
  }

  /// Four 8x8 matrices by one `ldmatrix`: each lane names a line of one.
  /// @param across which half of 16 rows the lane's matrix is in, inner which half of 16 steps
  private List<String> matrices(String slab, boolean alongInner, String base, String low, String across, String inner, int step) {
    String eight = ir.value("mul i64 " + across + ", 8");
    String line;
    String part;
    String panel = "0";
    if (alongInner) {
      line = ir.value("add i64 " + ir.value("add i64 " + base + ", " + eight) + ", " + low);
      part = ir.plus(inner, step * 2L);
    } else {
      line = ir.plus(ir.value("add i64 " + ir.value("mul i64 " + inner + ", 8") + ", " + low), (long) step * K);
      String whole = ir.value("lshr i64 " + ir.value("add i64 " + base + ", " + eight) + ", 3");
      part = ir.value("and i64 " + whole + ", 7");
      panel = ir.value("mul i64 " + ir.value("lshr i64 " + whole + ", 3") + ", " + tile.depth() * SharedTile.LINE);
    }
    String exchanged = ir.value("xor i64 " + part + ", " + ir.value("and i64 " + line + ", 7"));
    String inPanel = ir.value("add i64 " + ir.value("mul i64 " + line + ", " + SharedTile.LINE) + ", " + ir.value("mul i64 " + exchanged + ", " + SharedTile.CHUNK));
    String at = ir.value("add i64 " + slab + ", " + (panel.equals("0") ? inPanel : ir.value("add i64 " + inPanel + ", " + panel)));
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + at);
    String name = "@llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4" + (alongInner ? "" : ".trans") + ".b16.p3";
    String type = "{ i32, i32, i32, i32 }";
    ir.declare("declare " + type + " " + name + "(ptr addrspace(3))");
    String four = ir.value("call " + type + " " + name + "(ptr addrspace(3) " + pointer + ")");
    return Ir.times(4, i -> ir.value("extractvalue " + type + " " + four + ", " + i));
  }

  private List<String> multiply(List<String> a, List<String> b, List<Ir.Carried> sums) {
    boolean half = element == DType.FLOAT16;
    String name = "@llvm.nvvm.mma.m16n8k16.row.col." + (half ? "f32.f32" : "bf16");
    String word = half ? "<2 x half>" : "i32";
    String type = "{ float, float, float, float }";
    ir.declare("declare " + type + " " + name + "(" + (word + ", ").repeat(6) + "float, float, float, float)");
    List<String> operands = new ArrayList<>();
    for (String operand : a) {
      operands.add(word + " " + (half ? ir.value("bitcast i32 " + operand + " to <2 x half>") : operand));
    }
    for (String operand : b) {
      operands.add(word + " " + (half ? ir.value("bitcast i32 " + operand + " to <2 x half>") : operand));
    }
    sums.forEach(sum -> operands.add("float " + sum.value()));
    String four = ir.value("call " + type + " " + name + "(" + String.join(", ", operands) + ")");
    return Ir.times(4, i -> ir.value("extractvalue " + type + " " + four + ", " + i));
  }

  @Override
  public void store(List<Ir.Carried> sums, int pitch) {
    for (int i = 0; i < rows / M; i++) {
      for (int j = 0; j < columns / N; j++) {
        int first = (i * (columns / N) + j) * 4;
        storeFragment(ir, sums.subList(first, first + 4), ir.plus(firstRow(), (long) i * M), ir.plus(firstColumn(), (long) j * N), pitch);
      }
    }
  }

  /// A 16x8 part of the sums, of which each lane holds two neighbours in a row and two in the row eight below.
  static void storeFragment(Ir ir, List<Ir.Carried> four, String row, String column, int pitch) {
    String lane = ir.value("and i64 " + Team.thread(ir) + ", 31");
    String down = ir.value("add i64 " + row + ", " + ir.value("lshr i64 " + lane + ", 2"));
    String across = ir.value("add i64 " + column + ", " + ir.value("mul i64 " + ir.value("and i64 " + lane + ", 3") + ", 2"));
    String place = ir.value("add i64 " + ir.value("mul i64 " + down + ", " + pitch) + ", " + across);
    for (int half = 0; half < 2; half++) {
      String one = ir.value("insertelement <2 x float> poison, float " + four.get(2 * half).value() + ", i64 0");
      String two = ir.value("insertelement <2 x float> " + one + ", float " + four.get(2 * half + 1).value() + ", i64 1");
      String pointer = ir.value("getelementptr inbounds float, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + ir.plus(place, half * 8L * pitch));
      ir.effect("store <2 x float> " + two + ", ptr addrspace(3) " + pointer + ", align 8");
    }
  }
}
