package org.teenygrad.nanochat.tasks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// NumPy's `default_rng`, with which `datasets.shuffle(seed)` orders a data set, so that a task's examples are numbered as
/// nanochat's: PCG64 (O'Neill 2014), a 128-bit congruential generator with output XSL-RR, seeded by NumPy's `SeedSequence`.
///
/// ```java
/// new NumpyRandom(42).permutation(3);   // np.random.default_rng(42).permutation(3)
/// ```
public final class NumpyRandom {
  private static final int POOL = 4;
  private static final long MULTIPLIER_HIGH = 0x2360ED051FC65DA4L;
  private static final long MULTIPLIER_LOW = 0x4385DF649FCCF645L;

  private long high;
  private long low;
  private final long incrementHigh;
  private final long incrementLow;

  /// The upper half of a word whose lower half has been used; -1 if there is none.
  private long spare = -1;

  /// @throws IllegalArgumentException if the seed is negative
  public NumpyRandom(long seed) {
    if (seed < 0) {
      throw new IllegalArgumentException("NumPy's seeds are not negative, but this is " + seed);
    }
    long[] words = words(pool(seed));
    incrementHigh = words[2] << 1 | words[3] >>> 63;
    incrementLow = words[3] << 1 | 1;
    step();
    add(words[0], words[1]);
    step();
  }

  /// `SeedSequence(seed).pool`: each word is hashed, then mixed with all others.
  private static int[] pool(long seed) {
    Hash hash = new Hash(0x43B0D7E5, 0x931E8875);
    int[] pool = {(int) seed, (int) (seed >>> 32), 0, 0};
    Arrays.setAll(pool, i -> hash.of(pool[i]));
    for (int from = 0; from < POOL; from++) {
      for (int to = 0; to < POOL; to++) {
        if (from != to) {
          int mixed = 0xCA01F9DD * pool[to] - 0x4973F715 * hash.of(pool[from]);
          pool[to] = mixed ^ mixed >>> 16;
        }
      }
    }
    return pool;
  }

  /// `generate_state(4, uint64)`
  private static long[] words(int... pool) {
    Hash hash = new Hash(0x8B51F9DD, 0x58F38DED);
    long[] words = new long[POOL];
    for (int i = 0; i < 2 * POOL; i++) {
      words[i / 2] |= Integer.toUnsignedLong(hash.of(pool[i % POOL])) << 32 * (i % 2);
    }
    return words;
  }

  private static final class Hash {
    private int constant;
    private final int multiplier;

    Hash(int constant, int multiplier) {
      this.constant = constant;
      this.multiplier = multiplier;
    }

    int of(int value) {
      int hashed = value ^ constant;
      constant *= multiplier;
      hashed *= constant;
      return hashed ^ hashed >>> 16;
    }
  }

  private void step() {
    long productLow = low * MULTIPLIER_LOW;
    high = Math.unsignedMultiplyHigh(low, MULTIPLIER_LOW) + high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH;
    low = productLow;
    add(incrementHigh, incrementLow);
  }

  private void add(long otherHigh, long otherLow) {
    low += otherLow;
    high += otherHigh + (Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0);
  }

  /// 32 bits: the lower half of a word, then its upper half.
  private long next32() {
    if (spare >= 0) {
      long half = spare;
      spare = -1;
      return half;
    }
    step();
    long word = Long.rotateRight(high ^ low, (int) (high >>> 58));
    spare = word >>> 32;
    return word & 0xFFFF_FFFFL;
  }

  /// A number from 0 to `last`: the first that is not larger, of as many bits as it has.
  private int upTo(int last) {
    int mask = Integer.highestOneBit(last) * 2 - 1;
    int number = (int) next32() & mask;
    while (number > last) {
      number = (int) next32() & mask;
    }
    return number;
  }

  /// `permutation(size)`: the numbers below `size` in a random order.
  public List<Integer> permutation(int size) {
    List<Integer> order = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      order.add(i);
    }
    for (int i = size - 1; i > 0; i--) {
      Collections.swap(order, i, upTo(i));
    }
    return order;
  }

  /// A list in the order of `datasets.Dataset.shuffle(seed)`.
  static <T> List<T> shuffled(List<T> list, long seed) {
    return new NumpyRandom(seed).permutation(list.size()).stream().map(list::get).toList();
  }
}
