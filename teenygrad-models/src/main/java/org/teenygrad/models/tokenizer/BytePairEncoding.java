package org.teenygrad.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/// Encodes pieces of text: characters are tokens at first, and of all neighbours that merge, those of the smallest rank do first, from the
/// left (Sennrich et al., *Neural machine translation of rare words with subword units*, 2016).
///
/// @param vocabulary tokens by what they stand for, bytes in [GPT-2's characters][ByteCharacters] or in UTF-8
/// @param bytes the token of each byte, for characters that are no tokens; empty where there are none
/// @param unknown the token of a character that has no other; -1 for none: it is left out
/// @param fusesUnknown whether neighbouring unknown characters are one token
/// @param takesWhole whether a piece that is a token is that token, whatever merges there are
record BytePairEncoding(
    Map<String, Integer> vocabulary, PairTable merges, int[] bytes, int unknown, boolean fusesUnknown, boolean takesWhole)
    implements PieceEncoding {

  @Override
  public void encode(String piece, IntConsumer tokens) {
    Integer whole = takesWhole ? vocabulary.get(piece) : null;
    if (whole != null) {
      tokens.accept(whole);
    } else {
      new Word(piece).encode(tokens);
    }
  }

  /// A piece in parts, a doubly linked list. A part is known by its first place.
  private final class Word {
    private final int[] tokens;
    private final int[] next;
    private final int[] previous;
    private int length;

    /// `rank << 32 | part`
    private final PriorityQueue<Long> queue = new PriorityQueue<>();

    Word(String piece) {
      int most = bytes.length > 0 ? 3 * piece.length() : piece.length(); // UTF-8 has at most 3 bytes for a char
      tokens = new int[most];
      next = new int[most];
      previous = new int[most];
      boolean unknownBefore = false;
      for (int at = 0; at < piece.length(); ) {
        int end = piece.offsetByCodePoints(at, 1);
        Integer token = vocabulary.get(piece.substring(at, end));
        boolean isUnknown = token == null && bytes.length == 0;
        if (token != null) {
          tokens[length++] = token;
        } else if (!isUnknown) {
          for (byte b : piece.substring(at, end).getBytes(StandardCharsets.UTF_8)) {
            tokens[length++] = bytes[b & 0xFF];
          }
        } else if (unknown >= 0 && !(fusesUnknown && unknownBefore)) {
          tokens[length++] = unknown;
        }
        unknownBefore = isUnknown;
        at = end;
      }
      for (int part = 0; part < length; part++) {
        next[part] = part + 1;
        previous[part] = part - 1;
      }
    }

    void encode(IntConsumer consumer) {
      for (int part = 0; part < length; part++) {
        offer(part);
      }
      while (!queue.isEmpty()) {
        long best = queue.remove();
        int part = (int) best;
        long merge = merge(part);
        if (merge >= 0 && merge >>> 32 == best >>> 32) {
          join(part, (int) merge);
        }
      }
      for (int part = 0; part < length; part = next[part]) {
        consumer.accept(tokens[part]);
      }
    }

    /// That of a part with the next one; -1 if there is none, or the part is gone.
    private long merge(int part) {
      return tokens[part] < 0 || next[part] >= length ? -1 : merges.get(tokens[part], tokens[next[part]]);
    }

    private void offer(int part) {
      long merge = merge(part);
      if (merge >= 0) {
        queue.add(merge >>> 32 << 32 | part);
      }
    }

    private void join(int part, int merged) {
      int gone = next[part];
      tokens[gone] = -1;
      tokens[part] = merged;
      next[part] = next[gone];
      if (next[part] < length) {
        previous[next[part]] = part;
      }
      offer(part);
      if (previous[part] >= 0) {
        offer(previous[part]);
      }
    }
  }
}
