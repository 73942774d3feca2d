package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;

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

  /// The steps in which the mask shows anything: one interval, as each of its half-planes shows the first steps or the last; one
  /// step at least, be there nothing to see.
  /// @param row the block's first
  /// @param count how many steps there are
  Interval visible(String row, long count) {
    String from = "0";
    String below = Long.toString(count);
    for (AttentionMask.HalfPlane plane : mask.shown()) {
      String first = any(corners(plane, row, "0"));
      String end = firstUnlike(plane, row, first, count);
      from = largest(from, ir.value("select i1 " + first + ", i64 0, i64 " + end));
      below = ir.smallest(below, ir.value("select i1 " + first + ", i64 " + end + ", i64 " + count));
    }
    String start = ir.smallest(from, Long.toString(count - 1));
    return new Interval(start, largest(below, ir.plus(start, 1)));
  }

  /// The same of some of the block's rows, but for more than one step less at either end; one step at least.
  /// @param row the first of them
  /// @param block the block's steps
  Interval narrowed(String row, Interval block) {
    String last = ir.value("add i64 " + block.below + ", -1");
    String from = ir.smallest(ir.value("add i64 " + block.from + ", " + number(hides(row, block.from))), last);
    return new Interval(from, largest(ir.value("sub i64 " + block.below + ", " + number(hides(row, last))), ir.plus(from, 1)));
  }

  private String number(String condition) {
    return ir.value("zext i1 " + condition + " to i64");
  }

  /// Whether one of the half-planes shows nothing of a step.
  private String hides(String row, String step) {
    return mask.shown().stream().map(plane -> ir.value("xor i1 " + any(corners(plane, row, step)) + ", true"))
        .reduce((a, b) -> ir.value("or i1 " + a + ", " + b)).orElseThrow();
  }

  /// The first step of which a half-plane shows something, unlike of step 0, or nothing, unlike there; by halving.
  private String firstUnlike(AttentionMask.HalfPlane plane, String row, String atFirst, long count) {
    int halvings = Long.SIZE - Long.numberOfLeadingZeros(count);
    List<Ir.Carried> ends = List.of(new Ir.Carried("i64", "0"), new Ir.Carried("i64", Long.toString(count)));
    return ir.loop("0", Long.toString(halvings), 1, ends, (halving, found) -> {
      String like = found.get(0).value();
      String unlike = found.get(1).value();
      String middle = ir.value("lshr i64 " + ir.value("add i64 " + like + ", " + unlike) + ", 1");
      String differs = ir.value("xor i1 " + any(corners(plane, row, middle)) + ", " + atFirst);
      return List.of(new Ir.Carried("i64", ir.value("select i1 " + differs + ", i64 " + like + ", i64 " + middle)),
          new Ir.Carried("i64", ir.value("select i1 " + differs + ", i64 " + middle + ", i64 " + unlike)));
    }).get(1).value();
  }

  private String largest(String a, String b) {
    ir.declare("declare i64 @llvm.smax.i64(i64, i64)");
    return ir.value("call i64 @llvm.smax.i64(i64 " + a + ", i64 " + b + ")");
  }

  /// Whether the mask shows all of a step.
  String showsAll(String row, String step) {
    return mask.shown().stream().flatMap(plane -> corners(plane, row, step).stream()).reduce((a, b) -> ir.value("and i1 " + a + ", " + b)).orElseThrow();
  }

  private String any(List<String> corners) {
    return corners.stream().reduce((a, b) -> ir.value("or i1 " + a + ", " + b)).orElseThrow();
  }

  /// Whether a half-plane shows the corners of a step: it shows something if it shows one, and all if it shows all.
  private List<String> corners(AttentionMask.HalfPlane plane, String row, String step) {
    String lastRow = ir.smallest(ir.plus(row, rows - 1L), Long.toString(Analysis.count(attention.rows()) - 1));
    String start = ir.value("mul i64 " + step + ", " + depth);
    String lastColumn = ir.smallest(ir.plus(start, depth - 1L), Long.toString(Analysis.count(attention.steps()) - 1));
    List<String> corners = new ArrayList<>();
    for (String r : List.of(row, lastRow)) {
      for (String c : List.of(start, lastColumn)) {
        emitter.unflatten(r, attention.rows(), () -> emitter.unflatten(c, attention.steps(), () -> {
          String corner = emitter.value(plane.comparison(), emitter.loops.zeroSteps());
          corners.add(plane.holds() ? corner : ir.value("xor i1 " + corner + ", true"));
        }));
      }
    }
    return corners;
  }
}
