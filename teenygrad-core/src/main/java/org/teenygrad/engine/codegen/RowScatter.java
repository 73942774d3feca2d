package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// Rows that are assigned to places which data names, on a GPU: new keys and values in a cache. Of several rows with one place the
/// last stays.
///
/// A warp has a row, or a part of a long one. Its lanes look whether a later row has the same place; if none has, they write theirs
/// in vectors. So rows do not wait for one another, and no place is written twice.
final class RowScatter implements LoopNest {
  private static final int WARPS = 4;
  private static final int THREADS = WARPS * Threads.WARP;

  /// Vectors that a lane writes, at most.
  private static final int MOST_VECTORS = 8;

  /// Each row looks at all that come after it.
  private static final int MOST_ROWS = 8192;

  private final Emitter emitter;
  private final Ir ir;
  private final Analysis analysis;
  private final OpNode store;
  private final OpNode row;
  private final List<OpNode> columns;
  private final int lanes;

  RowScatter(Emitter emitter, Plan.Scatter plan) {
    this.emitter = emitter;
    ir = emitter.ir;
    store = plan.store();
    analysis = emitter.analysis;
    row = analysis.outer.stream().filter(analysis::isSerial).findFirst().orElseThrow();
    columns = columns(analysis);
    lanes = columns.isEmpty() ? 1 : Blocks.lanes(analysis, columns.getLast(), Blocks.MOST_LANES, Analysis.size(columns.getLast()));
  }

  private static List<OpNode> columns(Analysis analysis) {
    return analysis.outer.stream().filter(range -> !analysis.isSerial(range)).toList();
  }

  /// Whether rows are assigned, not added, and nothing but the row's number says where to.
  static boolean fits(Plan.Scatter plan) {
    Analysis analysis = plan.analysis();
    OpNode store = plan.store();
    List<OpNode> rows = analysis.outer.stream().filter(analysis::isSerial).toList();
    return store.payload() == null && rows.size() == 1 && Analysis.size(rows.getFirst()) <= MOST_ROWS && columns(analysis).stream().noneMatch(column ->
        analysis.dependsOn(store.input(3), column) || places(analysis, store, rows.getFirst()).stream().anyMatch(term -> analysis.dependsOn(term, column)));
  }

  /// The parts of a store's index that change with the row.
  private static List<OpNode> places(Analysis analysis, OpNode store, OpNode row) {
    return analysis.algebra.sum(store.input(1)).factors().keySet().stream().filter(term -> analysis.dependsOn(term, row)).toList();
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "scatter";
  }

  private long vectors() {
    return Analysis.count(columns) / lanes;
  }

  private long parts() {
    return Math.ceilDiv(vectors(), (long) MOST_VECTORS * Threads.WARP);
  }

  private long warps() {
    return Analysis.size(row) * parts();
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Math.ceilDiv(warps(), WARPS), THREADS, 0);
  }

  @Override
  public void emit() {
    String warp = ir.value("add i64 " + ir.value("mul i64 " + Threads.block(ir) + ", " + WARPS) + ", " + Threads.warp(ir));
    if (warps() % WARPS == 0) {
      part(warp);
    } else {
      emitter.branch(ir.value("icmp slt i64 " + warp + ", " + warps()), () -> part(warp));
    }
  }

  private void part(String warp) {
    String number = parts() == 1 ? warp : ir.quotient(warp, parts());
    String first = parts() == 1 ? "0" : ir.value("mul i64 " + ir.remainder(warp, parts()) + ", " + MOST_VECTORS * Threads.WARP);
    Place own = place(number);
    String last = ir.value("and i1 " + own.valid + ", " + isLast(number, own));
    emitter.branch(last, () -> emitter.within(row, number, null, () -> {
      write(first);
      return true;
    }));
  }

  /// Where a row is assigned to, if anywhere.
  private record Place(List<String> terms, String valid) {}

  private Place place(String number) {
    return emitter.within(row, number, null, () -> new Place(
        places(analysis, store, row).stream().map(term -> emitter.value(term, emitter.loops.zeroSteps())).toList(),
        emitter.value(store.input(3), emitter.loops.zeroSteps())));
  }

  /// Whether no later row has the place of this one.
  private String isLast(String number, Place own) {
    String start = ir.value("add i64 " + ir.plus(number, 1) + ", " + Threads.lane(ir));
    String rows = Long.toString(Analysis.size(row));
    List<Ir.Carried> none = List.of(new Ir.Carried("i1", "false"));
    String found = ir.when(ir.value("icmp slt i64 " + start + ", " + rows), none, () -> ir.loop(start, rows, Threads.WARP, none, (later, carried) -> {
      Place other = place(later);
      String same = other.valid;
      for (int i = 0; i < own.terms.size(); i++) {
        same = ir.value("and i1 " + same + ", " + ir.value("icmp eq i64 " + own.terms.get(i) + ", " + other.terms.get(i)));
      }
      return List.of(new Ir.Carried("i1", ir.value("or i1 " + carried.getFirst().value() + ", " + same)));
    })).getFirst().value();
    return ir.value("icmp eq i32 " + ir.gpu().ballot(found) + ", 0");
  }

  private void write(String first) {
    String below = parts() == 1 ? Long.toString(vectors()) : ir.smallest(ir.plus(first, (long) MOST_VECTORS * Threads.WARP), Long.toString(vectors()));
    String start = ir.value("add i64 " + first + ", " + Threads.lane(ir));
    emitter.branch(ir.value("icmp slt i64 " + start + ", " + below), () -> ir.loop(start, below, Threads.WARP, List.of(), (vector, none) -> {
      emitter.unflatten(lanes == 1 ? vector : ir.value("mul i64 " + vector + ", " + lanes), columns, Axis.ofLanes(columns, lanes), () -> emitter.emitReady(analysis.nodes));
      return none;
    }));
  }
}
