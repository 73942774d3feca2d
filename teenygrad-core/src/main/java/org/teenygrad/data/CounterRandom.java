package org.teenygrad.data;

/// Random numbers that are a pure function of a seed and a counter, the same on every machine.
///
/// The n-th 64-bit word is Threefry-2x32 with 20 rounds (Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, 2011)
/// of the counter n under the seed as key. Every method that draws uses exactly one word, so that the whole state is
/// [#state()]: save it, and [#of(State)] goes on where this one stopped. Not safe for use by several threads.
public final class CounterRandom {

  private static final int[] ROTATIONS = {13, 15, 26, 6, 17, 29, 16, 24};
  private static final int KEY_PARITY = 0x1BD11BDA;

  private final long seed;
  private long counter;

  /// Where a generator stands.
  /// @param counter the number of words drawn so far
  public record State(long seed, long counter) {}

  private CounterRandom(State state) {
    this.seed = state.seed();
    this.counter = state.counter();
  }

  public static CounterRandom of(long seed) {
    return of(new State(seed, 0));
  }

  public static CounterRandom of(State state) {
    return new CounterRandom(state);
  }

  public State state() {
    return new State(seed, counter);
  }

  /// 64 random bits.
  public long nextLong() {
    return threefry(counter++, seed);
  }

  /// A number in `[0, bound)`. The bias is below `bound / 2^64`.
  public int nextInt(int bound) {
    return (int) nextLong((long) bound);
  }

  /// A number in `[0, bound)`. The bias is below `bound / 2^64`.
  /// @throws IllegalArgumentException if the bound is below 1
  public long nextLong(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("a random number below " + bound + ": the bound must be positive");
    }
    return Math.unsignedMultiplyHigh(nextLong(), bound);
  }

  /// A number in `[0, 1)`, one of 2^53.
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /// Threefry-2x32-20 of a counter under a key, each with its first word in the low half.
  static long threefry(long counter, long key) {
    int key0 = (int) key;
    int key1 = (int) (key >>> 32);
    int[] keys = {key0, key1, KEY_PARITY ^ key0 ^ key1};
    int x0 = (int) counter + key0;
    int x1 = (int) (counter >>> 32) + key1;
    for (int round = 0; round < 20; round++) {
      x0 += x1;
      x1 = Integer.rotateLeft(x1, ROTATIONS[round & 7]) ^ x0;
      if ((round & 3) == 3) {
        int injection = (round >> 2) + 1;
        x0 += keys[injection % 3];
        x1 += keys[(injection + 1) % 3] + injection;
      }
    }
    return Integer.toUnsignedLong(x0) | (long) x1 << 32;
  }
}
