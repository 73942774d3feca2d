package org.teenygrad.engine.ir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.PatternMatcher.Rule;

/// Applies a [PatternMatcher] to a whole graph until no rule fits anywhere: inputs first, and what a rule makes is
/// rewritten in its turn.
///
/// Works with a stack of its own, sees every node once and keeps what is shared shared. A list of rules that would go on
/// for ever is an error that names them. [OpNode#realized] is not looked at: whoever wants to start from computed
/// values substitutes them first.
public final class Rewriter {
  /// Endless is what takes more rewrites than this for each node of the graph, and some for small graphs. Passes that
  /// end take a few.
  private static final int REWRITES_PER_NODE = 50;

  private static final int REWRITES_OF_ANY_GRAPH = 5_000;

  /// How many of the latest rewrites an error looks back to.
  private static final int RULES_TO_REPORT = 12;

  /// Who is told of each rule that is applied, where there is somebody.
  public static final ScopedValue<Watcher> WATCHER = ScopedValue.newInstance();

  /// Is told what a rule made of a node whose inputs are rewritten already.
  @FunctionalInterface
  public interface Watcher {
    void fired(Rule rule, OpNode before, OpNode after);
  }

  private final PatternMatcher matcher;

  public Rewriter(PatternMatcher matcher) {
    this.matcher = matcher;
  }

  /// What the graph of `root` becomes.
  /// @throws IllegalStateException if the rules go on rewriting what they wrote
  public OpNode rewrite(OpNode root) {
    return rewrite(List.of(root)).getFirst();
  }

  /// What the graphs of all roots become, in the same order; nodes that they share are rewritten once.
  /// @throws IllegalStateException if the rules go on rewriting what they wrote
  public List<OpNode> rewrite(List<OpNode> roots) {
    return new Run(roots).rewrite(roots);
  }

  /// A node on its way: what it was, and what the rules have made of it so far.
  private static final class Visit {
    final OpNode original;
    OpNode current;

    /// What the first inputs of `current` became.
    final List<OpNode> inputs = new ArrayList<>(3);

    Visit(OpNode original) {
      this.original = original;
      this.current = original;
    }

    void becomes(OpNode node) {
      current = node;
      inputs.clear();
    }
  }

  private final class Run {
    private final Map<OpNode, OpNode> finished = new HashMap<>();
    private final ArrayDeque<Visit> stack = new ArrayDeque<>();
    private final ArrayDeque<Rule> latest = new ArrayDeque<>();
    private final long limit;
    private long rewrites;

    Run(List<OpNode> roots) {
      limit = REWRITES_OF_ANY_GRAPH + (long) REWRITES_PER_NODE * Graph.topological(roots).size();
    }

    List<OpNode> rewrite(List<OpNode> roots) {
      List<OpNode> results = new ArrayList<>(roots.size());
      for (OpNode root : roots) {
        visit(root);
        while (!stack.isEmpty()) {
          step(stack.element());
        }
        results.add(Objects.requireNonNull(finished.get(root)));
      }
      return results;
    }

    private void visit(OpNode node) {
      if (!finished.containsKey(node)) {
        stack.push(new Visit(node));
      }
    }

    /// Brings the visit on top one step further: to an unfinished input, by a rule, or to its end.
    private void step(Visit visit) {
      OpNode node = visit.current;
      OpNode known = finished.get(node);
      if (known != null) {
        finish(visit, known);
        return;
      }
      while (visit.inputs.size() < node.inputs().size()) {
        OpNode input = node.input(visit.inputs.size());
        OpNode done = finished.get(input);
        if (done == null) {
          visit(input);
          return;
        }
        visit.inputs.add(done);
      }
      OpNode rebuilt = node.withInputs(visit.inputs);
      OpNode replaced = rebuilt == node ? applyRules(node) : rebuilt;
      if (replaced == null) {
        finish(visit, node);
      } else {
        visit.becomes(replaced);
      }
    }

    private void finish(Visit visit, OpNode result) {
      finished.put(visit.original, result);
      finished.put(visit.current, result);
      finished.put(result, result);
      stack.pop();
    }

    private @Nullable OpNode applyRules(OpNode node) {
      for (Rule rule : matcher.rulesFor(node.op())) {
        OpNode replaced = rule.apply(node);
        if (replaced != null) {
          count(rule, node);
          SourceLines.inherit(node, replaced);
          if (WATCHER.isBound()) {
            WATCHER.get().fired(rule, node, replaced);
          }
          return replaced;
        }
      }
      return null;
    }

    private void count(Rule rule, OpNode node) {
      latest.addLast(rule);
      if (latest.size() > RULES_TO_REPORT) {
        latest.removeFirst();
      }
      if (++rewrites > limit) {
        throw new IllegalStateException(
            matcher.name() + ": endless rewriting at " + node + " by the rules " + new LinkedHashSet<>(latest));
      }
    }
  }
}
