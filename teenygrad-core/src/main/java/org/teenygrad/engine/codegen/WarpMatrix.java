package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;

/// `mma.sync` of one warp, a row of [MatrixUnit], whose factors come from slabs in shared memory by `ldmatrix` in the layouts that
/// the row has. Float32 is rounded to TensorFloat32 first.
final class WarpMatrix {
  private final Ir ir;
  private final MatrixUnit unit;
  private final int depth;

  /// @param unit of a warp
  /// @param depth the inner dimension of a slab
  WarpMatrix(Ir ir, MatrixUnit unit, int depth) {
    this.ir = ir;
    this.unit = unit;
    this.depth = depth;
  }

  /// Rows `base` to `base + 15` of the left factor.
  /// @param slab the byte where it starts
  /// @param step which part of the inner dimension
  List<String> left(String slab, boolean alongInner, String base, int step) {
    if (!alongInner && unit.packed() == 1) {
      return Ir.times(4, i -> rounded(word(slab, base, i % 2, step, i / 2)));
    }
    // Four 8x8 matrices: rows 0-7 and 8-15 of the first eight steps, then of the second.
    return matrices(slab, alongInner, base, third(), fourth(), step);
  }

  /// Columns `base` to `base + 15` of the right factor: two words for each eight of them.
  List<List<String>> right(String slab, boolean alongInner, String base, int step) {
    if (!alongInner && unit.packed() == 1) {
      return Ir.times(2, eight -> Ir.times(2, half -> rounded(word(slab, base, eight, step, half))));
    }
    // The first eight columns' two halves of the inner dimension, then those of the next eight.
    List<String> four = matrices(slab, alongInner, base, fourth(), third(), step);
    return List.of(four.subList(0, 2), four.subList(2, 4));
  }

  private String third() {
    return ir.value("and i64 " + ir.value("lshr i64 " + Threads.lane(ir) + ", 3") + ", 1");
  }

  private String fourth() {
    return ir.value("lshr i64 " + Threads.lane(ir) + ", 4");
  }

