package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Semantics;

/// Ends loops of reductions where a mask hides the rest and data says from where on: the sum of `where(j <= position[row], x, 0)` over j
/// becomes the sum of x over j that ends at `position[row] + 1`. Work then grows with the rows' lengths, not with the longest one possible.
///
/// Comparisons of a loop's counter with something that is loaded outside the loop are taken out of conjunctions; what is left of a mask
/// stays. Nothing behind the end counts: where it is NaN or infinite, 0 times it is not added.
public final class LoopEnds {
  /// Beyond all sizes and positions: comparisons of these with larger numbers end in the same way.
  private static final long FAR = 1L << 40;

  private final IndexAlgebra algebra = new IndexAlgebra();
  private final Map<OpNode, OpNode> changed = new IdentityHashMap<>();
  private final Map<List<OpNode>, OpNode> ended = new HashMap<>();
  private int nextRange;

  private LoopEnds() {}

  /// What is so wherever an element counts.
  private record Fact(OpNode comparison, boolean holds) {}

  /// @param sink a kernel
  /// @return the same with ends, itself if there are none to be found
  public static OpNode find(OpNode sink) {
    List<OpNode> nodes = Graph.topological(List.of(sink));
    if (nodes.stream().noneMatch(node -> node.is(OpCode.FOLD)) || nodes.stream().noneMatch(node -> node.is(OpCode.LT))) {
      return sink;
    }
    LoopEnds ends = new LoopEnds();
    ends.nextRange = 1 + nodes.stream().filter(node -> node.is(OpCode.RANGE)).mapToInt(node -> node.payload(Range.class).id()).max().orElse(0);
    for (OpNode node : nodes) {
      OpNode copy = node.withInputs(node.inputs().stream().map(ends.changed::get).toList());
      ends.changed.put(node, copy.is(OpCode.FOLD) ? ends.fold(copy) : copy);
    }
    return Objects.requireNonNull(ends.changed.get(sink));
  }

  /// Where columns end of which a sum counts: behind that a mask has something else stored, as scores of keys behind the end of a
  /// text are -infinity.
  /// @param range the columns
  /// @return an expression of data and other loops, without those of `own`
  static Optional<OpNode> ofColumns(Analysis analysis, OpNode fold, OpNode range, List<OpNode> own) {
    if (analysis.stores().size() != 1) {
      return Optional.empty();
    }
    LoopEnds ends = new LoopEnds();
    List<Fact> facts = new ArrayList<>();
    OpNode value = analysis.stores().getFirst().input(2);
    while (value != fold) {
      List<OpNode> users = value.inputs().stream().filter(input -> Graph.topological(List.of(input)).contains(fold)).toList();
      if (users.size() != 1 || !value.op().isElementwise()) {
        return Optional.empty();
      }
      if (value.is(OpCode.WHERE) && users.getFirst() != value.input(0)) {
        conjunction(value.input(0), users.getFirst() == value.input(1), facts);
      }
      value = users.getFirst();
    }
    return facts.stream().map(fact -> ends.end(fact, range, own)).filter(Objects::nonNull).reduce((a, b) -> OpNode.of(OpCode.MIN, a, b));
  }

  private OpNode fold(OpNode fold) {
    List<Fact> facts = new ArrayList<>();
    Number neutral = switch (fold.payload(OpCode.class)) {
      case ADD -> 0;
      case MUL -> 1;
      case MAX, LOGSUMEXP -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
      default -> throw new IllegalStateException("a FOLD by " + fold.payload());
    };
    collect(fold.input(0), neutral.doubleValue(), facts);
    OpNode result = fold;
    for (OpNode range : Analysis.foldRanges(fold)) {
      Map<OpNode, OpNode> known = new IdentityHashMap<>();
      OpNode end = null;
      for (Fact fact : facts) {
        OpNode one = end(fact, range, Analysis.foldRanges(fold));
        if (one != null) {
          end = end == null ? one : OpNode.of(OpCode.MIN, end, one);
          known.put(fact.comparison, OpNode.constant(fact.holds));
        }
      }
      if (end != null && range.inputs().isEmpty()) {
        result = ending(result, range, end, known);
      }
    }
    return result;
  }

  // Where an element is not neutral

  /// Collects what holds wherever a value is not `neutral`.
  private void collect(OpNode value, double neutral, List<Fact> facts) {
    switch (value.op()) {
      case WHERE -> {
        for (int side = 1; side < 3; side++) {
          if (value.input(side).isConstant(neutral)) {
            conjunction(value.input(0), side == 2, facts);
            collect(value.input(3 - side), neutral, facts);
            return;
          }
        }
      }
      case CAST -> collect(value.input(0), neutral, facts);
      case NEG -> collect(value.input(0), -neutral, facts);
      case MUL -> {
        if (neutral == 0) {
          value.inputs().forEach(factor -> collect(factor, 0, facts));
        }
      }
      case EXP -> {
        OpNode power = value.input(0);
        boolean shifted = power.is(OpCode.SUB) && isAboveInfinity(power.input(1));
        if (neutral == 0 && (shifted || power.is(OpCode.WHERE))) {
          collect(shifted ? power.input(0) : power, Double.NEGATIVE_INFINITY, facts);
        }
      }
      default -> {}
    }
  }

