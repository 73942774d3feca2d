package org.teenygrad.models.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A set of texts, as an expression over the bytes of their UTF-8: a regular one, but for [rules][Rule] that may refer to themselves.
///
/// ```java
/// Grammar.choice(List.of("yes", "no"));
/// Regex.of("[0-9]{4}-[0-9]{2}");
/// JsonSchema.of(Map.of("type", "array", "items", Map.of("type", "integer")));
/// ```
/// Immutable. Expressions that are written alike are equal.
public abstract sealed class Grammar {
  /// No upper bound of a repetition.
  static final int ENDLESS = Integer.MAX_VALUE;

  /// The text without a byte, alone.
  static final Grammar EMPTY = new Empty();

  /// No text at all.
  static final Grammar NOTHING = new Either(List.of());

  private final int hash;
  private final boolean nullable;

  private Grammar(int hash, boolean nullable) {
    this.hash = hash;
    this.nullable = nullable;
  }

  /// One of several texts.
  /// @throws IllegalArgumentException if there is none, or one of them is empty
  public static Grammar choice(List<String> texts) {
    if (texts.isEmpty() || texts.contains("")) {
      throw new IllegalArgumentException("a choice needs at least one text, and each a character");
    }
    return either(texts.stream().map(Grammar::text).toList());
  }

  static Grammar text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Grammar all = EMPTY;
    for (int i = bytes.length - 1; i >= 0; i--) {
      all = sequence(bytes(bytes[i] & 0xff, bytes[i] & 0xff), all);
    }
    return all;
  }

  /// One byte of `first` to `last`.
  static Grammar bytes(int first, int last) {
    return new Bytes(first, last);
  }

  static Grammar sequence(Grammar... parts) {
    Grammar all = EMPTY;
    for (int i = parts.length - 1; i >= 0; i--) {
      all = sequence(parts[i], all);
    }
    return all;
  }

  static Grammar sequence(Grammar head, Grammar tail) {
    if (head == NOTHING || tail == NOTHING) {
      return NOTHING;
    }
    return head == EMPTY ? tail : tail == EMPTY ? head : new Sequence(head, tail);
  }

  static Grammar either(Grammar... alternatives) {
    return either(List.of(alternatives));
  }

  static Grammar either(List<Grammar> alternatives) {
    Set<Grammar> all = new LinkedHashSet<>();
    alternatives.forEach(each -> all.addAll(each instanceof Either either ? either.alternatives : List.of(each)));
    return all.isEmpty() ? NOTHING : all.size() == 1 ? all.iterator().next() : new Either(List.copyOf(all));
  }

  static Grammar optional(Grammar body) {
    return either(EMPTY, body);
  }

  /// @param most times; [#ENDLESS] for any number
  static Grammar repeat(Grammar body, int least, int most) {
    if (body == NOTHING && least > 0) {
      return NOTHING;
    }
    return body == NOTHING || body == EMPTY || most == 0 ? EMPTY : least == 1 && most == 1 ? body : new Repeat(body, least, most);
  }

  /// Whether the empty text belongs to it.
  boolean isNullable() {
    return nullable;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public abstract boolean equals(@Nullable Object other);

  static final class Empty extends Grammar {
    private Empty() {
      super(1, true);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }
  }

  static final class Bytes extends Grammar {
    final int first;
    final int last;

    private Bytes(int first, int last) {
      super(31 * first + last + 2, false);
      this.first = first;
      this.last = last;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes bytes && bytes.first == first && bytes.last == last;
    }
  }

  static final class Sequence extends Grammar {
    final Grammar head;
    final Grammar tail;

    private Sequence(Grammar head, Grammar tail) {
      super(31 * (31 * head.hash + tail.hash) + 3, head.nullable && tail.nullable);
      this.head = head;
      this.tail = tail;
    }

    /// Without recursion along the tail, which is as long as a text is deep.
    @Override
    public boolean equals(@Nullable Object other) {
      Grammar left = this;
      Object right = other;
      while (left != right && left instanceof Sequence one) {
        if (!(right instanceof Sequence another) || one.hashCode() != another.hashCode() || !one.head.equals(another.head)) {
          return false;
        }
        left = one.tail;
        right = another.tail;
      }
      return left == right || left.equals(right);
    }
  }

  static final class Either extends Grammar {
    final List<Grammar> alternatives;

    private Either(List<Grammar> alternatives) {
      super(31 * alternatives.hashCode() + 4, alternatives.stream().anyMatch(each -> each.nullable));
      this.alternatives = alternatives;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other || other instanceof Either either && either.hashCode() == hashCode() && either.alternatives.equals(alternatives);
    }
  }

  static final class Repeat extends Grammar {
    final Grammar body;
    final int least;
    final int most;

    private Repeat(Grammar body, int least, int most) {
      super(Objects.hash(body.hash, least, most), least == 0 || body.nullable);
      this.body = body;
      this.least = least;
      this.most = most;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other || other instanceof Repeat repeat && repeat.least == least && repeat.most == most && repeat.body.equals(body);
    }
  }

  /// An expression by name, which it may have in itself after a byte. It is defined once, after others have been made of it, and has no
  /// empty text.
  static final class Rule extends Grammar {
    final String name;
    private @Nullable Grammar definition;

    Rule(String name) {
      super(name.hashCode(), false);
      this.name = name;
    }

    void define(Grammar by) {
      definition = by;
    }

    Grammar definition() {
      return Objects.requireNonNull(definition, name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }
  }

  /// Rules of whose texts none ever ends, as each has itself in it.
  static List<Rule> unending(Collection<Rule> rules) {
    List<Rule> left = new ArrayList<>(rules);
    while (left.removeIf(rule -> hasText(rule.definition(), left, new IdentityHashMap<>()))) {
      // until no more are known to have one
    }
    return left;
  }

  private static boolean hasText(Grammar grammar, List<Rule> withoutText, Map<Grammar, Boolean> known) {
    Boolean before = known.get(grammar);
    if (before != null) {
      return before;
    }
    boolean found = switch (grammar) {
      case Empty _, Bytes _ -> true;
      case Either either -> either.alternatives.stream().anyMatch(each -> hasText(each, withoutText, known));
      case Repeat repeat -> repeat.least == 0 || hasText(repeat.body, withoutText, known);
      case Rule rule -> !withoutText.contains(rule);
      case Sequence sequence -> {
        Grammar rest = sequence;
        while (rest instanceof Sequence each && hasText(each.head, withoutText, known)) {
          rest = each.tail;
        }
        yield !(rest instanceof Sequence) && hasText(rest, withoutText, known);
      }
    };
    known.put(grammar, found);
    return found;
  }
}
