package org.teenygrad.models.grammar;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.grammar.Automaton.State;

/// A vocabulary's bytes as a tree: tokens with the same beginning are read once. Nodes stand in depth-first order, so that a beginning that
/// leads nowhere is skipped with all that begins so.
///
/// @param labels the last byte of each node
/// @param depths how many bytes lead to it
/// @param ends the node behind all that begin as it does
/// @param tokens where its tokens begin in `order`; one more than there are nodes
/// @param order tokens by their bytes
/// @param longest bytes of the longest token
record TokenTrie(byte[] labels, int[] depths, int[] ends, int[] tokens, int[] order, int longest) {

  /// @param bytes of each token; null for those that are no text
  static TokenTrie of(List<byte @Nullable []> bytes) {
    byte[][] text = bytes.stream().map(each -> each == null ? new byte[0] : each).toArray(byte[][]::new);
    int[] order = IntStream.range(0, text.length).filter(token -> text[token].length > 0).boxed()
        .sorted(Comparator.comparing(token -> text[token], Arrays::compareUnsigned)).mapToInt(token -> token).toArray();
    int most = Arrays.stream(text).mapToInt(each -> each.length).sum();
    byte[] labels = new byte[most];
    int[] depths = new int[most];
    int[] tokens = new int[most + 1];
    int count = 0;
    byte[] before = new byte[0];
    for (int i = 0; i < order.length; i++) {
      byte[] token = text[order[i]];
      int common = Math.max(0, Arrays.mismatch(before, token));
      boolean isSame = Arrays.equals(before, token);
      for (int depth = isSame ? token.length : common; depth < token.length; depth++) {
        labels[count] = token[depth];
        depths[count] = depth + 1;
        tokens[count++] = i;
      }
      before = token;
    }
    tokens[count] = order.length;
    return new TokenTrie(Arrays.copyOf(labels, count), Arrays.copyOf(depths, count), ends(depths, count), Arrays.copyOf(tokens, count + 1), order,
        Arrays.stream(text).mapToInt(each -> each.length).max().orElse(0));
  }

  private static int[] ends(int[] depths, int count) {
    int[] ends = new int[count];
    for (int node = count - 1; node >= 0; node--) {
      int end = node + 1;
      while (end < count && depths[end] > depths[node]) {
        end = ends[end];
      }
      ends[node] = end;
    }
    return ends;
  }

  /// Tokens that may come in a state.
  BitSet allowed(Automaton automaton, State state) {
    BitSet allowed = new BitSet();
    State[] path = new State[longest + 1];
    path[0] = state;
    int node = 0;
    while (node < labels.length) {
      int depth = depths[node];
      State next = automaton.next(path[depth - 1], labels[node] & 0xff);
      if (next.isDead()) {
        node = ends[node];
      } else {
        path[depth] = next;
        for (int i = tokens[node]; i < tokens[node + 1]; i++) {
          allowed.set(order[i]);
        }
        node++;
      }
    }
    return allowed;
  }
}
