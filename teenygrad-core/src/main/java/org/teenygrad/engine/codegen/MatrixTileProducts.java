package org.teenygrad.engine.codegen;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Products by AMX's tile registers: `tdpbf16ps` multiplies 16 rows of 16 pairs by 16 pairs of 16 columns and adds to 16 x 16 sums
/// of float32.
///
/// Four tiles have sums, two rows of the left factor, two columns of the right one: each that is loaded is multiplied twice. A product is
/// exact; those of even and of odd steps of a block are added up apart, then both to the sum, each addition rounded to nearest even,
/// numbers below 2^-126 being taken for 0 (Intel, "Architecture Instruction Set Extensions", TDPBF16PS).
///
/// @param right the right factor
/// @param height rows of the left factor's stripes, of which a tile has two at most
record MatrixTileProducts(Ir ir, PairPanels right, int height) implements PairProducts {
  private static final int ROW_BYTES = 64;

  /// The tile registers of a row's or column's stripe.
  private static final int LEFT = 4;

  private static final int RIGHT = 6;

  @Override
  public void begin() {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      int tile = i < 32 ? (i - 16) / 2 : i - 48;
      boolean shape = tile >= 0 && tile < 8;
      int value = i == 0 ? 1 : i >= 16 && i < 32 && i % 2 == 0 ? ROW_BYTES : i >= 48 && shape ? tile >= RIGHT ? PairPanels.PAIRS : height : 0;
      bytes.append(i == 0 ? "" : ", ").append("i8 ").append(value);
    }
    ir.declare("@tiles = private unnamed_addr constant [64 x i8] [" + bytes + "], align 64");
    ir.declare("declare void @llvm.x86.ldtilecfg(ptr)");
    ir.effect("call void @llvm.x86.ldtilecfg(ptr @tiles)");
  }

  @Override
  public void multiply(Stripes left, int rows, String right, int across, String first, String end, String sums, @Nullable String isFirst) {
    ir.declare("declare void @llvm.x86.tilezero(i8)");
    ir.declare("declare void @llvm.x86.tileloadd64(i8, ptr, i64)");
    ir.declare("declare void @llvm.x86.tdpbf16ps(i8, i8, i8)");
    ir.declare("declare void @llvm.x86.tilestored64(i8, ptr, i64)");
    int down = Math.ceilDiv(rows, height);
    Runnable zeros = () -> each(down, across, (i, j) -> ir.effect("call void @llvm.x86.tilezero(i8 " + sum(i, j) + ")"));
    if (isFirst == null) {
      zeros.run();
    } else {
      ir.branch(isFirst, zeros, () -> each(down, across, (i, j) -> loadTile(sum(i, j), place(sums, i, j), 2L * ROW_BYTES)));
    }
    Stripes columns = this.right.stripes(right);
    ir.loop(first, end, 1, List.of(), (block, none) -> {
      for (int j = 0; j < across; j++) {
        load(RIGHT + j, columns, j, block, ROW_BYTES);
      }
      for (int i = 0; i < down; i++) {
        load(LEFT + i, left, i, block, left.rowBytes());
        for (int j = 0; j < across; j++) {
          ir.effect("call void @llvm.x86.tdpbf16ps(i8 " + sum(i, j) + ", i8 " + (LEFT + i) + ", i8 " + (RIGHT + j) + ")");
        }
      }
      return none;
    });
    each(down, across, (i, j) -> ir.effect("call void @llvm.x86.tilestored64(i8 " + sum(i, j) + ", ptr " + place(sums, i, j) + ", i64 " + 2 * ROW_BYTES + ")"));
  }

  private String place(String sums, int i, int j) {
    return ir.pointer(sums, Long.toString((long) i * height * 2 * ROW_BYTES + (long) j * ROW_BYTES));
  }

  private void load(int tile, Stripes stripes, int stripe, String block, long stride) {
    String begin = ir.pointer(stripes.first(), Long.toString(stripe * stripes.stripeBytes()));
    loadTile(tile, ir.pointer(begin, ir.value("mul i64 " + block + ", " + stripes.blockBytes())), stride);
  }

  private void loadTile(int tile, String pointer, long stride) {
    ir.effect("call void @llvm.x86.tileloadd64(i8 " + tile + ", ptr " + pointer + ", i64 " + stride + ")");
  }

  private static int sum(int i, int j) {
    return 2 * i + j;
  }

  private interface Sum {
    void emit(int i, int j);
  }

  private static void each(int down, int across, Sum body) {
    for (int i = 0; i < down; i++) {
      for (int j = 0; j < across; j++) {
        body.emit(i, j);
      }
    }
  }

  @Override
  public void end() {
    ir.declare("declare void @llvm.x86.tilerelease()");
    ir.effect("call void @llvm.x86.tilerelease()");
  }
}
