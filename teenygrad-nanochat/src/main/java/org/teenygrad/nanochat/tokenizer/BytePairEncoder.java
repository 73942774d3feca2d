package org.teenygrad.nanochat.tokenizer;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/// Encodes a piece: of all neighbours that are a token together, those that make the smallest token are joined first, from the left, as
/// tiktoken does. A queue finds them, so that a long piece takes n log n steps.
final class BytePairEncoder {
  private final SliceTable vocabulary;

  BytePairEncoder(SliceTable vocabulary) {
    this.vocabulary = vocabulary;
  }

  /// Hands over the tokens of bytes `begin` to `end`.
  void encode(byte[] bytes, int begin, int end, IntConsumer tokens) {
    long whole = vocabulary.get(bytes, begin, end);
    if (whole >= 0) {
      tokens.accept((int) whole);
    } else {
      new Piece(bytes, begin, end - begin).encode(tokens);
    }
  }

  /// A piece in parts, a doubly linked list. A part is known by the index of its first byte.
  private final class Piece {
    private final byte[] bytes;
    private final int begin;
    private final int length;
    private final int[] next;
    private final int[] previous;

    /// The token of a part joined with the next one; -1 if there is none.
    private final int[] joined;

    /// Token << 32 | part.
    private final PriorityQueue<Long> queue = new PriorityQueue<>();

    Piece(byte[] bytes, int begin, int length) {
      this.bytes = bytes;
      this.begin = begin;
      this.length = length;
      next = new int[length];
      previous = new int[length + 1];
      joined = new int[length];
      Arrays.setAll(next, part -> part + 1);
      Arrays.setAll(previous, part -> part - 1);
    }

    void encode(IntConsumer tokens) {
      for (int part = 0; part < length; part++) {
        offer(part);
      }
      while (!queue.isEmpty()) {
        long best = queue.remove();
        int part = (int) best;
        if (joined[part] == best >>> 32) {
          join(part);
        }
      }
      for (int part = 0; part < length; part = next[part]) {
        tokens.accept((int) vocabulary.get(bytes, begin + part, begin + next[part]));
      }
    }

    private void join(int part) {
      int gone = next[part];
      joined[gone] = -1;
      next[part] = next[gone];
      previous[next[part]] = part;
      offer(part);
      if (previous[part] >= 0) {
        offer(previous[part]);
      }
    }

    private void offer(int part) {
      int end = next[part] < length ? next[next[part]] : -1;
      joined[part] = end < 0 ? -1 : (int) vocabulary.get(bytes, begin + part, begin + end);
      if (joined[part] >= 0) {
        queue.add((long) joined[part] << 32 | part);
      }
    }
  }
}