  /// Four 8x8 matrices by one `ldmatrix`: each lane names a line of one.
  /// @param across which half of 16 rows the lane's matrix is in, inner which half of 16 steps
  private List<String> matrices(String slab, boolean alongInner, String base, String across, String inner, int step) {
    String low = ir.value("and i64 " + Threads.lane(ir) + ", 7");
    String eight = ir.value("mul i64 " + across + ", 8");
    String line;
    String part;
    String panel = "0";
    if (alongInner) {
      line = ir.value("add i64 " + ir.value("add i64 " + base + ", " + eight) + ", " + low);
      part = ir.plus(inner, step * 2L);
    } else {
      line = ir.plus(ir.value("add i64 " + ir.value("mul i64 " + inner + ", 8") + ", " + low), (long) step * unit.depth);
      String whole = ir.value("lshr i64 " + ir.value("add i64 " + base + ", " + eight) + ", 3");
      part = ir.value("and i64 " + whole + ", 7");
      panel = ir.value("mul i64 " + ir.value("lshr i64 " + whole + ", 3") + ", " + depth * SharedTile.LINE);
    }
    String exchanged = ir.value("xor i64 " + part + ", " + ir.value("and i64 " + line + ", 7"));
    String inPanel = ir.value("add i64 " + ir.value("mul i64 " + line + ", " + SharedTile.LINE) + ", " + ir.value("mul i64 " + exchanged + ", " + SharedTile.CHUNK));
    String at = ir.value("add i64 " + slab + ", " + (panel.equals("0") ? inPanel : ir.value("add i64 " + inPanel + ", " + panel)));
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + at);
    String name = "@llvm.nvvm.ldmatrix.sync.aligned.m8n8.x4" + (alongInner ? "" : ".trans") + ".b16.p3";
    String type = "{ i32, i32, i32, i32 }";
    ir.declare("declare " + type + " " + name + "(ptr addrspace(3))");
    String four = ir.value("call " + type + " " + name + "(ptr addrspace(3) " + pointer + ")");
    List<String> words = Ir.times(4, i -> ir.value("extractvalue " + type + " " + four + ", " + i));
    return unit == MatrixUnit.MMA_TF32 ? words.stream().map(this::rounded).toList() : words;
  }

  /// A lane's number of float32 from a slab along the rows, where `ldmatrix` has nothing to offer: it transposes pairs of numbers.
  /// @param eight which half of 16 rows, half which four of eight steps
  private String word(String slab, String base, int eight, int step, int half) {
    String lane = Threads.lane(ir);
    String row = ir.value("add i64 " + ir.plus(base, eight * 8L) + ", " + unit.left().row(ir, lane));
    String line = unit.left().column(ir, lane);
    String part = ir.value("and i64 " + ir.value("lshr i64 " + row + ", 2") + ", 7");
    // The step's line has the same exchange: it is a multiple of four further on.
    String exchanged = ir.value("xor i64 " + part + ", " + SharedTile.exchange(ir, unit.leftType, false, line));
    String panel = ir.value("mul i64 " + ir.value("lshr i64 " + row + ", 5") + ", " + depth * SharedTile.LINE);
    String inLine = ir.value("add i64 " + ir.value("mul i64 " + exchanged + ", " + SharedTile.CHUNK) + ", " + ir.value("mul i64 " + ir.value("and i64 " + row + ", 3") + ", 4"));
    String own = ir.value("add i64 " + ir.value("add i64 " + panel + ", " + inLine) + ", " + ir.value("mul i64 " + line + ", " + SharedTile.LINE));
    String at = ir.plus(ir.value("add i64 " + slab + ", " + own), (step * 8L + half * 4L) * SharedTile.LINE);
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + at);
    return ir.value("load i32, ptr addrspace(3) " + pointer + ", align 4");
  }

  /// Float32 as TensorFloat32, rounded to nearest.
  private String rounded(String word) {
    return ir.gpu().tensorFloat32(word);
  }

  /// A 16x8 part of sums, plus the products of sixteen rows and eight columns of the factors.
  List<String> multiply(List<String> left, List<String> right, List<String> sums) {
    String type = "{ float, float, float, float }";
    List<String> operands = new ArrayList<>();
    for (List<String> factor : List.of(left, right)) {
      for (String operand : factor) {
        operands.add(unit.register + " " + (unit.register.equals("i32") ? operand : ir.value("bitcast i32 " + operand + " to " + unit.register)));
      }
    }
    sums.forEach(sum -> operands.add("float " + sum));
    String four = ir.value("call " + type + " " + function(left.size(), right.size()) + "(" + String.join(", ", operands) + ")");
    return Ir.times(4, i -> ir.value("extractvalue " + type + " " + four + ", " + i));
  }

  /// What is called with the words of both factors and the sums.
  private String function(int left, int right) {
    if (unit.instruction.startsWith("@")) {
      ir.declare("declare { float, float, float, float } " + unit.instruction + "(" + (unit.register + ", ").repeat(left + right) + "float, float, float, float)");
      return unit.instruction;
    }
    return "asm sideeffect \"" + unit.instruction + " " + registers(0, 4) + ", " + registers(4, left) + ", " + registers(4 + left, right) + ", " + registers(4 + left + right, 4) + ";\", \""
        + "=f,".repeat(4) + "r,".repeat(left + right) + "f,f,f,f\"";
  }

  private static String registers(int first, int count) {
    return "{" + String.join(", ", Ir.times(count, i -> "$" + (first + i))) + "}";
  }

  /// Writes a 16x8 part of sums to shared memory.
  /// @param pitch how many floats apart rows are
  /// @param offset how many floats there are before the first row
  static void store(Ir ir, List<String> sums, String row, String column, int pitch, int offset) {
    String lane = Threads.lane(ir);
    String down = ir.value("add i64 " + row + ", " + MatrixUnit.SUMS.row(ir, lane));
    String across = ir.value("add i64 " + column + ", " + MatrixUnit.SUMS.column(ir, lane));
    String place = ir.value("add i64 " + ir.value("mul i64 " + down + ", " + pitch) + ", " + across);
    for (int half = 0; half < 2; half++) {
      String one = ir.value("insertelement <2 x float> poison, float " + sums.get(2 * half) + ", i64 0");
      String two = ir.value("insertelement <2 x float> " + one + ", float " + sums.get(2 * half + 1) + ", i64 1");
      String pointer = ir.value("getelementptr inbounds float, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + ir.plus(place, offset + half * 8L * pitch));
      ir.effect("store <2 x float> " + two + ", ptr addrspace(3) " + pointer + ", align 8");
    }
  }
}
