package org.teenygrad.data;

import org.jspecify.annotations.Nullable;

/// Which example is drawn when: a function of a seed and of how many were drawn before.
sealed interface Sampler {
  /// The example of a draw.
  /// @param draw from 0 on, over all epochs
  int index(long draw);

  /// The draws of an epoch; [Long#MAX_VALUE] where there are none.
  long epoch();

  long seed();

  /// One after the other.
  record Sequential(int size) implements Sampler {
    @Override
    public int index(long draw) {
      return (int) (draw % size);
    }

    @Override
    public long epoch() {
      return size;
    }

    @Override
    public long seed() {
      return 0;
    }
  }

  /// Each once in an epoch, in a new order each time.
  final class Shuffled implements Sampler {
    private final int size;
    private final long seed;
    private long epoch;
    private int @Nullable [] order;

    Shuffled(int size, long seed) {
      this.size = size;
      this.seed = seed;
    }

    @Override
    public synchronized int index(long draw) {
      int[] known = order;
      if (known == null || epoch != draw / size) {
        epoch = draw / size;
        known = permutation(size, CounterRandom.of(new CounterRandom.State(seed, epoch * size)));
        order = known;
      }
      return known[(int) (draw % size)];
    }

    @Override
    public long epoch() {
      return size;
    }

    @Override
    public long seed() {
      return seed;
    }
  }

  /// Any, each as likely as any other: with replacement, without an end.
  record WithReplacement(int size, long seed) implements Sampler {
    @Override
    public int index(long draw) {
      return CounterRandom.of(new CounterRandom.State(seed, draw)).nextInt(size);
    }

    @Override
    public long epoch() {
      return Long.MAX_VALUE;
    }
  }

  /// The numbers below `size` in a random order (Fisher and Yates). Draws one word a number.
  static int[] permutation(int size, CounterRandom random) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
