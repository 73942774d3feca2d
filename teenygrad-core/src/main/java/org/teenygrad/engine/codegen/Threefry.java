package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// Threefry-2x32 with 20 rounds, a counter-based random number generator: J. K. Salmon, M. A. Moraes, R. O. Dror and
/// D. E. Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3* (SC 2011). Adds, rotations and exclusive ors of 32-bit
/// words.
final class Threefry {
  private Threefry() {}

  private static final int ROUNDS = 20;
  private static final int[] ROTATIONS = {13, 15, 26, 6, 17, 29, 16, 24};
  /// The parity constant of Threefish's key schedule, for 32-bit words.
  private static final long KEY_PARITY = 0x1BD11BDA;

  /// @param counter an int64 of two words, low word first
  /// @param key an int64 of two words, low word first
  /// @return an int64 of two random words, low word first
  static OpNode threefry(OpNode counter, OpNode key) {
    OpNode low = lowWord(key);
    OpNode high = highWord(key);
    OpNode[] keys = {low, high, xor(xor(low, high), constant(low, KEY_PARITY))};
    OpNode x = add(lowWord(counter), keys[0]);
    OpNode y = add(highWord(counter), keys[1]);
    for (int round = 0; round < ROUNDS; round++) {
      x = add(x, y);
      y = xor(rotateLeft(y, ROTATIONS[round % ROTATIONS.length]), x);
      if (round % 4 == 3) {
        int injection = round / 4 + 1;
        x = add(x, keys[injection % 3]);
        y = add(add(y, keys[(injection + 1) % 3]), injection);
      }
    }
    return or(shiftLeft(cast(y, DType.INT64), 32), and(cast(x, DType.INT64), 0xFFFFFFFFL));
  }

  private static OpNode lowWord(OpNode x) {
    return cast(x, DType.INT32);
  }

  private static OpNode highWord(OpNode x) {
    return cast(shiftRight(x, 32), DType.INT32);
  }

  /// The right shift drags the sign along; the mask takes it away.
  private static OpNode rotateLeft(OpNode x, int count) {
    return or(shiftLeft(x, count), and(shiftRight(x, 32 - count), (1L << count) - 1));
  }
}
