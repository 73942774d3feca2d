package org.teenygrad.nanochat.tasks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Python's `random.Random`, number by number, so that the order of a task's examples is the one that nanochat evaluates in: the Mersenne
/// Twister MT19937 (Matsumoto and Nishimura 1998), seeded by an integer.
///
/// ```java
/// new PythonRandom(1234).sample(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 3);   // random.Random(1234).sample(range(10), 3)
/// ```
public final class PythonRandom {
  private static final int SIZE = 624;
  private static final int SHIFT = 397;

  private final int[] state = new int[SIZE];
  private int used = SIZE;

  /// @param seed Python takes its absolute value
  public PythonRandom(long seed) {
    long size = Math.abs(seed);
    int[] key = size >>> 32 == 0 ? new int[] {(int) size} : new int[] {(int) size, (int) (size >>> 32)};
    state[0] = 19_650_218;
    for (int i = 1; i < SIZE; i++) {
      state[i] = 1_812_433_253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
    int at = 1;
    for (int i = 0; i < SIZE; i++) {
      state[at] = (state[at] ^ (state[at - 1] ^ state[at - 1] >>> 30) * 1_664_525) + key[i % key.length] + i % key.length;
      at = after(at);
    }
    for (int i = 1; i < SIZE; i++) {
      state[at] = (state[at] ^ (state[at - 1] ^ state[at - 1] >>> 30) * 1_566_083_941) - at;
      at = after(at);
    }
    state[0] = Integer.MIN_VALUE;
  }

  private int after(int at) {
    if (at + 1 < SIZE) {
      return at + 1;
    }
    state[0] = state[SIZE - 1];
    return 1;
  }

  /// `getrandbits(bits)` for 1 to 32 bits, the first bit being the sign of the result where there are 32.
  int bits(int bits) {
    if (used == SIZE) {
      twist();
    }
    int y = state[used++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9D2C5680;
    y ^= y << 15 & 0xEFC60000;
    y ^= y >>> 18;
    return y >>> 32 - bits;
  }

  private void twist() {
    for (int i = 0; i < SIZE; i++) {
      int y = state[i] & 0x80000000 | state[(i + 1) % SIZE] & 0x7FFFFFFF;
      state[i] = state[(i + SHIFT) % SIZE] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
    }
    used = 0;
  }

  /// `randrange(bound)`.
  /// @throws IllegalArgumentException if the bound is not positive
  public int below(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("a random number below " + bound + " was asked for: the bound must be positive");
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bound);
    int number = bits(bits);
    while (number >= bound) {
      number = bits(bits);
    }
    return number;
  }

  /// `random()`, from 0 on and below 1.
  public double nextDouble() {
    long high = bits(27);
    return ((high << 26) + bits(26)) * 0x1p-53;
  }

  /// `choice(list)`.
  /// @throws IllegalArgumentException if it is empty
  public <T> T choice(List<T> list) {
    return list.get(below(list.size()));
  }

  /// `shuffle(list)`.
  public void shuffle(List<?> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, below(i + 1));
    }
  }

  /// `sample(population, k)`: k different elements.
  /// @throws IllegalArgumentException if there are not so many
  public <T> List<T> sample(List<T> population, int k) {
    int size = population.size();
    if (k < 0 || k > size) {
      throw new IllegalArgumentException("a sample of " + k + " was asked for, of a population of " + size);
    }
    return size <= largestPool(k) ? sampleFromPool(population, k) : sampleBySet(population, k);
  }

  /// Python copies populations up to this size, which take less memory than a set of k indices: 21 + 4^ceil(log4(3k)).
  private static long largestPool(int k) {
    long power = 1;
    while (power < 3L * k) {
      power *= 4;
    }
    return 21 + (k > 5 ? power : 0);
  }

  private <T> List<T> sampleFromPool(List<T> population, int k) {
    List<T> pool = new ArrayList<>(population);
    List<T> sample = new ArrayList<>(k);
    for (int left = pool.size(); sample.size() < k; left--) {
      int chosen = below(left);
      sample.add(pool.get(chosen));
      pool.set(chosen, pool.get(left - 1));
    }
    return sample;
  }

  private <T> List<T> sampleBySet(List<T> population, int k) {
    Set<Integer> chosen = new HashSet<>();
    List<T> sample = new ArrayList<>(k);
    while (sample.size() < k) {
      int index = below(population.size());
      if (chosen.add(index)) {
        sample.add(population.get(index));
      }
    }
    return sample;
  }
}
