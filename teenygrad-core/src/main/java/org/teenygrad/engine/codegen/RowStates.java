package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// What the rows of a matrix in a warp's registers have been reduced to: one number for each row, or for a LOGSUMEXP the largest
/// element so far and the sum of exponentials of what the elements exceed it by (Milakov and Gimelshein, "Online normalizer calculation for
/// softmax", 2018). The four lanes that have a row each keep a share of it, but agree on what is the largest where sums depend on it.
final class RowStates {
  private static final double LOG2_E = 1 / Math.log(2);

  /// Lanes that have parts of a row.
  private static final int LANES = 4;

  private final Emitter emitter;
  private final Ir ir;
  private final OpNode fold;
  private final OpCode combine;
  private final boolean weighs;
  private final int halves;
  private double factor = 1;
  private int threads;

  /// A row's result.
  /// @param number which of a lane's rows
  /// @param scale what sums are to be multiplied with
  /// @param leader whether this is the lane that stores
  record Half(int number, String value, String scale, String leader) {}

  /// What elements have changed.
  ///
  /// @param states of the row
  /// @param exponentials e to the power of what each element exceeds the largest one by
  /// @param shrink what sums of earlier exponentials are to be multiplied with
  record Added(List<Ir.Carried> states, List<String> exponentials, String shrink) {}

  /// An expression as a number times another.
  record Scaled(OpNode value, double factor) {}

  /// @param halves how many rows a lane has parts of
  RowStates(Emitter emitter, FusedAttention attention, int halves) {
    this.emitter = emitter;
    this.halves = halves;
    ir = emitter.ir;
    fold = Objects.requireNonNull(attention.rowFold());
    combine = fold.payload(OpCode.class);
    weighs = attention.weight() != null;
  }

  OpNode body() {
    return fold.input(0);
  }

  /// Whether sums depend on the exponentials.
  boolean weighs() {
    return weighs;
  }

  private boolean isLogSum() {
    return combine == OpCode.LOGSUMEXP;
  }

  /// How many values are carried from step to step.
  int count() {
    return halves * (isLogSum() ? 2 : 1);
  }

  String neutralElement() {
    return Instructions.neutral(isLogSum() ? OpCode.MAX : combine, DType.FLOAT32, 1);
  }

  List<Ir.Carried> neutral() {
    return Ir.times(count(), i -> new Ir.Carried("float", isLogSum() && i % 2 == 1 ? "0.0" : neutralElement()));
  }

  /// Takes a positive constant factor out of scores, so that it costs no multiplication of its own.
  static Scaled scaled(OpNode body) {
    if (body.is(OpCode.MUL)) {
      for (int i = 0; i < 2; i++) {
        if (body.input(i).is(OpCode.CONST) && body.input(i).payload() instanceof Double number && number > 0) {
          return new Scaled(body.input(1 - i), number);
        }
      }
    }
    if (body.is(OpCode.WHERE) && body.input(2).is(OpCode.CONST) && Double.valueOf(Double.NEGATIVE_INFINITY).equals(body.input(2).payload())) {
      Scaled shown = scaled(body.input(1));
      return new Scaled(OpNode.of(OpCode.WHERE, body.input(0), shown.value, body.input(2)), shown.factor);
    }
    return new Scaled(body, 1);
  }

  /// Adds a lane's elements of one row to its state.
  /// @param states of all rows
  /// @param factor what the elements are to be multiplied with
  Added add(int half, List<Ir.Carried> states, List<String> elements, double factor, int threads) {
    this.factor = isLogSum() ? factor : 1;
    this.threads = threads;
    if (!isLogSum()) {
      String all = states.get(half).value();
      for (String one : elements) {
        all = binary(combine, all, factor == 1 ? one : binary(OpCode.MUL, one, number(factor)));
      }
      return new Added(List.of(new Ir.Carried("float", all)), List.of(), "1.0");
    }
    String before = states.get(2 * half).value();
    String largest = before;
    for (String one : elements) {
      largest = binary(OpCode.MAX, largest, one);
    }
    if (weighs) {
      largest = group().combine(OpCode.MAX, DType.FLOAT32, 1, largest);
    }
    String shift = shift(largest);
    // Rounded as the shift is: exactly 1 where the largest stays. Elements that are all hidden change nothing, so that a row's bits do not depend on how
    // many there are.
    String shrink = exp2(binary(OpCode.SUB, binary(OpCode.MUL, before, number(factor * LOG2_E)), shift));
    String sum = binary(OpCode.MUL, states.get(2 * half + 1).value(), shrink);
    List<String> powers = new ArrayList<>();
    for (String one : elements) {
      String power = power(one, shift);
      powers.add(power);
      sum = binary(OpCode.ADD, sum, power);
    }
    return new Added(List.of(new Ir.Carried("float", largest), new Ir.Carried("float", sum)), powers, shrink);
  }

  /// The rows' results; all lanes have them.
  List<Half> finish(List<String> states) {
    CooperativeGroup group = group();
    String leader = ir.value("icmp eq i64 " + group.rank() + ", 0");
    List<Half> results = new ArrayList<>();
    for (int half = 0; half < halves; half++) {
      if (!isLogSum()) {
        results.add(new Half(half, group.combine(combine, DType.FLOAT32, 1, states.get(half)), "1.0", leader));
        continue;
      }
      String own = states.get(2 * half);
      String largest = weighs ? own : group.combine(OpCode.MAX, DType.FLOAT32, 1, own);
      String part = weighs ? states.get(2 * half + 1) : binary(OpCode.MUL, states.get(2 * half + 1), power(own, shift(largest)));
      String sum = group.combine(OpCode.ADD, DType.FLOAT32, 1, part);
      String log = ir.gpu().approximate(GpuDialect.Approximation.LOG2, sum);
      String value = binary(OpCode.MUL, binary(OpCode.ADD, log, shift(largest)), number(1 / LOG2_E));
      // A row of nothing but -infinity weighs nothing.
      String none = ir.value("fcmp oeq float " + sum + ", 0.0");
      String scale = ir.value("select i1 " + none + ", float 0.0, float " + ir.value("fdiv float 1.0, " + sum));
      results.add(new Half(half, value, scale, leader));
    }
    return results;
  }

  private CooperativeGroup group() {
    return new CooperativeGroup(ir, LANES, threads, true);
  }

  private String binary(OpCode op, String a, String b) {
    return emitter.instructions.binary(op, DType.FLOAT32, 1, a, b);
  }

  private static String number(double value) {
    return Ir.constant(DType.FLOAT32, value, 1);
  }

  /// An element times [#factor] as a power of two to measure from: 0 where there is none.
  private String shift(String largest) {
    String none = ir.value("fcmp oeq float " + largest + ", " + number(Double.NEGATIVE_INFINITY));
    return ir.value("select i1 " + none + ", float 0.0, float " + binary(OpCode.MUL, largest, number(factor * LOG2_E)) + "");
  }

  /// e to the power of what [#factor] times a value exceeds a shift by.
  private String power(String value, String shift) {
    ir.declare("declare float @llvm.fma.f32(float, float, float)");
    String distance = ir.value("call float @llvm.fma.f32(float " + value + ", float " + number(factor * LOG2_E) + ", float " + ir.value("fneg float " + shift) + ")");
    return exp2(distance);
  }

  private String exp2(String power) {
    return ir.gpu().approximate(GpuDialect.Approximation.EXP2_FLUSHED, power);
  }
}
