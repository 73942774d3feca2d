package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A named, ordered list of rewrite rules, each a line: a name, what to look for, what to put there. SITP's PatternMatcher.
///
/// ```java
/// PatternMatcher tidy = PatternMatcher.of("tidy",
///     rule("x * 1", mul(any("x"), constant(1)), any("x")),
///     rule("reshape twice", op(RESHAPE, op(RESHAPE, any("x"))), m -> reshape(m.get("x"), m.root().shape())));
/// OpNode tidied = new Rewriter(tidy).rewrite(graph);
/// ```
///
/// For a node the first rule that fits and that changes something counts. [Rewriter] applies a list to a whole graph.
public final class PatternMatcher {
  private final String name;
  private final List<Rule> rules;
  private final List<List<Rule>> byRoot = new ArrayList<>();

  private PatternMatcher(String name, List<Rule> rules) {
    this.name = name;
    this.rules = List.copyOf(rules);
    for (OpCode op : OpCode.values()) {
      byRoot.add(this.rules.stream().filter(rule -> rule.pattern.op == null || rule.pattern.op == op).toList());
    }
  }

  /// A list of rules, tried in this order.
  public static PatternMatcher of(String name, Rule... rules) {
    return new PatternMatcher(name, List.of(rules));
  }

  /// These rules, then the others.
  public PatternMatcher and(PatternMatcher others) {
    List<Rule> all = new ArrayList<>(rules);
    all.addAll(others.rules);
    return new PatternMatcher(name + " and " + others.name, all);
  }

  /// A rule whose replacement is built from what its pattern names.
  public static Rule rule(String name, Pattern pattern, Pattern replacement) {
    return new Rule(name, pattern, replacement::build);
  }

  /// A rule whose replacement is computed. Null or the same node means that it does not apply after all.
  public static Rule rule(String name, Pattern pattern, Function<Match, @Nullable OpNode> replacement) {
    return new Rule(name, pattern, replacement);
  }

  public String name() {
    return name;
  }

  public List<Rule> rules() {
    return rules;
  }

  /// The rules that may apply to a node with this operation.
  List<Rule> rulesFor(OpCode op) {
    return byRoot.get(op.ordinal());
  }

  /// What the first fitting rule makes of a node, or null if none fits. Looks at this node only; see [Rewriter].
  public @Nullable OpNode apply(OpNode node) {
    for (Rule rule : rulesFor(node.op())) {
      OpNode replaced = rule.apply(node);
      if (replaced != null) {
        return replaced;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name + " " + rules;
  }

  /// One rewrite: pattern and replacement.
  public static final class Rule {
    private final String name;
    final Pattern pattern;
    private final List<Pattern> alternatives;
    private final Function<Match, @Nullable OpNode> replacement;

    private Rule(String name, Pattern pattern, Function<Match, @Nullable OpNode> replacement) {
      this.name = name;
      this.pattern = pattern;
      this.alternatives = pattern.inFixedOrder();
      this.replacement = replacement;
    }

    public String name() {
      return name;
    }

    /// What this rule makes of a node, or null if it does not apply.
    public @Nullable OpNode apply(OpNode node) {
      for (Pattern alternative : alternatives) {
        Match match = new Match(node);
        if (alternative.matches(node, match)) {
          OpNode replaced = replacement.apply(match);
          if (replaced != null && replaced != node) {
            return replaced;
          }
        }
      }
      return null;
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
