package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A condition on loop counters under which no matrix of a [FusedAttention] adds anything to what it is reduced to: the causal mask of attention.
///
/// @param condition affine in the loop counters
/// @param hides whether it is so where the condition is true; otherwise where it is false
/// @param opened each node as it is where nothing is hidden
record AttentionMask(OpNode condition, boolean hides, Map<OpNode, OpNode> opened) {
  static @Nullable AttentionMask find(FusedAttention attention) {
    OpNode masked = attention.rowFold() != null ? hidden(attention.rowFold()) : zeroed(attention.sums().getFirst().matrix());
    if (masked == null) {
      return null;
    }
    OpNode condition = masked.input(0);
    boolean hides = masked.input(1).is(OpCode.CONST);
    for (FusedAttention.Sum sum : attention.sums()) {
      OpNode other = zeroed(sum.matrix());
      if (other == null || other.input(0) != condition || other.input(1).is(OpCode.CONST) != hides) {
        return null;
      }
    }
    int shown = hides ? 2 : 1;
    List<OpNode> roots = attention.sums().isEmpty() ? List.of(Objects.requireNonNull(attention.rowFold()).input(0))
        : attention.sums().stream().map(FusedAttention.Sum::matrix).toList();
    return new AttentionMask(condition, hides, open(roots, condition, shown));
  }

  /// Every node below some roots without the choice; a row's reduction stays as it is.
  private static Map<OpNode, OpNode> open(List<OpNode> roots, OpNode condition, int shown) {
    return Graph.map(roots, node -> node.is(OpCode.WHERE) && node.input(0) == condition ? node.input(shown) : node);
  }

  /// A node where nothing is hidden.
  OpNode open(OpNode node) {
    return Objects.requireNonNull(opened.get(node));
  }

  private static @Nullable OpNode hidden(OpNode rowFold) {
    return switch (rowFold.payload(OpCode.class)) {
      case LOGSUMEXP, MAX -> chosen(rowFold.input(0), Double.NEGATIVE_INFINITY);
      case ADD -> zeroed(rowFold.input(0));
      default -> null;
    };
  }

  /// A choice under a condition on loop counters, one side of which is a constant.
  private static @Nullable OpNode chosen(OpNode node, double constant) {
    boolean fits = node.is(OpCode.WHERE) && isAffine(node.input(0)) && (isConstant(node.input(1), constant) || isConstant(node.input(2), constant));
    return fits ? node : null;
  }

  private static boolean isConstant(OpNode node, double value) {
    return node.is(OpCode.CONST) && node.payload() instanceof Double number && number == value;
  }

  /// The choice that makes a product 0: of 0 for one of its factors, or of e to the power of -infinity.
  private static @Nullable OpNode zeroed(OpNode node) {
    return switch (node.op()) {
      case CAST, NEG -> zeroed(node.input(0));
      case MUL -> {
        OpNode first = zeroed(node.input(0));
        yield first != null ? first : zeroed(node.input(1));
      }
      case WHERE -> chosen(node, 0);
      case EXP -> chosen(node.input(0).is(OpCode.SUB) ? node.input(0).input(0) : node.input(0), Double.NEGATIVE_INFINITY);
      default -> null;
    };
  }

  private static boolean isAffine(OpNode condition) {
    OpNode compared = condition.is(OpCode.NOT) ? condition.input(0) : condition;
    return compared.is(OpCode.LT) && Graph.topological(compared.inputs()).stream().allMatch(node -> switch (node.op()) {
      case RANGE, CONST, ADD, SUB, MUL, CAST, NEG -> !node.dtype().isFloating();
      default -> false;
    });
  }
}
