package org.teenygrad.engine.codegen;

/// The threads of a GPU's kernel: their numbers, and where they wait for each other.
final class Threads {
  static final int WARP = 32;

  private Threads() {}

  /// The number of a thread in its block.
  static String thread(Ir ir) {
    return register(ir, "tid.x");
  }

  /// The number of a block.
  static String block(Ir ir) {
    return register(ir, "ctaid.x");
  }

  /// The number of a block's row in a grid that has several.
  static String row(Ir ir) {
    return register(ir, "ctaid.y");
  }

  /// A thread's number in its warp.
  static String lane(Ir ir) {
    return ir.value("and i64 " + thread(ir) + ", 31");
  }

  /// A warp's number in its block.
  static String warp(Ir ir) {
    return ir.value("lshr i64 " + thread(ir) + ", 5");
  }

  private static String register(Ir ir, String name) {
    ir.declare("declare i32 @llvm.nvvm.read.ptx.sreg." + name + "()");
    return ir.value("zext i32 " + ir.value("call i32 @llvm.nvvm.read.ptx.sreg." + name + "()") + " to i64");
  }

  /// Waits for the launches that this one depends on, then lets those be set up that depend on this one (PTX ISA, "griddepcontrol"): blocks are at
  /// hand when their turn comes. Where nothing was launched early this does nothing.
  static void awaitLaunchesBefore(Ir ir) {
    ir.effect("call void asm sideeffect \"griddepcontrol.wait; griddepcontrol.launch_dependents;\", \"~{memory}\"()");
  }

  /// Waits for all threads of the block, and for what they wrote to shared memory.
  static void barrier(Ir ir) {
    ir.declare("declare void @llvm.nvvm.barrier0()");
    ir.effect("call void @llvm.nvvm.barrier0()");
  }

  /// Waits for the first `count` threads of the block, all of which come here and no others, and for what they wrote to shared memory.
  static void barrier(Ir ir, int count) {
    ir.effect("call void asm sideeffect \"bar.sync 1, " + count + ";\", \"~{memory}\"()");
  }

  /// Waits for the threads of the own warp, and for what they wrote to shared memory.
  static void warpBarrier(Ir ir) {
    ir.declare("declare void @llvm.nvvm.bar.warp.sync(i32)");
    ir.effect("call void @llvm.nvvm.bar.warp.sync(i32 -1)");
  }

  /// The largest power of two up to `most` that divides `size`.
  static int divisor(int most, long size) {
    int lanes = Integer.highestOneBit(most);
    while (size % lanes != 0) {
      lanes /= 2;
    }
    return lanes;
  }
}
