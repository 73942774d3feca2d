package org.teenygrad.models.grammar;

import java.util.ArrayList;
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
    walk(automaton, state, 0, labels.length, allowed, null);
    return allowed;
  }

  /// Tokens that stay within a repetition, such as a string's characters, and where others leave it: these are few, so that what
  /// follows the repetition costs little.
  ///
  /// @param tokens that stay
  /// @param exits nodes that end the repetition with their last byte
  record Repetition(BitSet tokens, List<Integer> exits) {}

  /// @param state of a repetition that nothing follows
  Repetition repetition(Automaton automaton, State state) {
    Repetition found = new Repetition(new BitSet(), new ArrayList<>());
    walk(automaton, state, 0, labels.length, found.tokens, found.exits);
    return found;
  }

  /// Tokens that may come where a repetition may go on or be followed by something that begins with no byte of its own.
  /// @param follows the state behind the repetition
  BitSet allowed(Automaton automaton, Repetition repetition, State follows) {
    BitSet allowed = (BitSet) repetition.tokens.clone();
    repetition.exits.forEach(node -> {
      int from = node;
      State[] path = new State[longest + 1];
      path[depths[from] - 1] = follows;
      walk(automaton, path, from, ends[from], allowed, null);
    });
    return allowed;
  }

  private void walk(Automaton automaton, State state, int from, int end, BitSet allowed, @Nullable List<Integer> exits) {
    State[] path = new State[longest + 1];
    path[0] = state;
    walk(automaton, path, from, end, allowed, exits);
  }

  /// @param path states by how many bytes led to them
  /// @param exits gets the nodes that go on from where the text may end
  private void walk(Automaton automaton, State[] path, int from, int end, BitSet allowed, @Nullable List<Integer> exits) {
    int node = from;
    while (node < end) {
      int depth = depths[node];
      State next = automaton.next(path[depth - 1], labels[node] & 0xff);
      if (next.isDead()) {
        if (exits != null && path[depth - 1].accepts()) {
          exits.add(node);
        }
        node = ends[node];
      } else {
        path[depth] = next;
        for (int i = tokens[node]; i < tokens[node + 1]; i++) {
          allowed.set(order[i]);
        }
        node++;
      }
    }
  }
}
