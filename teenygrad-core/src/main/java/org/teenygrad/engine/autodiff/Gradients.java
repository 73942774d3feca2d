package org.teenygrad.engine.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.SourceLines;
import org.teenygrad.engine.ir.Uniform;

/// Reverse-mode differentiation, from graph to graph: every GRADIENT node becomes the expression of the derivative.
///
/// All gradients of one output with one cotangent come from one backward sweep over the output's graph. Gradients of
/// gradients are expanded from the inside out.
public final class Gradients {
  private Gradients() {}

  /// What one backward sweep starts from.
  private record Seed(OpNode output, OpNode cotangent) {}

  /// The same values without GRADIENT nodes, in the same order.
  ///
  /// Before, each ASSIGN that has run is replaced by the BUFFER that holds its value, so that a parameter is one node
  /// whether it was met before or after its first computation. Other computed nodes keep their expressions: derivatives
  /// flow through them. What takes the place of a computed node is known to be computed, too.
  /// @throws IllegalArgumentException if a derivative of or with respect to integers is asked for
  public static List<OpNode> expand(List<OpNode> roots) {
    Map<OpNode, OpNode> expanded = new HashMap<>();
    for (List<OpNode> level : levels(Graph.topological(roots, node -> !hasRun(node)))) {
      expandGradients(level.stream().filter(node -> node.is(OpCode.GRADIENT)).toList(), expanded);
      for (OpNode node : level) {
        if (!node.is(OpCode.GRADIENT)) {
          expanded.put(node, sameValue(node, rebuild(node, expanded)));
        }
      }
    }
    return roots.stream().map(root -> find(expanded, root)).toList();
  }

  private static boolean hasRun(OpNode node) {
    return node.is(OpCode.ASSIGN) && node.realized() != null;
  }

  private static OpNode find(Map<OpNode, OpNode> expanded, OpNode node) {
    return Objects.requireNonNull(expanded.get(node));
  }

  private static OpNode rebuild(OpNode node, Map<OpNode, OpNode> expanded) {
    OpNode rebuilt = hasRun(node) ? node : node.withInputs(node.inputs().stream().map(i -> find(expanded, i)).toList());
    OpNode value = rebuilt.is(OpCode.ASSIGN) ? rebuilt.realized() : null;
    return value == null ? rebuilt : value;
  }

  /// The new node, which has what is known of the old one's value; data and constants stay as they are.
  private static OpNode sameValue(OpNode before, OpNode after) {
    OpNode buffer = before.realized();
    boolean isData = after.is(OpCode.BUFFER) || Uniform.constant(after) != null;
    if (buffer != null && !isData && after.realized() == null) {
      after.realizedAs(buffer);
    }
    return after;
  }

  /// The nodes by how many GRADIENTs are nested at and below them; within a level inputs come before users.
  private static List<List<OpNode>> levels(List<OpNode> order) {
    Map<OpNode, Integer> levelOf = new HashMap<>();
    List<List<OpNode>> levels = new ArrayList<>();
    for (OpNode node : order) {
      int level = node.is(OpCode.GRADIENT) ? 1 : 0;
      int below = node.inputs().stream().mapToInt(input -> levelOf.getOrDefault(input, 0)).max().orElse(0);
      levelOf.put(node, below + level);
      while (levels.size() <= below + level) {
        levels.add(new ArrayList<>());
      }
      levels.get(below + level).add(node);
    }
    return levels;
  }

  /// Expands GRADIENT nodes none of which needs another, with one sweep for each output and cotangent.
  private static void expandGradients(List<OpNode> gradients, Map<OpNode, OpNode> expanded) {
    Map<Seed, List<OpNode>> bySeed = new LinkedHashMap<>();
    for (OpNode gradient : gradients) {
      Seed seed = new Seed(find(expanded, gradient.input(0)), find(expanded, gradient.input(2)));
      bySeed.computeIfAbsent(seed, unused -> new ArrayList<>()).add(gradient);
    }
    bySeed.forEach(
        (seed, group) -> {
          List<OpNode> wrt = group.stream().map(gradient -> find(expanded, gradient.input(1))).toList();
          Map<OpNode, OpNode> found = sweep(seed.output(), seed.cotangent(), wrt);
          for (int i = 0; i < wrt.size(); i++) {
            expanded.put(group.get(i), sameValue(group.get(i), find(found, wrt.get(i))));
          }
        });
  }

