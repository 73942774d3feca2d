package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.runtime.Program;

/// Sums of tiles that blocks give to blocks behind them, through memory that all programs of a GPU use in turn: numbers that say
/// whose sums are there, which are 0 before and after each launch, then the sums as the threads have them, four side by side.
///
/// @param memory the pointer to it
/// @param tile whose threads have the sums
/// @param blocks of a list of buffers
record PartialSums(Ir ir, String memory, BlockTile tile, int blocks) {
  private static final int LANES = 4;

  static long bytes(BlockTile tile, long blocks) {
    if (blocks * Integer.BYTES > Program.EXCHANGE_FLAG_BYTES) {
      throw new IllegalArgumentException(blocks + " blocks exchange sums; there is room for " + Program.EXCHANGE_FLAG_BYTES / Integer.BYTES);
    }
    return Program.EXCHANGE_FLAG_BYTES + blocks * bytes(tile);
  }

  private static long bytes(BlockTile tile) {
    return (long) tile.rows() * tile.columns() * Float.BYTES;
  }

  /// Gives this block's sums away.
  void put(List<Ir.Carried> sums) {
    String place = place(Threads.block(ir));
    for (int i = 0; i < sums.size(); i += LANES) {
      String vector = "poison";
      for (int lane = 0; lane < LANES; lane++) {
        vector = ir.value("insertelement <4 x float> " + vector + ", float " + sums.get(i + lane).value() + ", i64 " + lane);
      }
      ir.effect("store <4 x float> " + vector + ", ptr addrspace(1) " + further(place, i) + ", align 16");
    }
    String flag = flag(Threads.block(ir));
    once(() -> ir.effect("call void asm sideeffect \"st.release.gpu.global.b32 [$0], $1;\", \"l,r,~{memory}\"(ptr addrspace(1) " + flag + ", i32 1)"));
  }

  /// Sums and those that a block gave away, which are waited for.
  List<Ir.Carried> added(String block, List<Ir.Carried> sums) {
    String flag = flag(block);
    ir.effect("call void asm sideeffect \"{ .reg .pred p; .reg .b32 v; waiting${:uid}: ld.acquire.gpu.global.b32 v, [$0]; setp.ne.b32 p, v, $1; @p bra waiting${:uid}; }\", "
        + "\"l,r,~{memory}\"(ptr addrspace(1) " + flag + ", i32 1)");
    String place = place(block);
    List<Ir.Carried> all = new ArrayList<>();
    for (int i = 0; i < sums.size(); i += LANES) {
      String vector = ir.value("load <4 x float>, ptr addrspace(1) " + further(place, i) + ", align 16");
      for (int lane = 0; lane < LANES; lane++) {
        String one = ir.value("extractelement <4 x float> " + vector + ", i64 " + lane);
        all.add(new Ir.Carried("float", ir.value("fadd float " + one + ", " + sums.get(i + lane).value())));
      }
    }
    once(() -> ir.effect("store i32 0, ptr addrspace(1) " + flag + ", align 4"));
    return all;
  }

  /// Writes a body for one thread, when all have come here.
  private void once(Runnable body) {
    Threads.barrier(ir, tile.threads());
    ir.branch(ir.value("icmp eq i64 " + Threads.thread(ir) + ", 0"), body, () -> {});
  }

  private String number(String block) {
    return ir.value("add i64 " + ir.value("mul i64 " + Threads.row(ir) + ", " + blocks) + ", " + block);
  }

  private String flag(String block) {
    return ir.value("getelementptr inbounds i8, ptr addrspace(1) " + memory + ", i64 " + ir.value("mul i64 " + number(block) + ", " + Integer.BYTES));
  }

  /// Of a thread's first sums.
  private String place(String block) {
    String bytes = ir.value("add i64 " + ir.value("mul i64 " + number(block) + ", " + bytes(tile)) + ", " + ir.value("mul i64 " + Threads.thread(ir) + ", " + LANES * Float.BYTES));
    return ir.value("getelementptr inbounds i8, ptr addrspace(1) " + memory + ", i64 " + ir.plus(bytes, Program.EXCHANGE_FLAG_BYTES));
  }

  private String further(String place, int sums) {
    return sums == 0 ? place : ir.value("getelementptr inbounds i8, ptr addrspace(1) " + place + ", i64 " + (long) sums * tile.threads() * Float.BYTES);
  }
}
