package org.teenygrad.engine.ir;

/// Threefry-2x32 with 20 rounds: a counter-based random generator (Salmon, Moraes, Dror and Shaw,
/// "Parallel random numbers: as easy as 1, 2, 3", 2011). Every counter gives 64 independent bits.
public final class Threefry {
  /// How far the second word rotates in each round; repeats after eight.
  private static final int[] ROTATIONS = {13, 15, 26, 6, 17, 29, 16, 24};

  /// Skein's key-schedule parity for 32-bit words.
  private static final int PARITY = 0x1BD11BDA;

  private static final int ROUNDS = 20;

  private Threefry() {}

  /// The random bits of one counter under one key; of each `long` the low word is the first.
  public static long block(long counter, long key) {
    int[] keys = {(int) key, (int) (key >>> 32), PARITY ^ (int) key ^ (int) (key >>> 32)};
    int x0 = (int) counter + keys[0];
    int x1 = (int) (counter >>> 32) + keys[1];
    for (int round = 0; round < ROUNDS; round++) {
      x0 += x1;
      x1 = Integer.rotateLeft(x1, ROTATIONS[round % 8]) ^ x0;
      if (round % 4 == 3) {
        int injection = round / 4 + 1;
        x0 += keys[injection % 3];
        x1 += keys[(injection + 1) % 3] + injection;
      }
    }
    return Integer.toUnsignedLong(x0) | (long) x1 << 32;
  }
}