  /// The derivatives of sum(output * cotangent) with respect to each node of `wrt`, by one backward sweep; zeros where the
  /// output does not depend on it. There must be no GRADIENT in the output's graph.
  static Map<OpNode, OpNode> sweep(OpNode output, OpNode cotangent, List<OpNode> wrt) {
    if (cotangent.dtype() != output.dtype()) {
      throw new IllegalArgumentException("gradient: cotangent " + cotangent.dtype() + " of an output of " + output.dtype());
    }
    requireFloating("of", output);
    Map<OpNode, OpNode> found = new HashMap<>();
    for (OpNode variable : wrt) {
      requireFloating("with respect to", variable);
      found.put(variable, new Expr(variable).full(0).node());
    }
    List<OpNode> order = Graph.topological(List.of(output));
    SourceLines.derived(order);
    Set<OpNode> dependent = dependent(order, found.keySet());
    Map<OpNode, Expr> cotangents = new HashMap<>();
    cotangents.put(output, new Expr(cotangent));
    for (OpNode node : order.reversed()) {
      Expr g = cotangents.remove(node);
      if (g == null) {
        continue;
      }
      g = Cotangents.ready(node, g);
      SourceLines.gradient(node, g.node());
      if (found.containsKey(node)) {
        found.put(node, g.node().sharding() == null ? g.node() : g.redistribute(Cotangents.of(node, g.node().sharding().mesh())).node());
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        if (dependent.contains(node.input(i)) && ChainRules.follows(node, i)) {
          int input = i;
          Expr derivative = Cotangents.derive(g, after -> ChainRules.derivative(node, input, after));
          SourceLines.derive(node, derivative.node());
          cotangents.merge(node.input(i), derivative, Cotangents::sum);
        }
      }
    }
    return order.stream().anyMatch(Gradients::isHeld) ? released(found) : found;
  }

  /// Whether a node is held fast only while something is derived: there are other ways to the same derivative.
  private static boolean isHeld(OpNode node) {
    return node.is(OpCode.DETACH) && node.payload() != null;
  }

  /// Derivatives in which nothing is held fast any more, so that they can be derived by all that they depend on. What a SURROGATE
  /// is derived as is no part of them.
  private static Map<OpNode, OpNode> released(Map<OpNode, OpNode> found) {
    Map<OpNode, OpNode> released = new HashMap<>();
    for (OpNode node : Graph.topological(found.values(), node -> !node.is(OpCode.SURROGATE))) {
      OpNode same = node.is(OpCode.SURROGATE) ? node : node.withInputs(node.inputs().stream().map(input -> find(released, input)).toList());
      released.put(node, isHeld(same) ? same.input(0) : same);
    }
    Map<OpNode, OpNode> derivatives = new HashMap<>();
    found.forEach((variable, derivative) -> derivatives.put(variable, find(released, derivative)));
    return derivatives;
  }

  /// The nodes whose value changes smoothly with one of the variables, which are among them.
  static Set<OpNode> dependent(List<OpNode> order, Set<OpNode> variables) {
    Set<OpNode> dependent = new HashSet<>();
    for (OpNode node : order) {
      boolean depends = variables.contains(node);
      for (int i = 0; i < node.inputs().size() && !depends; i++) {
        depends = dependent.contains(node.input(i)) && ChainRules.follows(node, i);
      }
      if (depends) {
        dependent.add(node);
      }
    }
    return dependent;
  }

  private static void requireFloating(String role, OpNode node) {
    if (!node.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "gradient " + role + " " + node + ": only floating types have derivatives; cast it to one first");
    }
  }
}
