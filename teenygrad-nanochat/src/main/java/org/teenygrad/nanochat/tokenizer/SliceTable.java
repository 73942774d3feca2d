package org.teenygrad.nanochat.tokenizer;

import java.util.Arrays;

/// A hash table from byte strings to longs, by open addressing. The strings stand one after the other in one array, so that ten million
/// of them cost no object each.
final class SliceTable {
  private static final int FIRST_SLOTS = 1 << 10;

  /// Entry + 1 by slot; 0 is free.
  private int[] slots = new int[FIRST_SLOTS];

  private byte[] bytes = new byte[1 << 14];

  /// Where the string of an entry begins; the next one's begin is its end.
  private int[] begins = new int[FIRST_SLOTS];

  private int[] hashes = new int[FIRST_SLOTS];
  private long[] values = new long[FIRST_SLOTS];
  private int size;

  int size() {
    return size;
  }

  long value(int entry) {
    return values[entry];
  }

  int length(int entry) {
    return begins[entry + 1] - begins[entry];
  }

  /// The byte at `index` of the string of `entry`.
  byte at(int entry, int index) {
    return bytes[begins[entry] + index];
  }

  byte[] string(int entry) {
    return Arrays.copyOfRange(bytes, begins[entry], begins[entry + 1]);
  }

  /// The value of a string, or -1 if it is not here.
  long get(byte[] from, int begin, int end) {
    int slot = slot(from, begin, end, hash(from, begin, end));
    return slots[slot] == 0 ? -1 : values[slots[slot] - 1];
  }

  /// Adds to the value of a string, which begins at 0.
  /// @throws IllegalArgumentException if the strings together are longer than an array can be
  void add(byte[] from, int begin, int end, long amount) {
    int hash = hash(from, begin, end);
    int slot = slot(from, begin, end, hash);
    if (slots[slot] == 0) {
      slots[slot] = append(from, begin, end, hash) + 1;
      values[slots[slot] - 1] = amount;
      if (size * 2 > slots.length) {
        rehash();
      }
    } else {
      values[slots[slot] - 1] += amount;
    }
  }

  /// Adds all of another table.
  void addAll(SliceTable other) {
    for (int entry = 0; entry < other.size; entry++) {
      add(other.bytes, other.begins[entry], other.begins[entry + 1], other.values[entry]);
    }
  }

  private int slot(byte[] from, int begin, int end, int hash) {
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != 0 && !isEntry(slots[slot] - 1, from, begin, end, hash)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private boolean isEntry(int entry, byte[] from, int begin, int end, int hash) {
    return hashes[entry] == hash && Arrays.equals(bytes, begins[entry], begins[entry + 1], from, begin, end);
  }

  private int append(byte[] from, int begin, int end, int hash) {
    int used = begins[size];
    int length = end - begin;
    if (length > Integer.MAX_VALUE - 8 - used) {
      throw new IllegalArgumentException("the distinct pieces of the text take more than 2 GiB: train on less of it (--max-chars)");
    }
    if (used + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(used + (long) length, bytes.length * 2L)));
    }
    System.arraycopy(from, begin, bytes, used, length);
    if (size + 2 > begins.length) {
      begins = Arrays.copyOf(begins, begins.length * 2);
      hashes = Arrays.copyOf(hashes, begins.length);
      values = Arrays.copyOf(values, begins.length);
    }
    begins[size + 1] = used + length;
    hashes[size] = hash;
    return size++;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    int mask = slots.length - 1;
    for (int entry = 0; entry < size; entry++) {
      int slot = hashes[entry] & mask;
      while (slots[slot] != 0) {
        slot = slot + 1 & mask;
      }
      slots[slot] = entry + 1;
    }
  }

  private static int hash(byte[] from, int begin, int end) {
    int hash = 0;
    for (int i = begin; i < end; i++) {
      hash = hash * 31 + from[i];
    }
    hash *= 0x9E3779B9;
    return hash ^ hash >>> 15;
  }
}
