package org.teenygrad.models.grammar;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.grammar.Grammar.Bytes;
import org.teenygrad.models.grammar.Grammar.Either;
import org.teenygrad.models.grammar.Grammar.Empty;
import org.teenygrad.models.grammar.Grammar.Repeat;
import org.teenygrad.models.grammar.Grammar.Rule;
import org.teenygrad.models.grammar.Grammar.Sequence;

/// Reads texts of grammars byte by byte. A state is what may follow: a set of expressions, of which the text's rest must belong to
/// one. They are partial derivatives (Antimirov, *Partial derivatives of regular expressions and finite automaton constructions*,
/// 1996), of which a regular expression has finitely many; where a rule is left for the time of its use, what follows it stays
/// behind as a sequence's tail, which is the stack of a pushdown automaton.
///
/// States are made as they are reached, and known while there are not too many.
final class Automaton {
  /// Where a state has more expressions, only the first are followed: fewer texts, all of them right.
  private static final int MOST_EXPRESSIONS = 64;

  private static final int MOST_STATES = 1 << 14;
  private static final int BYTES = 256;

  private final Map<List<Grammar>, State> states = new HashMap<>();

  /// Where no text goes on.
  private final State dead = new State(List.of());

  /// What may follow a text's beginning.
  static final class State {
    private final List<Grammar> expressions;
    private final boolean accepts;
    private final @Nullable State[] next = new @Nullable State[BYTES];

    private State(List<Grammar> expressions) {
      this.expressions = expressions;
      accepts = expressions.stream().anyMatch(Grammar::isNullable);
    }

    /// Whether the text may end here.
    boolean accepts() {
      return accepts;
    }

    /// What is repeated here without an end, and what follows it; null where the state is anything else.
    @Nullable Sequence repetition() {
      return expressions.size() == 1 && expressions.getFirst() instanceof Sequence sequence && sequence.head instanceof Repeat repeat
          && repeat.least == 0 && repeat.most == Grammar.ENDLESS ? sequence : null;
    }

    /// Whether it is no beginning of any text.
    boolean isDead() {
      return expressions.isEmpty();
    }
  }

  State start(Grammar grammar) {
    return state(Set.of(grammar));
  }

  /// @param next byte, unsigned
  State next(State state, int next) {
    State known = state.next[next];
    if (known == null) {
      Set<Grammar> rests = new LinkedHashSet<>();
      state.expressions.forEach(each -> derive(each, next, Grammar.EMPTY, rests));
      known = state(rests);
      state.next[next] = known;
    }
    return known;
  }

  private State state(Set<Grammar> expressions) {
    if (expressions.isEmpty()) {
      return dead;
    }
    if (states.size() >= MOST_STATES) {
      states.clear(); // those who have one keep it
    }
    return states.computeIfAbsent(expressions.stream().limit(MOST_EXPRESSIONS).toList(), State::new);
  }

  /// Finds what follows a byte.
  /// @param rest what follows the expression
  private static void derive(Grammar grammar, int next, Grammar rest, Set<Grammar> rests) {
    switch (grammar) {
      case Empty _ -> {}
      case Bytes bytes -> {
        if (bytes.first <= next && next <= bytes.last) {
          rests.add(rest);
        }
      }
      case Sequence sequence -> {
        derive(sequence.head, next, Grammar.sequence(sequence.tail, rest), rests);
        if (sequence.head.isNullable()) {
          derive(sequence.tail, next, rest, rests);
        }
      }
      case Either either -> either.alternatives.forEach(each -> derive(each, next, rest, rests));
      case Repeat repeat -> {
        int most = repeat.most == Grammar.ENDLESS ? Grammar.ENDLESS : repeat.most - 1;
        derive(repeat.body, next, Grammar.sequence(Grammar.repeat(repeat.body, Math.max(0, repeat.least - 1), most), rest), rests);
      }
      case Rule rule -> derive(rule.definition(), next, rest, rests);
    }
  }
}
