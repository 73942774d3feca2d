package org.teenygrad.engine.codegen;

/// Where a number of a [BitonicNetwork] lies: a position has bits for the register, the lane and the warp that hold it. The lowest
/// bits are registers, as the network compares those most often, then come lanes, then the other registers, then warps.
///
/// A mask is what two positions differ by.
///
/// @param registers of a thread, a power of two
/// @param lowBits how many of a position's lowest bits are registers
record BitonicPositions(int registers, int lowBits) {
  private static final int LANE_BITS = 5;

  /// @param kept how many of the smallest numbers are wanted, a power of two: bits that tell runs of as many apart are registers as
  ///     far as possible
  static BitonicPositions of(int registers, int kept) {
    return new BitonicPositions(registers, Math.clamp(log2(kept) - LANE_BITS, 0, log2(registers)));
  }

  private static int log2(int power) {
    return Integer.numberOfTrailingZeros(power);
  }

  /// A mask's bits of registers.
  int registers(int mask) {
    int low = (1 << lowBits) - 1;
    return mask & low | mask >> LANE_BITS & registers - 1 & ~low;
  }

  int lanes(int mask) {
    return mask >> lowBits & Threads.WARP - 1;
  }

  int warps(int mask) {
    return mask >> LANE_BITS + log2(registers);
  }

  int threads(int mask) {
    return warps(mask) * Threads.WARP + lanes(mask);
  }

  /// The position of a thread's first number.
  String first(Ir ir, String thread) {
    String lane = ir.value("shl i64 " + ir.value("and i64 " + thread + ", " + (Threads.WARP - 1)) + ", " + lowBits);
    String warp = ir.value("shl i64 " + ir.value("lshr i64 " + thread + ", " + LANE_BITS) + ", " + (LANE_BITS + log2(registers)));
    return ir.value("or i64 " + lane + ", " + warp);
  }

  /// How far from there one of its numbers is.
  int ofRegister(int register) {
    int low = register & (1 << lowBits) - 1;
    return low + (register - low) * Threads.WARP;
  }
}
