package org.teenygrad.models.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Merges: for a pair of neighbouring tokens the rank of their merge, and the token that it makes. A hash table of primitives, since
/// vocabularies have half a million of them.
final class PairTable {
  private final long[] keys;
  private final long[] values;

  /// @param most merges there will be
  PairTable(int most) {
    int size = Integer.highestOneBit(Math.max(8, most)) << 2;
    keys = new long[size];
    values = new long[size];
    Arrays.fill(keys, -1);
  }

  /// Merges as files list them, those of the smallest rank first: two texts, or both in one with a space between.
  /// @throws IllegalArgumentException if one is of what are no tokens
  static PairTable of(List<?> all, Map<String, Integer> vocabulary) {
    PairTable merges = new PairTable(all.size());
    for (int rank = 0; rank < all.size(); rank++) {
      List<?> pair = all.get(rank) instanceof String text ? Arrays.asList(text.split(" ", -1)) : all.get(rank) instanceof List<?> list ? list : List.of();
      if (pair.size() != 2) {
        throw new IllegalArgumentException("its merge " + rank + " is not of two tokens");
      }
      Integer left = vocabulary.get(pair.getFirst());
      Integer right = vocabulary.get(pair.getLast());
      Integer merged = vocabulary.get(String.valueOf(pair.getFirst()) + pair.getLast());
      if (left == null || right == null || merged == null) {
        throw new IllegalArgumentException("its merge " + rank + " is of what are no tokens");
      }
      merges.add(left, right, rank, merged);
    }
    return merges;
  }

  /// A pair that is there already keeps its merge: earlier ones have smaller ranks.
  void add(int left, int right, int rank, int merged) {
    long key = key(left, right);
    int slot = slot(key);
    if (keys[slot] < 0) {
      keys[slot] = key;
      values[slot] = (long) rank << 32 | merged;
    }
  }

  /// `rank << 32 | token`; -1 if they do not merge.
  long get(int left, int right) {
    int slot = slot(key(left, right));
    return keys[slot] < 0 ? -1 : values[slot];
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  private int slot(long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32) & keys.length - 1;
    while (keys[slot] >= 0 && keys[slot] != key) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }
}
