package org.teenygrad.engine.autodiff;

import static org.teenygrad.engine.ir.OpCode.*;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;

/// Forward-mode differentiation, from graph to graph: how a value moves when its variables move.
///
/// Where each element depends on the one at its own place, the Jacobian is diagonal and hence its own transpose: those
/// operations share their row of [ChainRules], with the tangent in the cotangent's place. The others have a row here.
public final class ForwardMode {
  /// From the result and the tangent of one input (all others 0) to the tangent of the result.
  @FunctionalInterface
  private interface Rule {
    Expr apply(Expr y, int input, Expr tangent);
  }

  private static final Map<OpCode, Rule> TABLE = new EnumMap<>(OpCode.class);

  static {
    rule((y, i, t) -> y.on(t), RESHAPE, PERMUTE, EXPAND, PAD, SHRINK, FLIP, GATHER, COPY, REDISTRIBUTE);
    rule((y, i, t) -> t.cast(y.dtype()), CAST);
    rule((y, i, t) -> slopes(y, 0).mul(t).sumTo(y.shape()), REDUCE, LOGSUMEXP);
    rule((y, i, t) -> y.payload(Reduction.class).combine() == ADD ? y.on(t) : t.gather(ChainRules.lastReached(y), y.payload(Reduction.class).axes().getFirst()), SCAN);
    rule((y, i, t) -> i == 0 ? slopes(y, 0).mul(t) : scattered(y, slopes(y, 2).mul(t)), SCATTER);
  }

  private ForwardMode() {}

  private static void rule(Rule rule, OpCode... ops) {
    for (OpCode op : ops) {
      TABLE.put(op, rule);
    }
  }

  /// The derivative of `output` along the direction in which each variable moves by its tangent: a node of the output's
  /// type and shape, zeros if no variable reaches it.
  ///
  /// GRADIENT nodes are expanded first, so that forward over reverse gives products with second derivatives.
  /// @param tangents for each variable, any node, its tangent of the same type and shape
  /// @throws IllegalArgumentException if a tangent does not fit its variable, or one of them is not of a floating type
  public static OpNode jvp(OpNode output, Map<OpNode, OpNode> tangents) {
    List<OpNode> roots = new ArrayList<>(List.of(output));
    tangents.forEach(
        (variable, tangent) -> {
          require(variable, tangent);
          roots.add(variable);
          roots.add(tangent);
        });
    List<OpNode> expanded = Gradients.expand(roots);
    Map<OpNode, Expr> moving = new HashMap<>();
    for (int i = 1; i < expanded.size(); i += 2) {
      moving.put(expanded.get(i), new Expr(expanded.get(i + 1)));
    }
    OpNode value = expanded.getFirst();
    for (OpNode node : Graph.topological(List.of(value))) {
      if (!moving.containsKey(node)) {
        Expr tangent = tangent(node, moving);
        if (tangent != null) {
          moving.put(node, tangent);
        }
      }
    }
    Expr result = moving.get(value);
    return result == null ? new Expr(value).full(0).node() : result.node();
  }

  private static void require(OpNode variable, OpNode tangent) {
    if (!variable.dtype().isFloating()
        || variable.dtype() != tangent.dtype()
        || !variable.shape().equals(tangent.shape())) {
      throw new IllegalArgumentException(
          "jvp: tangent " + tangent + " for " + variable + "; both must have one shape and one floating type");
    }
  }

  /// The sum of what each moving input does to the node, or null if none does anything.
  private static @Nullable Expr tangent(OpNode node, Map<OpNode, Expr> moving) {
    Expr sum = null;
    for (int i = 0; i < node.inputs().size(); i++) {
      Expr t = moving.get(node.input(i));
      if (t != null && ChainRules.follows(node, i)) {
        if (node.is(OpCode.PULLBACK)) {
          throw new IllegalArgumentException("jvp: a function with a derivative of its own has one from results to inputs alone: " + node.payload());
        }
        Rule rule = TABLE.get(node.op());
        Expr part = rule == null ? ChainRules.derivative(node, i, t) : rule.apply(new Expr(node), i, t);
        sum = sum == null ? part : sum.add(part);
      }
    }
    return sum;
  }

  /// For each element of an input, all of which touch one element of the result at most, the derivative of that one.
  private static Expr slopes(Expr y, int input) {
    return ChainRules.derivative(y.node(), input, y.full(1));
  }

  private static Expr scattered(Expr y, Expr source) {
    return y.full(0).scatter(y.input(1), source, y.payload(Scatter.class).axis(), ADD);
  }
}
