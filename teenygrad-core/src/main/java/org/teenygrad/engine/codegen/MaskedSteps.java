package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// What an [AttentionMask] hides of the steps of a block, found when the kernel runs.
final class MaskedSteps {
  private final Emitter emitter;
  private final Ir ir;
  private final FusedAttention attention;
  private final AttentionMask mask;
  private final int rows;
  private final int depth;

  /// A part of the steps.
  record Interval(String from, String below) {}

  /// Where a half-plane ends for some rows: it shows a row's column if a number of the row's and `slope` for each column before that
  /// one are less than 0 together. Every column has the same slope, so comparing the extremes of the rows is enough.
  ///
  /// @param least of the rows' numbers, most the largest
  private record Edge(String least, String most, long slope) {}

  /// @param rows of a block, or of those of its warps that multiply together
  /// @param depth of a step
  MaskedSteps(Emitter emitter, FusedAttention attention, AttentionMask mask, int rows, int depth) {
    this.emitter = emitter;
    this.attention = attention;
    this.mask = mask;
    this.rows = rows;
    this.depth = depth;
    ir = emitter.ir;
  }

  private List<Edge> edges(String row) {
    String lastRow = ir.smallest(ir.plus(row, rows - 1L), Long.toString(Analysis.count(attention.rows()) - 1));
    return mask.shown().stream().map(plane -> {
      String first = number(plane, row);
      String last = number(plane, lastRow);
      long slope = plane.slope(attention.steps().getLast());
      return new Edge(ir.smallest(first, last), ir.largest(first, last), plane.holds() ? slope : -slope);
    }).toList();
  }

  /// A row's number: what the comparison's sides differ by at the first column.
  private String number(AttentionMask.HalfPlane plane, String row) {
    List<String> found = new ArrayList<>();
    emitter.unflatten(row, attention.rows(), () -> emitter.unflatten("0", attention.steps(), () -> {
      String difference = ir.value("sub i64 " + side(plane.comparison().input(0)) + ", " + side(plane.comparison().input(1)));
      found.add(plane.holds() ? difference : ir.value("sub i64 -1, " + difference));
    }));
    return found.getFirst();
  }

  private String side(OpNode sum) {
    String value = emitter.value(sum, emitter.loops.zeroSteps());
    return sum.dtype() == DType.INT64 ? value : ir.value("sext " + Ir.type(sum.dtype(), 1) + " " + value + " to i64");
  }

  /// The steps in which the mask shows anything: one interval, as each of its half-planes shows the first columns or the last; one
  /// step at least, be there nothing to see.
  /// @param row the block's first
  /// @param count how many steps there are
  Interval visible(String row, long count) {
    String columns = Long.toString(Analysis.count(attention.steps()));
    String from = "0";
    String below = Long.toString(count);
    for (Edge edge : edges(row)) {
      if (edge.slope > 0) {
        String shown = ir.largest(ir.value("sub i64 " + (edge.slope - 1) + ", " + edge.least), "0");
        String end = ir.smallest(ir.quotient(shown, edge.slope), columns);
        below = ir.smallest(below, ir.quotient(ir.plus(end, depth - 1L), depth));
      } else if (edge.slope < 0) {
        String hidden = ir.largest(ir.plus(edge.least, -edge.slope), "0");
        from = ir.largest(from, ir.quotient(ir.smallest(ir.quotient(hidden, -edge.slope), columns), depth));
      } else {
        below = ir.value("select i1 " + ir.value("icmp slt i64 " + edge.least + ", 0") + ", i64 " + below + ", i64 0");
      }
    }
    String start = ir.smallest(from, Long.toString(count - 1));
    return new Interval(start, ir.largest(below, ir.plus(start, 1)));
  }

  /// The same of some of the block's rows, but for more than one step less at either end; one step at least.
  /// @param row the first of them
  /// @param block the block's steps
  Interval narrowed(String row, Interval block) {
    String last = ir.plus(block.below, -1);
    String from = ir.smallest(ir.value("add i64 " + block.from + ", " + hidden(row, block.from)), last);
    return new Interval(from, ir.largest(ir.value("sub i64 " + block.below + ", " + hidden(row, last)), ir.plus(from, 1)));
  }

  /// 1 if one of the half-planes shows nothing of a step, else 0.
  private String hidden(String row, String step) {
    String first = ir.value("mul i64 " + step + ", " + depth);
    String last = ir.smallest(ir.plus(first, depth - 1L), Long.toString(Analysis.count(attention.steps()) - 1));
    String shows = edges(row).stream().map(edge -> shows(edge.least, edge.slope, edge.slope > 0 ? first : last))
        .reduce((a, b) -> ir.value("and i1 " + a + ", " + b)).orElseThrow();
    return ir.value("zext i1 " + ir.value("xor i1 " + shows + ", true") + " to i64");
  }

  /// Whether the mask shows all of a step.
  String showsAll(String row, String step) {
    String first = ir.value("mul i64 " + step + ", " + depth);
    return edges(row).stream().map(edge -> shows(edge.most, edge.slope, edge.slope > 0 ? ir.plus(first, depth - 1L) : first))
        .reduce((a, b) -> ir.value("and i1 " + a + ", " + b)).orElseThrow();
  }

  private String shows(String number, long slope, String column) {
    return ir.value("icmp slt i64 " + ir.value("add i64 " + number + ", " + ir.value("mul i64 " + column + ", " + slope)) + ", 0");
  }
}
