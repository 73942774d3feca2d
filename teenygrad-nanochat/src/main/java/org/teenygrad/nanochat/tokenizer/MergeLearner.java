package org.teenygrad.nanochat.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/// Learns merges: the most frequent pair of neighbouring tokens becomes a token, again and again (Sennrich et al. 2016, "Neural Machine
/// Translation of Rare Words with Subword Units"). Among equally frequent pairs the one of the smallest tokens comes first.
///
/// A merge visits only the words that have the pair. Counts in the queue may be out of date, but only too large: a pair gains
/// occurrences only in the merge that makes one of its tokens. A pair that comes out with a stale count goes back with the right one.
final class MergeLearner {
  /// @param count occurrences in the text when it was put into the queue
  private record Candidate(long count, long pair) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return count != other.count ? Long.compare(other.count, count) : Long.compare(pair, other.pair);
    }
  }

  /// How often a pair occurs, and in which words it may.
  private static final class Occurrences {
    long count;
    int[] words = new int[2];
    int size;

    void addWord(int word) {
      if (size > 0 && words[size - 1] == word) {
        return;
      }
      if (size == words.length) {
        words = Arrays.copyOf(words, size + (size >> 1) + 1);
      }
      words[size++] = word;
    }
  }

  /// The tokens of all words, one word after the other.
  private final int[] tokens;

  private final int[] begins;
  private final int[] lengths;
  private final long[] counts;
  private final Map<Long, Occurrences> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

  /// @param words byte strings and how often each occurs
  MergeLearner(SliceTable words) {
    int size = words.size();
    long total = 0;
    for (int word = 0; word < size; word++) {
      total += words.length(word);
    }
    tokens = new int[Math.toIntExact(total)];
    begins = new int[size];
    lengths = new int[size];
    counts = new long[size];
    int at = 0;
    for (int word = 0; word < size; word++) {
      begins[word] = at;
      lengths[word] = words.length(word);
      counts[word] = words.value(word);
      for (int i = 0; i < lengths[word]; i++) {
        tokens[at++] = words.at(word, i) & 0xFF;
      }
      for (int i = begins[word] + 1; i < at; i++) {
        change(pair(tokens[i - 1], tokens[i]), counts[word]).addWord(word);
      }
    }
    pairs.forEach((pair, occurrences) -> queue.add(new Candidate(occurrences.count, pair)));
  }

  /// At most `limit` merges: the byte strings of the new tokens, in order. Fewer if the text has no more pairs.
  List<byte[]> learn(int limit) {
    List<byte[]> strings = new ArrayList<>();
    while (strings.size() < limit && !queue.isEmpty()) {
      Candidate best = queue.remove();
      Occurrences occurrences = pairs.get(best.pair);
      if (occurrences == null || occurrences.count <= 0) {
        pairs.remove(best.pair);
      } else if (occurrences.count < best.count) {
        queue.add(new Candidate(occurrences.count, best.pair));
      } else {
        strings.add(joined(string(left(best.pair), strings), string(right(best.pair), strings)));
        merge(best.pair, occurrences, 255 + strings.size());
      }
    }
    return strings;
  }

  private void merge(long pair, Occurrences occurrences, int token) {
    pairs.remove(pair);
    Set<Long> grown = new HashSet<>();
    for (int i = 0; i < occurrences.size; i++) {
      merge(pair, occurrences.words[i], token, grown);
    }
    for (long gained : grown) {
      Occurrences now = pairs.get(gained);
      if (now != null && now.count > 0) {
        queue.add(new Candidate(now.count, gained));
      }
    }
  }

  /// Merges within a word, from left to right, and keeps the counts of the pairs around.
  private void merge(long pair, int word, int token, Set<Long> grown) {
    int first = left(pair);
    int second = right(pair);
    int begin = begins[word];
    int end = begin + lengths[word];
    long count = counts[word];
    int out = begin;
    for (int in = begin; in < end; in++) {
      if (tokens[in] != first || in + 1 >= end || tokens[in + 1] != second) {
        tokens[out++] = tokens[in];
        continue;
      }
      if (out > begin) {
        lose(pair(tokens[out - 1], first), pair, count);
        gain(pair(tokens[out - 1], token), word, grown);
      }
      if (in + 2 < end) {
        lose(pair(second, tokens[in + 2]), pair, count);
        gain(pair(token, tokens[in + 2]), word, grown);
      }
      tokens[out++] = token;
      in++;
    }
    lengths[word] = out - begin;
  }

  /// The pair that is being merged is no longer counted.
  private void lose(long pair, long merged, long count) {
    if (pair != merged) {
      change(pair, -count);
    }
  }

  private void gain(long pair, int word, Set<Long> grown) {
    change(pair, counts[word]).addWord(word);
    grown.add(pair);
  }

  private Occurrences change(long pair, long count) {
    Occurrences occurrences = pairs.computeIfAbsent(pair, absent -> new Occurrences());
    occurrences.count += count;
    return occurrences;
  }

  private static byte[] string(int token, List<byte[]> merged) {
    return token < 256 ? new byte[] {(byte) token} : merged.get(token - 256);
  }

  private static byte[] joined(byte[] left, byte[] right) {
    byte[] joined = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, joined, left.length, right.length);
    return joined;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  private static int left(long pair) {
    return (int) (pair >>> 32);
  }

  private static int right(long pair) {
    return (int) pair;
  }
}
