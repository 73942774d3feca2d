package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;

/// Products by AVX-512's `vdpbf16ps`, which adds the products of 16 pairs to 16 sums of float32 in vector registers.
///
/// Of a pair the odd product is added first, then the even one, each addition rounded to nearest even, numbers below 2^-126 being taken for 0
/// (Intel, "Software Developer's Manual" vol. 2, VDPBF16PS).
///
/// @param height rows of a stripe of the left factor: a tile has one
/// @param blocks of the inner loop
record DotProducts(Ir ir, int height, long blocks) implements PairProducts {
  private static final int LANES = PairPanels.PAIRS;
  private static final String SUMS = Ir.vector("float", LANES);
  private static final String PAIRS = Ir.vector("bfloat", 2 * LANES);

  @Override
  public void begin() {
    ir.declare("declare " + SUMS + " @llvm.x86.avx512bf16.dpbf16ps.512(" + SUMS + ", " + PAIRS + ", " + PAIRS + ")");
  }

  @Override
  public void multiply(String left, int down, String right, int across, String sums) {
    List<Ir.Carried> zeros = Ir.times(height * across, i -> new Ir.Carried(SUMS, Instructions.neutral(OpCode.ADD, DType.FLOAT32, LANES)));
    List<Ir.Carried> results = ir.loop("0", Long.toString(blocks), 1, zeros, (block, before) ->
        ir.loop("0", Integer.toString(PairPanels.PAIRS), 1, before, (pair, carried) -> {
          String columns = ir.value("add i64 " + ir.value("mul i64 " + block + ", " + PairPanels.PAIRS * 64L) + ", " + ir.value("mul i64 " + pair + ", 64"));
          List<String> vectors = Ir.times(across, j -> ir.value("load " + PAIRS + ", ptr "
              + ir.pointer(ir.pointer(right, Long.toString(j * blocks * PairPanels.PAIRS * 64)), columns) + ", align 64"));
          String rows = ir.value("add i64 " + ir.value("mul i64 " + block + ", " + height * 64L) + ", " + ir.value("mul i64 " + pair + ", 4"));
          String first = ir.pointer(left, rows);
          List<Ir.Carried> next = new ArrayList<>();
          for (int i = 0; i < height; i++) {
            String both = repeated(ir.pointer(first, Long.toString(i * 64L)));
            for (int j = 0; j < across; j++) {
              String sum = carried.get(i * across + j).value();
              next.add(new Ir.Carried(SUMS, ir.value("call " + SUMS + " @llvm.x86.avx512bf16.dpbf16ps.512(" + SUMS + " " + sum + ", " + PAIRS + " " + both + ", " + PAIRS + " " + vectors.get(j) + ")")));
            }
          }
          return next;
        }));
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < across; j++) {
        ir.effect("store " + SUMS + " " + results.get(i * across + j).value() + ", ptr " + ir.pointer(sums, Long.toString(i * 128L + j * 64L)) + ", align 64");
      }
    }
  }

  private String repeated(String pointer) {
    String words = Ir.vector("i32", LANES);
    String one = ir.value("insertelement " + words + " poison, i32 " + ir.value("load i32, ptr " + pointer + ", align 4") + ", i64 0");
    String all = ir.value("shufflevector " + words + " " + one + ", " + words + " poison, " + words + " zeroinitializer");
    return ir.value("bitcast " + words + " " + all + " to " + PAIRS);
  }

  @Override
  public void end() {
    // Vector registers are the caller's to use again.
  }
}
