package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A choice under which no matrix of a [FusedAttention] adds anything to what it is reduced to: the causal mask of attention, a
/// sliding window, a mask tensor.
///
/// What of it follows from the loop counters alone tells which steps show nothing and are left out. It shows the intersection of
/// half-planes of queries and keys, which is convex: it shows a whole tile if it shows its corners.
///
/// @param condition what is chosen by
/// @param hides whether what adds nothing is chosen where the condition is true; otherwise where it is false
/// @param shown half-planes outside of which all is hidden, at least one
/// @param exact whether all inside them is shown
/// @param opened each node as it is where nothing is hidden
record AttentionMask(OpNode condition, boolean hides, List<HalfPlane> shown, boolean exact, Map<OpNode, OpNode> opened) {
  /// A comparison of sums of loop counters.
  /// @param holds whether it is true inside; otherwise it is false there
  record HalfPlane(OpNode comparison, boolean holds) {
    /// Whether all of a part of a loop lies outside, whatever the other counters are: its corners do.
    boolean hides(OpNode range, long from, long to) {
      List<OpNode> others = Graph.topological(List.of(comparison)).stream().filter(node -> node.is(OpCode.RANGE) && node != range).toList();
      return IntStream.range(0, 2 << others.size()).allMatch(corner -> {
        Map<OpNode, Long> counters = new HashMap<>();
        counters.put(range, corner % 2 == 0 ? from : to - 1);
        for (int i = 0; i < others.size(); i++) {
          counters.put(others.get(i), (corner >> i + 1) % 2 == 0 ? 0 : Analysis.size(others.get(i)) - 1);
        }
        return number(comparison.input(0), counters) < number(comparison.input(1), counters) != holds;
      });
    }

    /// By how much the smaller side of the comparison, less the larger, grows where a counter does by 1.
    long slope(OpNode range) {
      return difference(range, 1) - difference(range, 0);
    }

    private long difference(OpNode range, long counter) {
      Map<OpNode, Long> counters = new HashMap<>();
      Graph.topological(List.of(comparison)).stream().filter(node -> node.is(OpCode.RANGE)).forEach(node -> counters.put(node, 0L));
      counters.put(range, counter);
      return number(comparison.input(0), counters) - number(comparison.input(1), counters);
    }

    private static long number(OpNode sum, Map<OpNode, Long> counters) {
      return switch (sum.op()) {
        case RANGE -> Objects.requireNonNull(counters.get(sum));
        case CONST -> sum.payload(Number.class).longValue();
        case CAST -> number(sum.input(0), counters);
        case NEG -> -number(sum.input(0), counters);
        case ADD -> number(sum.input(0), counters) + number(sum.input(1), counters);
        case SUB -> number(sum.input(0), counters) - number(sum.input(1), counters);
        case MUL -> number(sum.input(0), counters) * number(sum.input(1), counters);
        default -> throw new IllegalArgumentException(sum + " in a sum of loop counters");
      };
    }
  }

  static @Nullable AttentionMask find(FusedAttention attention, int tileRows) {
    OpNode masked = attention.rowFold() != null ? hidden(attention.rowFold()) : zeroed(attention.sums().getFirst().matrix());
    if (masked == null || !isMonotonous(attention, tileRows)) {
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
    List<HalfPlane> planes = new ArrayList<>();
    boolean exact = collect(condition, !hides, planes);
    int shown = hides ? 2 : 1;
    List<OpNode> roots = attention.sums().isEmpty() ? List.of(Objects.requireNonNull(attention.rowFold()).input(0))
        : attention.sums().stream().map(FusedAttention.Sum::matrix).toList();
    return new AttentionMask(condition, hides, planes, exact, open(roots, condition, shown));
  }

  /// Whether the counters of a tile's rows and of the steps grow with their numbers: comparisons then have the extremes of a tile
  /// at its corners.
  private static boolean isMonotonous(FusedAttention attention, int tileRows) {
    List<OpNode> rows = attention.rows();
    return attention.steps().size() == 1 && (rows.size() == 1 || Analysis.size(rows.getLast()) % tileRows == 0);
  }

  /// The half-planes outside of which a condition does not have a value.
  /// @return whether it has that value everywhere inside
  private static boolean collect(OpNode condition, boolean value, List<HalfPlane> planes) {
    if (condition.is(OpCode.NOT)) {
      return collect(condition.input(0), !value, planes);
    }
    if (condition.is(value ? OpCode.AND : OpCode.OR)) {
      boolean first = collect(condition.input(0), value, planes);
      return collect(condition.input(1), value, planes) && first;
    }
    if (isAffine(condition)) {
      planes.add(new HalfPlane(condition, value));
      return true;
    }
    return false;
  }

  /// Every node below some roots without the choice; a row's reduction stays as it is.
  private static Map<OpNode, OpNode> open(List<OpNode> roots, OpNode condition, int shown) {
    return Graph.map(roots, node -> node.is(OpCode.WHERE) && node.input(0) == condition ? node.input(shown) : node);
  }

  /// Whether it hides all of a part of the steps from each row.
  boolean hides(OpNode steps, long from, long to) {
    return shown.stream().anyMatch(plane -> plane.hides(steps, from, to));
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

  /// A choice one side of which is a constant, and which loop counters have a say in: not that of dropout.
  private static @Nullable OpNode chosen(OpNode node, double constant) {
    boolean fits = node.is(OpCode.WHERE) && (isConstant(node.input(1), constant) || isConstant(node.input(2), constant));
    List<HalfPlane> planes = new ArrayList<>();
    if (fits) {
      collect(node.input(0), !node.input(1).is(OpCode.CONST), planes);
    }
    return planes.isEmpty() ? null : node;
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
    return condition.is(OpCode.LT) && Graph.topological(condition.inputs()).stream().allMatch(node -> switch (node.op()) {
      case RANGE, CONST, ADD, SUB, CAST, NEG -> !node.dtype().isFloating();
      case MUL -> !node.dtype().isFloating() && node.inputs().stream().anyMatch(factor -> factor.is(OpCode.CONST));
      default -> false;
    });
  }
}