  /// Whether -infinity less this is -infinity for sure, but for NaN.
  private static boolean isAboveInfinity(OpNode node) {
    return node.is(OpCode.MAX) && node.inputs().stream().anyMatch(input -> input.is(OpCode.CONST) && Semantics.toDouble(input.payload(Object.class)) > Double.NEGATIVE_INFINITY);
  }

  private static void conjunction(OpNode condition, boolean holds, List<Fact> facts) {
    if (condition.is(OpCode.NOT)) {
      conjunction(condition.input(0), !holds, facts);
    } else if (condition.is(holds ? OpCode.AND : OpCode.OR)) {
      condition.inputs().forEach(part -> conjunction(part, holds, facts));
    } else if (condition.is(OpCode.LT) && condition.input(0).dtype().isInteger()) {
      facts.add(new Fact(condition, holds));
    }
  }

  // Where a loop ends

  /// The first number of a loop for which a fact cannot be so, nor for those after it; null if that is not known before the FOLD begins, or
  /// without looking at data.
  private @Nullable OpNode end(Fact fact, OpNode range, List<OpNode> own) {
    OpNode a = wide(fact.comparison.input(0));
    OpNode b = wide(fact.comparison.input(1));
    // a < b is 0 < b - a, and not so is -1 < a - b.
    OpNode difference = fact.holds ? algebra.subtract(b, a) : algebra.add(algebra.subtract(a, b), 1);
    if (algebra.sum(difference).factor(range) != -1) {
      return null;
    }
    OpNode end = algebra.add(difference, range);
    List<OpNode> nodes = Graph.topological(List.of(end));
    return nodes.stream().anyMatch(node -> node.is(OpCode.LOAD)) && nodes.stream().noneMatch(own::contains) ? end : null;
  }

  /// An integer as an INT64 that is a sum of terms; what may wrap around in its own type is a term.
  private OpNode wide(OpNode node) {
    OpNode widened = node.dtype() == DType.INT64 ? node : OpNode.create(OpCode.CAST, DType.INT64, List.of(node), null);
    OpNode sum = switch (node.op()) {
      case CONST -> IndexAlgebra.constant(Semantics.toLong(node.payload(Object.class)));
      case CAST -> node.input(0).dtype().isInteger() ? wide(node.input(0)) : widened;
      case ADD -> algebra.add(wide(node.input(0)), wide(node.input(1)));
      case SUB -> algebra.subtract(wide(node.input(0)), wide(node.input(1)));
      case MUL -> node.input(1).is(OpCode.CONST) ? algebra.multiply(wide(node.input(0)), Semantics.toLong(node.input(1).payload(Object.class))) : widened;
      default -> widened;
    };
    IndexAlgebra.Interval own = algebra.bounds(widened);
    IndexAlgebra.Interval exact = algebra.bounds(sum);
    boolean fits = node.dtype() == DType.INT64 ? -FAR <= exact.low() && exact.high() <= FAR : own.low() <= exact.low() && exact.high() <= own.high();
    if (fits) {
      return sum;
    }
    return node.dtype() == DType.INT64 ? OpNode.of(OpCode.MAX, OpNode.of(OpCode.MIN, node, IndexAlgebra.constant(FAR)), IndexAlgebra.constant(-FAR)) : widened;
  }

  // The FOLD that ends there

  /// @param known comparisons that are constants before the end
  private OpNode ending(OpNode fold, OpNode range, OpNode end, Map<OpNode, OpNode> known) {
    long size = Analysis.size(range);
    OpNode until = ended.computeIfAbsent(List.of(range, end), key ->
        OpNode.create(OpCode.RANGE, DType.INT64, List.of(end), new Range(nextRange++, size)));
    Map<OpNode, OpNode> replaced = new IdentityHashMap<>(known);
    replaced.put(range, until);
    List<OpNode> inputs = new ArrayList<>(fold.inputs());
    inputs.set(0, replace(fold.input(0), range, replaced));
    inputs.replaceAll(input -> input == range ? until : input);
    return fold.withInputs(inputs);
  }

  /// A value with another loop in place of one; FOLDs over that loop have it to themselves.
  private OpNode replace(OpNode value, OpNode range, Map<OpNode, OpNode> replaced) {
    for (OpNode node : Graph.topological(List.of(value), node -> !replaced.containsKey(node) && !isOver(node, range))) {
      if (!replaced.containsKey(node)) {
        replaced.put(node, isOver(node, range) ? node : decided(node.withInputs(node.inputs().stream().map(replaced::get).toList())));
      }
    }
    return Objects.requireNonNull(replaced.get(value));
  }

  private static boolean isOver(OpNode node, OpNode range) {
    return node.is(OpCode.FOLD) && Analysis.foldRanges(node).contains(range);
  }

  /// A choice whose condition is constant by now, or part of such a condition.
  private OpNode decided(OpNode node) {
    boolean logical = node.dtype() == DType.BOOL;
    return switch (node.op()) {
      case NOT -> logical && node.input(0).is(OpCode.CONST) ? OpNode.constant(node.input(0) == IndexAlgebra.FALSE) : node;
      case OR -> logical && node.input(0) == IndexAlgebra.FALSE ? node.input(1) : logical && node.input(1) == IndexAlgebra.FALSE ? node.input(0) : node;
      case AND, WHERE -> algebra.rebuild(node);
      default -> node;
    };
  }
}
