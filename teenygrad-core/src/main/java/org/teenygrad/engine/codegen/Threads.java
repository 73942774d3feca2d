package org.teenygrad.engine.codegen;

/// The threads of a GPU's kernel: their numbers, and where they wait for each other.
final class Threads {
  static final int WARP = 32;

  private Threads() {}

  /// The number of a thread in its block.
  static String thread(Ir ir) {
    return ir.gpu().number(GpuDialect.Index.THREAD);
  }

  /// The number of a block.
  static String block(Ir ir) {
    return ir.gpu().number(GpuDialect.Index.BLOCK);
  }

  /// The number of a block's row in a grid that has several.
  static String row(Ir ir) {
    return ir.gpu().number(GpuDialect.Index.BLOCK_ROW);
  }

  /// A thread's number in its warp.
  static String lane(Ir ir) {
    return ir.value("and i64 " + thread(ir) + ", 31");
  }

  /// A warp's number in its block.
  static String warp(Ir ir) {
    return ir.value("lshr i64 " + thread(ir) + ", 5");
  }

  /// Waits for the launches that this one depends on: all blocks do, so that who waits for this one waits for those, too. Where
  /// nothing was launched early this does nothing.
  static void awaitLaunchesBefore(Ir ir) {
    ir.gpu().awaitLaunchesBefore();
  }

  /// Waits for all threads of the block, and for what they wrote to shared memory.
  static void barrier(Ir ir) {
    ir.gpu().barrier();
  }

  /// Waits for the first `count` threads of the block, all of which come here and no others, and for what they wrote to shared memory.
  static void barrier(Ir ir, int count) {
    ir.gpu().barrier(count);
  }

  /// Waits for the threads of the own warp, and for what they wrote to shared memory.
  static void warpBarrier(Ir ir) {
    ir.gpu().warpBarrier();
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
