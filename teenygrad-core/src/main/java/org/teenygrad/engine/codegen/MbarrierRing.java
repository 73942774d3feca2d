package org.teenygrad.engine.codegen;

/// A ring of slots in shared memory, each with two mbarriers (PTX ISA, "mbarrier"): a producer thread fills a slot with tiles, consumer
/// warps read them and release the slot.
///
/// Producer and consumers go around the ring and wait for phase 0 of each slot's mbarrier, the next time for phase 1, then for 0 again.
///
/// The blocks of a cluster that fetch tiles for one another fill a slot when all of them have released it.
///
/// @param base the byte in shared memory where the mbarriers start, after the tiles
/// @param warps of a block that read each tile
/// @param blocks of a cluster, or 1
record MbarrierRing(Ir ir, int slots, long base, int warps, int blocks) {
  private static final int MBARRIER_BYTES = 8;

  /// Shared memory for all mbarriers.
  static long bytes(int slots) {
    return 2L * MBARRIER_BYTES * slots;
  }

  /// Where the producer or a consumer is on its way around the ring.
  record Turn(Ir.Carried slot, Ir.Carried phase) {
    static Turn first() {
      return new Turn(new Ir.Carried("i64", "0"), new Ir.Carried("i32", "0"));
    }
  }

  /// Initializes the mbarriers, by one thread; all threads of the cluster wait for that.
  void prepare(String thread) {
    ir.branch(ir.value("icmp eq i64 " + thread + ", 0"), () -> {
      for (int slot = 0; slot < slots; slot++) {
        effect("mbarrier.init.shared::cta.b64 [$0], 1;", "r", "i32 " + filled(Integer.toString(slot)));
        effect("mbarrier.init.shared::cta.b64 [$0], " + warps * blocks + ";", "r", "i32 " + free(Integer.toString(slot)));
      }
      effect("fence.mbarrier_init.release.cluster;", "", "");
    }, () -> {});
    if (blocks > 1) {
      ir.gpu().clusterBarrier();
    } else {
      Threads.barrier(ir);
    }
  }

  /// Waits until no block looks at this one's mbarriers any more, by all threads, before they end.
  void end() {
    if (blocks > 1) {
      ir.gpu().clusterBarrier();
    }
  }

  /// The mbarrier that completes when all bytes of a slot have arrived.
  String filled(String slot) {
    return counter(slot, 0);
  }

  /// The mbarrier that completes when all warps of all blocks have released a slot.
  private String free(String slot) {
    return counter(slot, slots);
  }

  private String counter(String slot, int after) {
    String place = ir.value("add i64 " + ir.value("mul i64 " + slot + ", " + MBARRIER_BYTES) + ", " + (base + (long) after * MBARRIER_BYTES));
    String pointer = ir.value("getelementptr inbounds i8, ptr addrspace(3) " + SharedTile.MEMORY + ", i64 " + place);
    return ir.value("ptrtoint ptr addrspace(3) " + pointer + " to i32");
  }

  /// Waits until all warps of all blocks have released a slot, and announces how many bytes will arrive. The first time a slot is free.
  void claim(Turn turn, long bytes) {
    await(free(turn.slot.value()), ir.value("xor i32 " + turn.phase.value() + ", 1"));
    effect("mbarrier.arrive.expect_tx.shared::cta.b64 _, [$0], $1;", "r,r", "i32 " + filled(turn.slot.value()) + ", i32 " + bytes);
  }

  /// Waits until a slot's tiles have arrived.
  void awaitTiles(Turn turn) {
    await(filled(turn.slot.value()), turn.phase.value());
  }

  /// Waits until all warps have released a slot, by who fills it otherwise than with copies that are counted.
  void awaitReleased(Turn turn) {
    await(free(turn.slot.value()), turn.phase.value());
  }

  /// Says that a slot is filled, or free, without copies that are counted.
  void signal(Turn turn) {
    effect("mbarrier.arrive.shared::cta.b64 _, [$0];", "r", "i32 " + filled(turn.slot.value()));
  }

  /// Releases a slot, by one lane of each warp for each block that fills it.
  void release(Turn turn) {
    String lane = Threads.lane(ir);
    ir.branch(ir.value("icmp ult i64 " + lane + ", " + blocks), () -> {
      String free = free(turn.slot.value());
      if (blocks == 1) {
        effect("mbarrier.arrive.shared::cta.b64 _, [$0];", "r", "i32 " + free);
      } else {
        String block = ir.value("trunc i64 " + lane + " to i32");
        effect("{ .reg .b32 there; mapa.shared::cluster.u32 there, $0, $1; mbarrier.arrive.shared::cluster.b64 _, [there]; }", "r,r", "i32 " + free + ", i32 " + block);
      }
    }, () -> {});
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
