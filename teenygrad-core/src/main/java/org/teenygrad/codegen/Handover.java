package org.teenygrad.codegen;

/// How one thread hands tiles in shared memory to warps, slot by slot, and gets the slots back: two counters for each slot, which hardware
/// changes and waits for (PTX ISA, "mbarrier").
///
/// Whoever goes through the slots in turn waits for phase 0 of each, then for phase 1, and so on.
///
/// @param base the byte in shared memory where the counters start, after the tiles
/// @param warps that read each tile
record Handover(Ir ir, int slots, long base, int warps) {
  private static final int COUNTER_BYTES = 8;

  /// Shared memory for all counters.
  static long bytes(int slots) {
    return 2L * COUNTER_BYTES * slots;
  }

  /// Where somebody is on the way through the slots.
  record Turn(Ir.Carried slot, Ir.Carried phase) {
    static Turn first() {
      return new Turn(new Ir.Carried("i64", "0"), new Ir.Carried("i32", "0"));
    }
  }

  /// Makes the counters, by one thread; all threads meet behind.
  void prepare(String thread) {
    ir.branch(ir.value("icmp eq i64 " + thread + ", 0"), () -> {
      for (int slot = 0; slot < slots; slot++) {
        effect("mbarrier.init.shared::cta.b64 [$0], 1;", "r", "i32 " + filled(Integer.toString(slot)));
        effect("mbarrier.init.shared::cta.b64 [$0], " + warps + ";", "r", "i32 " + free(Integer.toString(slot)));
      }
      effect("fence.mbarrier_init.release.cluster;", "", "");
    }, () -> {});
    Team.barrier(ir);
  }

  /// The counter of bytes that are still to come to a slot.
  String filled(String slot) {
    return counter(slot, 0);
  }

  /// The counter of warps that still read a slot.
  private String free(String slot) {
    return counter(slot, slots);
  }

  private String counter(String slot, int after) {
    String place = ir.value("add i64 " + ir.value("mul i64 " + slot + ", " + COUNTER_BYTES) + ", " + (base + (long) after * COUNTER_BYTES));
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + place);
    return ir.value("ptrtoint ptr addrspace(3) " + pointer + " to i32");
  }

  /// Waits until all warps are done with a slot, and says how many bytes will come. The first time a slot is free.
  void claim(Turn turn, long bytes) {
    await(free(turn.slot.value()), ir.value("xor i32 " + turn.phase.value() + ", 1"));
    effect("mbarrier.arrive.expect_tx.shared::cta.b64 _, [$0], $1;", "r,r", "i32 " + filled(turn.slot.value()) + ", i32 " + bytes);
  }

  /// Waits until a slot's tiles are there.
  void awaitTiles(Turn turn) {
    await(filled(turn.slot.value()), turn.phase.value());
  }

  /// Gives a slot back, by a lane of each warp.
  void release(Turn turn) {
    String first = ir.value("icmp eq i64 " + WarpMatrix.lane(ir) + ", 0");
    ir.branch(first, () -> effect("mbarrier.arrive.shared::cta.b64 _, [$0];", "r", "i32 " + free(turn.slot.value())), () -> {});
  }

  /// The next slot.
  Turn after(Turn turn) {
    String next = ir.plus(turn.slot.value(), 1);
    String around = ir.value("icmp eq i64 " + next + ", " + slots);
    String phase = ir.value("xor i32 " + turn.phase.value() + ", " + ir.value("zext i1 " + around + " to i32"));
    return new Turn(new Ir.Carried("i64", ir.value("select i1 " + around + ", i64 0, i64 " + next)), new Ir.Carried("i32", phase));
  }

  private void await(String counter, String phase) {
    effect("{ .reg .pred p; waiting${:uid}: mbarrier.try_wait.parity.shared::cta.b64 p, [$0], $1; @p bra done${:uid}; bra waiting${:uid}; done${:uid}: }",
        "r,r", "i32 " + counter + ", i32 " + phase);
  }

  private void effect(String text, String constraints, String operands) {
    ir.effect("call void asm sideeffect \"" + text + "\", \"" + (constraints.isEmpty() ? "" : constraints + ",") + "~{memory}\"(" + operands + ")");
  }
}
