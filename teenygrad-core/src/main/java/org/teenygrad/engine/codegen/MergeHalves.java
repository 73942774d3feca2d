package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// A SORT on a processor of rows whose halves are in order: they are merged piece by piece, each piece an item of work.
///
/// Where a piece begins in both halves is found by binary search (Odeh, Green, Mwassi, Shmueli and Birk, "Merge Path", 2012). A merge waits
/// for each comparison before it knows what to compare next, so that several parts of a piece are merged at the same time.
final class MergeHalves implements LoopNest {
  /// Numbers of a piece.
  private static final long PIECE = 1 << 14;

  /// Merges at the same time.
  private static final int WAYS = 4;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode store;
  private final OpNode sort;
  private final OpNode range;
  private final List<OpNode> rows;
  private final long half;
  private final long count;
  private final long pieces;

  MergeHalves(Emitter emitter, Plan.RowSort plan) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    store = plan.store();
    sort = plan.sort();
    range = plan.range();
    rows = plan.rows();
    half = Analysis.size(range) / 2;
    count = plan.order().count();
    pieces = Math.ceilDiv(count, PIECE);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return analysis.kind();
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Analysis.count(rows) * pieces, 1, 0);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      String first = pieces == 1 ? "0" : ir.value("mul i64 " + ir.remainder(item, pieces) + ", " + PIECE);
      emitter.unflatten(pieces == 1 ? item : ir.quotient(item, pieces), rows, () -> merge(first));
      return none;
    });
  }

  private void merge(String first) {
    Ir ir = emitter.ir;
    String length = ir.smallest(ir.value("sub i64 " + count + ", " + first), Long.toString(PIECE));
    String each = ir.value("udiv i64 " + ir.plus(length, WAYS - 1) + ", " + WAYS);
    // Those of a short piece overlap.
    String last = ir.value("add i64 " + first + ", " + ir.value("sub i64 " + length + ", " + each));
    List<String> starts = Ir.times(WAYS, way -> ir.smallest(emitter.sum(first, ir.value("mul i64 " + each + ", " + way)), last));
    List<Ir.Carried> heads = new ArrayList<>();
    for (String start : starts) {
      String own = ofFirstHalf(start);
      heads.add(new Ir.Carried("i64", own));
      heads.add(new Ir.Carried("i64", ir.value("add i64 " + half + ", " + ir.value("sub i64 " + start + ", " + own))));
    }
    ir.loop("0", each, 1, heads, (number, now) -> {
      List<Ir.Carried> next = new ArrayList<>();
      for (int way = 0; way < WAYS; way++) {
        next.addAll(step(emitter.sum(starts.get(way), number), now.get(2 * way).value(), now.get(2 * way + 1).value()));
      }
      return next;
    });
  }

  /// How many of the first numbers of a row in order are of the first half.
  private String ofFirstHalf(String numbers) {
    Ir ir = emitter.ir;
    ir.declare("declare i64 @llvm.smax.i64(i64, i64)");
    String least = ir.value("call i64 @llvm.smax.i64(i64 " + ir.plus(numbers, -half) + ", i64 0)");
    List<Ir.Carried> bounds = List.of(new Ir.Carried("i64", least), new Ir.Carried("i64", ir.smallest(numbers, Long.toString(half))));
    int steps = Long.SIZE - Long.numberOfLeadingZeros(half);
    return ir.loop("0", Integer.toString(steps), 1, bounds, (step, between) -> {
      String low = between.get(0).value();
      String high = between.get(1).value();
      String middle = ir.value("lshr i64 " + ir.value("add i64 " + low + ", " + high) + ", 1");
      String a = load(ir.smallest(middle, Long.toString(half - 1)));
      String other = ir.value("sub i64 " + ir.plus(numbers, -1) + ", " + middle);
      String b = load(ir.plus(ir.value("call i64 @llvm.smax.i64(i64 " + other + ", i64 0)"), half));
      String open = ir.value("icmp slt i64 " + low + ", " + high);
      String behind = ir.value("and i1 " + open + ", " + ir.value("icmp sle i64 " + a + ", " + b));
      String up = ir.value("select i1 " + behind + ", i64 " + ir.plus(middle, 1) + ", i64 " + low);
      String down = ir.value("select i1 " + behind + ", i64 " + high + ", i64 " + middle);
      return List.of(new Ir.Carried("i64", up), new Ir.Carried("i64", down));
    }).getFirst().value();
  }

  /// Stores one number.
  /// @return where the next ones of both halves are
  private List<Ir.Carried> step(String place, String i, String j) {
    Ir ir = emitter.ir;
    String a = load(i);
    String b = load(ir.smallest(j, Long.toString(2 * half - 1)));
    String left = MergePasses.takesFirst(ir, a, ir.value("icmp slt i64 " + i + ", " + half), b, ir.value("icmp slt i64 " + j + ", " + 2 * half));
    String smaller = ir.value("select i1 " + left + ", i64 " + a + ", i64 " + b);
    emitter.within(range, place, null, () -> {
      emitter.define(sort, emitter.loops.zeroSteps(), smaller);
      emitter.emitReady(List.of(store));
      return "";
    });
    return MergePasses.behind(ir, left, i, j);
  }

  private String load(String at) {
    return emitter.within(range, at, null, () -> emitter.operand(sort.input(0), emitter.loops.zeroSteps(), 1));
  }
}
