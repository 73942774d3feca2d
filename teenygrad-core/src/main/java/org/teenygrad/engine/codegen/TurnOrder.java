package org.teenygrad.engine.codegen;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Semantics;

/// The steps that blocks of rows make under an [AttentionMask], found when a kernel is planned: what [MaskedSteps] finds when it runs.
///
/// @param rows of a block
/// @param depth of a step
record TurnOrder(FusedAttention attention, AttentionMask mask, int rows, int depth) {
  /// Some of the steps.
  private record Interval(long from, long below) {}

  /// Whether blocks can add to all steps one after the other: what a block sees begins and ends no earlier than what the one before
  /// it sees, so that those that see a step follow one another, and each step is seen.
  boolean isGiven() {
    long count = Math.ceilDiv(Analysis.count(attention.steps()), depth);
    long tiles = Math.ceilDiv(Analysis.count(attention.rows()), rows);
    if (mask.shown().stream().anyMatch(plane -> !isOfCounters(plane.comparison()))) {
      return false;
    }
    Interval before = new Interval(0, 0);
    for (long tile = 0; tile < tiles; tile++) {
      Interval now = visible(tile * rows, count);
      if (now.from < before.from || now.below < before.below || now.from > before.below) {
        return false;
      }
      before = now;
    }
    return before.below == count;
  }

  /// Whether a comparison looks at nothing but a row's and a step's number.
  private boolean isOfCounters(OpNode node) {
    return switch (node.op()) {
      case RANGE -> attention.rows().contains(node) || attention.steps().contains(node);
      default -> node.inputs().stream().allMatch(this::isOfCounters);
    };
  }

  private Interval visible(long row, long count) {
    long from = 0;
    long below = count;
    for (AttentionMask.HalfPlane plane : mask.shown()) {
      boolean first = shows(plane, row, 0);
      long like = 0;
      long unlike = count;
      while (unlike - like > 1) {
        long middle = (like + unlike) / 2;
        if (shows(plane, row, middle) == first) {
          like = middle;
        } else {
          unlike = middle;
        }
      }
      from = first ? from : Math.max(from, unlike);
      below = first ? Math.min(below, unlike) : below;
    }
    long start = Math.min(from, count - 1);
    return new Interval(start, Math.max(below, start + 1));
  }

  /// Whether a half-plane shows a corner of a step.
  private boolean shows(AttentionMask.HalfPlane plane, long row, long step) {
    long lastRow = Math.min(row + rows, Analysis.count(attention.rows())) - 1;
    long lastStep = Math.min((step + 1) * depth, Analysis.count(attention.steps())) - 1;
    return List.of(row, lastRow).stream().anyMatch(r -> List.of(step * depth, lastStep).stream().anyMatch(s -> {
      Map<OpNode, Long> counters = new HashMap<>();
      count(attention.rows(), r, counters);
      count(attention.steps(), s, counters);
      return value(plane.comparison(), counters) != 0 == plane.holds();
    }));
  }

  private static void count(List<OpNode> ranges, long number, Map<OpNode, Long> counters) {
    long rest = number;
    for (OpNode range : ranges.reversed()) {
      counters.put(range, rest % Analysis.size(range));
      rest /= Analysis.size(range);
    }
  }

  private static long value(OpNode node, Map<OpNode, Long> counters) {
    return switch (node.op()) {
      case CONST -> Semantics.toLong(node.payload(Object.class));
      case RANGE -> Objects.requireNonNull(counters.get(node));
      case CAST -> value(node.input(0), counters);
      case NEG -> -value(node.input(0), counters);
      case ADD -> value(node.input(0), counters) + value(node.input(1), counters);
      case SUB -> value(node.input(0), counters) - value(node.input(1), counters);
      case MUL -> value(node.input(0), counters) * value(node.input(1), counters);
      case LT -> value(node.input(0), counters) < value(node.input(1), counters) ? 1 : 0;
      default -> throw new IllegalStateException("no comparison of counters: " + node);
    };
  }
}
