package org.teenygrad.nanochat.packing;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/// What the state of a source of rows begins with: what is in the rows, how long they are and whose.
record StateHeader(Rows rows, PackingOptions options) {
  /// The words of a header.
  static final int SIZE = 4;

  /// What is in the rows.
  enum Rows {
    DOCUMENTS,
    CONVERSATIONS
  }

  IntStream words() {
    return IntStream.of(rows.ordinal(), options.sequenceLength(), options.rank(), options.worldSize());
  }

  /// @param atLeast words that a state of these rows has
  /// @throws IllegalArgumentException if a state begins otherwise or is too short
  void require(int atLeast, int... state) {
    if (state.length < atLeast || !Arrays.equals(Arrays.copyOf(state, SIZE), words().toArray())) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "the state is not that of %s in rows of %d tokens on rank %d of %d: it has %d words and begins with %s", rows.name().toLowerCase(Locale.ROOT),
          options.sequenceLength(), options.rank(), options.worldSize(), state.length,
          Arrays.toString(Arrays.copyOf(state, Math.min(SIZE, state.length)))));
    }
  }

  /// A count of 64 bits in two words.
  static IntStream words(long count) {
    return IntStream.of((int) (count >>> 32), (int) count);
  }

  static long count(int high, int low) {
    return (long) high << 32 | low & 0xFFFF_FFFFL;
  }
}
