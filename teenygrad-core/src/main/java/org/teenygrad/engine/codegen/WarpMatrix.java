package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;

/// `mma.sync.m16n8k16` of one warp, whose factors come from slabs in shared memory by `ldmatrix` in the layout that the instruction wants
/// (PTX ISA, "Matrix fragments for mma.m16n8k16"). Of a 16x8 part of sums, a lane holds two neighbours in a row and two in the
/// row eight below; of a factor's 16x16 part, four words of two neighbours along the inner dimension.
///
/// Float32 is rounded to TensorFloat32 and multiplied by `mma.sync.m16n8k8`: the same words, with one number each.
final class WarpMatrix {
  static final int M = 16;
  static final int N = 8;

  /// Steps along the inner dimension, of 16-bit numbers.
  static final int K = 16;

  private final Ir ir;
  private final DType element;
  private final int depth;

  /// @param element of 16 bits, or float32
  /// @param depth the inner dimension of a slab
  WarpMatrix(Ir ir, DType element, int depth) {
    this.ir = ir;
    this.element = element;
    this.depth = depth;
  }

  /// How many steps along the inner dimension one instruction takes.
  int inner() {
    return 2 * SharedTile.CHUNK / element.bytes();
  }

  /// A thread's number in its warp.
  static String lane(Ir ir) {
    return ir.value("and i64 " + Threads.thread(ir) + ", 31");
  }

  /// A warp's number in its block.
  static String warp(Ir ir) {
    return ir.value("lshr i64 " + Threads.thread(ir) + ", 5");
  }

  /// Rows `base` to `base + 15` of the left factor.
  /// @param slab the byte where it starts
  /// @param step which part of the inner dimension
  List<String> left(String slab, boolean alongInner, String base, int step) {
    if (element == DType.FLOAT32 && !alongInner) {
      return Ir.times(4, i -> rounded(word(slab, base, i % 2, step, i / 2)));
    }
    // Four 8x8 matrices: rows 0-7 and 8-15 of the first eight steps, then of the second.
    return matrices(slab, alongInner, base, third(), fourth(), step);
  }

  /// Columns `base` to `base + 15` of the right factor: two words for each eight of them.
  List<List<String>> right(String slab, boolean alongInner, String base, int step) {
    if (element == DType.FLOAT32 && !alongInner) {
      return Ir.times(2, eight -> Ir.times(2, half -> rounded(word(slab, base, eight, step, half))));
    }
    // The first eight columns' two halves of the inner dimension, then those of the next eight.
    List<String> four = matrices(slab, alongInner, base, fourth(), third(), step);
    return List.of(four.subList(0, 2), four.subList(2, 4));
  }

  private String third() {
    return ir.value("and i64 " + ir.value("lshr i64 " + lane(ir) + ", 3") + ", 1");
  }

  private String fourth() {
    return ir.value("lshr i64 " + lane(ir) + ", 4");
  }

  /// Four 8x8 matrices by one `ldmatrix`: each lane names a line of one.
  /// @param across which half of 16 rows the lane's matrix is in, inner which half of 16 steps
  private List<String> matrices(String slab, boolean alongInner, String base, String across, String inner, int step) {
    String low = ir.value("and i64 " + lane(ir) + ", 7");
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
    return element == DType.FLOAT32 ? words.stream().map(this::rounded).toList() : words;
  }

  /// A lane's number of float32 from a slab along the rows, where `ldmatrix` has nothing to offer: it transposes pairs of numbers.
  /// @param eight which half of 16 rows, half which four of eight steps
  private String word(String slab, String base, int eight, int step, int half) {
    String lane = lane(ir);
    String row = ir.value("add i64 " + ir.plus(base, eight * 8L) + ", " + ir.value("lshr i64 " + lane + ", 2"));
    String line = ir.value("and i64 " + lane + ", 3");
    String part = ir.value("and i64 " + ir.value("lshr i64 " + row + ", 2") + ", 7");
    // The step's line has the same exchange: it is a multiple of four further on.
    String exchanged = ir.value("xor i64 " + part + ", " + SharedTile.exchange(ir, element, false, line));
    String panel = ir.value("mul i64 " + ir.value("lshr i64 " + row + ", 5") + ", " + depth * SharedTile.LINE);
    String inLine = ir.value("add i64 " + ir.value("mul i64 " + exchanged + ", " + SharedTile.CHUNK) + ", " + ir.value("mul i64 " + ir.value("and i64 " + row + ", 3") + ", 4"));
    String own = ir.value("add i64 " + ir.value("add i64 " + panel + ", " + inLine) + ", " + ir.value("mul i64 " + line + ", " + SharedTile.LINE));
    String at = ir.plus(ir.value("add i64 " + slab + ", " + own), (step * 8L + half * 4L) * SharedTile.LINE);
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + at);
    return ir.value("load i32, ptr addrspace(3) " + pointer + ", align 4");
  }

  /// Float32 as TensorFloat32, rounded to nearest.
  private String rounded(String word) {
    ir.declare("declare i32 @llvm.nvvm.f2tf32.rna(float)");
    return ir.value("call i32 @llvm.nvvm.f2tf32.rna(float " + ir.value("bitcast i32 " + word + " to float") + ")");
  }

  /// A 16x8 part of sums, plus the products of a 16x16 and a 16x8 part of the factors (of float32, a 16x8 and an 8x8 part).
  List<String> multiply(List<String> left, List<String> right, List<String> sums) {
    boolean half = element == DType.FLOAT16;
    String name = element == DType.FLOAT32 ? "@llvm.nvvm.mma.m16n8k8.row.col.tf32" : "@llvm.nvvm.mma.m16n8k16.row.col." + (half ? "f32.f32" : "bf16");
    String word = half ? "<2 x half>" : "i32";
    String type = "{ float, float, float, float }";
    ir.declare("declare " + type + " " + name + "(" + (word + ", ").repeat(6) + "float, float, float, float)");
    List<String> operands = new ArrayList<>();
    for (List<String> factor : List.of(left, right)) {
      for (String operand : factor) {
        operands.add(word + " " + (half ? ir.value("bitcast i32 " + operand + " to <2 x half>") : operand));
      }
    }
    sums.forEach(sum -> operands.add("float " + sum));
    String four = ir.value("call " + type + " " + name + "(" + String.join(", ", operands) + ")");
    return Ir.times(4, i -> ir.value("extractvalue " + type + " " + four + ", " + i));
  }

  /// Writes a 16x8 part of sums to shared memory.
  /// @param pitch how many floats apart rows are
  /// @param offset how many floats there are before the first row
  static void store(Ir ir, List<String> sums, String row, String column, int pitch, int offset) {
    String lane = lane(ir);
    String down = ir.value("add i64 " + row + ", " + ir.value("lshr i64 " + lane + ", 2"));
    String across = ir.value("add i64 " + column + ", " + ir.value("mul i64 " + ir.value("and i64 " + lane + ", 3") + ", 2"));
    String place = ir.value("add i64 " + ir.value("mul i64 " + down + ", " + pitch) + ", " + across);
    for (int half = 0; half < 2; half++) {
      String one = ir.value("insertelement <2 x float> poison, float " + sums.get(2 * half) + ", i64 0");
      String two = ir.value("insertelement <2 x float> " + one + ", float " + sums.get(2 * half + 1) + ", i64 1");
      String pointer = ir.value("getelementptr inbounds float, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + ir.plus(place, offset + half * 8L * pitch));
      ir.effect("store <2 x float> " + two + ", ptr addrspace(3) " + pointer + ", align 8");
    }
  }
}
