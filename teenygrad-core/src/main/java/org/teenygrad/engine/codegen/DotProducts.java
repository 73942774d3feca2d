package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;

/// Products by AVX-512's `vdpbf16ps`, which adds the products of 16 pairs to 16 sums of float32 in vector registers.
///
/// Of a pair the odd product is added first, then the even one, each addition rounded to nearest even, numbers below 2^-126 being
/// taken for 0 (Intel, "Software Developer's Manual" vol. 2, VDPBF16PS).
///
/// @param left the left factor, of whose stripes a tile has one, right the other one
/// @param width of a row of sums in memory, in bytes
record DotProducts(Ir ir, PairPanels left, PairPanels right, long width) implements PairProducts {
  private static final int LANES = PairPanels.PAIRS;
  private static final String SUMS = Ir.vector("float", LANES);
  private static final String PAIRS = Ir.vector("bfloat", 2 * LANES);

  @Override
  public void begin() {
    ir.declare("declare " + SUMS + " @llvm.x86.avx512bf16.dpbf16ps.512(" + SUMS + ", " + PAIRS + ", " + PAIRS + ")");
  }

  @Override
  public void multiply(Stripes left, int rows, String right, int across, String first, String end, String sums, @Nullable String isFirst) {
    List<Ir.Carried> zeros = Ir.times(rows * across, i -> new Ir.Carried(SUMS, Instructions.neutral(OpCode.ADD, DType.FLOAT32, LANES)));
    List<String> places = Ir.times(rows * across, i -> ir.pointer(sums, Long.toString(i / across * width + i % across * PairPanels.LINE)));
    List<Ir.Carried> start = isFirst == null ? zeros : ir.choose(isFirst, () -> zeros,
        () -> places.stream().map(place -> new Ir.Carried(SUMS, ir.value("load " + SUMS + ", ptr " + place + ", align 64"))).toList());
    List<Ir.Carried> results = ir.loop(first, end, 1, start, (block, before) -> {
      String leftBlock = ir.pointer(left.first(), ir.value("mul i64 " + block + ", " + left.blockBytes()));
      String rightBlock = ir.pointer(right, ir.value("mul i64 " + block + ", " + this.right.blockBytes()));
      return ir.loop("0", Integer.toString(PairPanels.PAIRS), 1, before, (pair, carried) -> products(
          ir.pointer(leftBlock, ir.value("mul i64 " + pair + ", " + this.left.pairBytes())), left.rowBytes(), rows,
          ir.pointer(rightBlock, ir.value("mul i64 " + pair + ", " + this.right.pairBytes())), across, carried));
    });
    for (int i = 0; i < places.size(); i++) {
      ir.effect("store " + SUMS + " " + results.get(i).value() + ", ptr " + places.get(i) + ", align 64");
    }
  }

  /// Those of a pair of each row and column, added to the sums before.
  private List<Ir.Carried> products(String left, long rowBytes, int rows, String right, int across, List<Ir.Carried> sums) {
    List<String> vectors = Ir.times(across, j -> ir.value("load " + PAIRS + ", ptr " + ir.pointer(right, Long.toString(j * this.right.stripeBytes())) + ", align 64"));
    List<Ir.Carried> next = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      String both = repeated(ir.pointer(left, Long.toString(i * rowBytes)));
      for (int j = 0; j < across; j++) {
        String sum = sums.get(i * across + j).value();
        next.add(new Ir.Carried(SUMS, ir.value("call " + SUMS + " @llvm.x86.avx512bf16.dpbf16ps.512(" + SUMS + " " + sum + ", " + PAIRS + " " + both + ", " + PAIRS + " " + vectors.get(j) + ")")));
      }
    }
    return next;
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
