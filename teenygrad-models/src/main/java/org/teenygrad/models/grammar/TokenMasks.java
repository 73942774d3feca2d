package org.teenygrad.models.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.grammar.Automaton.State;
import org.teenygrad.models.grammar.Grammar.Sequence;
import org.teenygrad.models.inference.RowState;

/// Which of a model's tokens may come where a text must belong to a [Grammar]. The mask of a state is found once, by a walk through the
/// vocabulary, and kept while it is among those that were last asked for.
///
/// One thread at a time may use it and its rows: the engine's.
public final class TokenMasks {
  private static final int MOST_MASKS = 1 << 11;
  private static final int MOST_REPETITIONS = 32;
  private static final int BYTES = 256;

  private final List<byte @Nullable []> bytes;
  private final TokenTrie trie;
  private final int[] ends;
  private final Automaton automaton = new Automaton();

  /// What repetitions make of the vocabulary, such as the characters of strings, which all schemas have.
  private final Map<Grammar, TokenTrie.Repetition> repetitions = recent(MOST_REPETITIONS);

  private final Map<State, BitSet> masks = recent(MOST_MASKS);

  private TokenMasks(List<byte @Nullable []> bytes, int[] ends) {
    this.bytes = bytes;
    this.ends = ends;
    trie = TokenTrie.of(bytes);
  }

  /// A map of the entries that were last asked for.
  private static <K, V> Map<K, V> recent(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }

  /// @param tokens how many there are
  /// @param text the bytes of a token; null if it is no text, such as one that ends a text
  /// @param ends tokens that end a text, one of which comes when it is complete
  /// @throws IllegalArgumentException if no token ends a text, or a byte is no token: then some texts could not be written
  public static TokenMasks of(int tokens, IntFunction<byte @Nullable []> text, int... ends) {
    if (ends.length == 0) {
      throw new IllegalArgumentException("no token of the model ends a text, so that a text of a grammar cannot be completed");
    }
    List<byte @Nullable []> bytes = new ArrayList<>();
    BitSet alone = new BitSet();
    for (int token = 0; token < tokens; token++) {
      int each = token;
      byte[] its = Arrays.stream(ends).anyMatch(end -> end == each) ? null : text.apply(token);
      bytes.add(its);
      if (its != null && its.length == 1) {
        alone.set(its[0] & 0xff);
      }
    }
    if (alone.cardinality() < BYTES) {
      throw new IllegalArgumentException(
          "the model has tokens for " + alone.cardinality() + " of the 256 bytes: texts of a grammar are written by models that have all");
    }
    return new TokenMasks(bytes, ends);
  }

  /// Rows whose text belongs to the grammar, and which end when it is complete.
  public Supplier<RowState> constrained(Grammar grammar) {
    return () -> new Row(automaton.start(grammar));
  }

  private BitSet mask(State state) {
    return masks.computeIfAbsent(state, _ -> {
      BitSet allowed = tokens(state);
      if (state.accepts()) {
        Arrays.stream(ends).forEach(allowed::set);
      }
      return allowed;
    });
  }

  /// Tokens of text.
  private BitSet tokens(State state) {
    Sequence repeated = state.repetition();
    if (repeated == null) {
      return trie.allowed(automaton, state);
    }
    State follows = automaton.start(repeated.tail);
    State body = automaton.start(repeated.head);
    boolean isApart = IntStream.range(0, BYTES).allMatch(each -> automaton.next(follows, each).isDead() || automaton.next(body, each).isDead());
    return isApart ? trie.allowed(automaton, repetitions.computeIfAbsent(repeated.head, _ -> trie.repetition(automaton, body)), follows)
        : trie.allowed(automaton, state);
  }

  private final class Row implements RowState {
    private State state;
    private boolean completed;

    private Row(State state) {
      this.state = state;
    }

    @Override
    public OptionalInt due() {
      return OptionalInt.empty();
    }

    @Override
    public void accept(int token) {
      byte[] its = bytes.get(token);
      completed = its == null;
      if (its != null) {
        for (byte each : its) {
          state = automaton.next(state, each & 0xff);
        }
      }
    }

    @Override
    public boolean isCompleted() {
      return completed;
    }

    @Override
    public boolean isConstrained() {
      return true;
    }

    @Override
    public BitSet allowed() {
      return mask(state);
    }
  }
}
