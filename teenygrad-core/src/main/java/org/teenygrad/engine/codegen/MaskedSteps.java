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

  /// @param rows of a block
  /// @param depth of a step
  MaskedSteps(Emitter emitter, FusedAttention attention, AttentionMask mask, int rows, int depth) {
    this.emitter = emitter;
    this.attention = attention;
    this.mask = mask;
    this.rows = rows;
    this.depth = depth;
    ir = emitter.ir;
  }

  /// The steps in which the mask shows anything: one interval, as the mask is affine; one step at least, be there nothing to see.
  /// @param row the block's first
  /// @param count how many steps there are
  Interval visible(String row, String count) {
    List<Ir.Carried> none = List.of(new Ir.Carried("i64", count), new Ir.Carried("i64", "0"));
    List<Ir.Carried> ends = ir.loop("0", count, 1, none, (step, found) -> {
      String any = any(corners(row, step));
      String first = ir.value("select i1 " + any + ", i64 " + ir.smallest(found.get(0).value(), step) + ", i64 " + found.get(0).value());
      String after = ir.value("select i1 " + any + ", i64 " + ir.plus(step, 1) + ", i64 " + found.get(1).value());
      return List.of(new Ir.Carried("i64", first), new Ir.Carried("i64", after));
    });
    String from = ir.smallest(ends.get(0).value(), ir.value("sub i64 " + count + ", 1"));
    ir.declare("declare i64 @llvm.smax.i64(i64, i64)");
    return new Interval(from, ir.value("call i64 @llvm.smax.i64(i64 " + ends.get(1).value() + ", i64 " + ir.plus(from, 1) + ")"));
  }

  /// Whether the mask shows a whole step, and whether it shows some of it but not all.
  record Shown(String all, String some) {}

  Shown shown(String row, String step) {
    List<String> corners = corners(row, step);
    String all = corners.stream().reduce((a, b) -> ir.value("and i1 " + a + ", " + b)).orElseThrow();
    return new Shown(all, ir.value("and i1 " + any(corners) + ", " + ir.value("xor i1 " + all + ", true")));
  }

  private String any(List<String> corners) {
    return corners.stream().reduce((a, b) -> ir.value("or i1 " + a + ", " + b)).orElseThrow();
  }

  /// Whether the mask shows the corners of a step: being affine, it is the same everywhere if it is so there.
  private List<String> corners(String row, String step) {
    String lastRow = ir.smallest(ir.plus(row, rows - 1L), Long.toString(Contraction.count(attention.rows()) - 1));
    String start = ir.value("mul i64 " + step + ", " + depth);
    String lastColumn = ir.smallest(ir.plus(start, depth - 1L), Long.toString(Contraction.count(attention.steps()) - 1));
    List<String> corners = new ArrayList<>();
    for (String r : List.of(row, lastRow)) {
      for (String c : List.of(start, lastColumn)) {
        String[] corner = new String[1];
        emitter.unflatten(r, attention.rows(), () -> emitter.unflatten(c, attention.steps(), () -> corner[0] = emitter.value(mask.condition(), emitter.loops.zeroSteps())));
        corners.add(mask.hides() ? ir.value("xor i1 " + corner[0] + ", true") : corner[0]);
      }
    }
    return corners;
  }
}
