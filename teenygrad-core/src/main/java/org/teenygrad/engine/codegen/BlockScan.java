package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// A SCAN of rows of neighbours on a GPU: a warp for each short row, a block for each long one.
///
/// A warp loads some vectors for each thread, all of them neighbours. Each thread scans its vector, the warp the vectors' totals by
/// shuffles, and one barrier lets every warp add what those before it have. A row that a block does not hold at once takes several
/// rounds, each of which begins with the total of those before. Additions are always made in one order.
final class BlockScan implements LoopNest {
  /// Vectors that a thread loads before the first is added.
  private static final int VECTORS = 4;

  private static final int WARPS = 4;
  private static final int MOST_WARPS = 16;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode store;
  private final OpNode scan;
  private final OpNode range;
  private final List<OpNode> rows;
  private final OpCode combine;
  private final DType dtype;
  private final long size;
  private final int lanes;
  private final int vectors;
  private final int warps;
  private final int rowsPerBlock;

  BlockScan(Emitter emitter, Plan.RowScan plan) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    store = plan.store();
    scan = plan.scan();
    range = plan.range();
    combine = plan.combine();
    dtype = scan.dtype();
    rows = plan.rows();
    size = Analysis.size(range);
    lanes = Math.min(4, Blocks.lanes(analysis, range, Blocks.MOST_LANES, size));
    long warpful = (long) Threads.WARP * lanes;
    vectors = Math.clamp(Math.ceilDiv(size, warpful), 1, VECTORS);
    warps = (int) Math.min(MOST_WARPS, Long.highestOneBit(2 * Math.ceilDiv(size, warpful * vectors) - 1));
    rowsPerBlock = warps == 1 ? WARPS : 1;
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
    return new Program.Launch(Math.ceilDiv(Analysis.count(rows), rowsPerBlock), Threads.WARP * warps * rowsPerBlock, 0);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    long items = Analysis.count(rows);
    String warp = ir.value("udiv i64 " + Threads.thread(ir) + ", " + Threads.WARP);
    String block = Threads.block(ir);
    String item = rowsPerBlock == 1 ? block : ir.value("add i64 " + ir.value("mul i64 " + block + ", " + rowsPerBlock) + ", " + warp);
    // A warp without a row goes with the last one's: it must not leave before shuffles.
    String exists = items % rowsPerBlock == 0 ? null : ir.value("icmp slt i64 " + item + ", " + items);
    emitter.unflatten(exists == null ? item : ir.smallest(item, Long.toString(items - 1)), rows, () -> {
      List<Ir.Carried> start = List.of(new Ir.Carried(Ir.type(dtype, 1), Instructions.neutral(combine, dtype, 1)));
      ir.loop("0", Long.toString(size), round(), start, (first, carried) ->
          List.of(new Ir.Carried(start.getFirst().type(), round(first, warps == 1 ? "0" : warp, exists, carried.getFirst().value()))));
    });
  }

  /// Elements of a row that its threads have at once.
  private long round() {
    return (long) warps * vectors * Threads.WARP * lanes;
  }

  /// @param before everything in earlier rounds
  /// @return that and all of this round
  private String round(String first, String warp, @Nullable String exists, String before) {
    Ir ir = emitter.ir;
    String lane = Threads.lane(ir);
    String start = emitter.sum(emitter.sum(first, warps == 1 ? "0" : ir.value("mul i64 " + warp + ", " + round() / warps)), ir.value("mul i64 " + lane + ", " + lanes));
    List<String> places = Ir.times(vectors, vector -> ir.plus(start, (long) vector * Threads.WARP * lanes));
    List<String> inside = places.stream().map(place -> size % round() == 0 ? "" : ir.value("icmp slt i64 " + place + ", " + size)).toList();
    List<String> loaded = Ir.times(vectors, vector -> load(places.get(vector), inside.get(vector)));
    List<List<String>> scanned = new ArrayList<>();
    List<String> starts = new ArrayList<>();
    String sum = Instructions.neutral(combine, dtype, 1);
    for (String vector : loaded) {
      List<String> own = scanned(vector);
      String total = acrossWarp(own.getLast(), lane);
      String earlier = ir.value("select i1 " + ir.value("icmp eq i64 " + lane + ", 0") + ", " + Ir.type(dtype, 1) + " " + Instructions.neutral(combine, dtype, 1) + ", "
          + Ir.type(dtype, 1) + " " + Shuffle.before(ir, dtype, total, 1));
      scanned.add(own);
      starts.add(combined(sum, earlier));
      sum = combined(sum, Shuffle.of(ir, dtype, total, Threads.WARP - 1));
    }
    String all = sum;
    String offset = before;
    if (warps > 1) {
      List<String> totals = totals(sum, warp);
      all = Instructions.neutral(combine, dtype, 1);
      String own = all;
      for (int other = 0; other < warps; other++) {
        own = ir.value("select i1 " + ir.value("icmp eq i64 " + warp + ", " + other) + ", " + Ir.type(dtype, 1) + " " + all + ", " + Ir.type(dtype, 1) + " " + own);
        all = combined(all, totals.get(other));
      }
      offset = combined(before, own);
    }
    for (int vector = 0; vector < vectors; vector++) {
      String condition = inside.get(vector).isEmpty() ? exists : exists == null ? inside.get(vector) : ir.value("and i1 " + inside.get(vector) + ", " + exists);
      store(places.get(vector), scanned.get(vector), combined(offset, starts.get(vector)), condition);
    }
    return combined(before, all);
  }

  private @Nullable Axis axis() {
    return lanes == 1 ? null : new Axis(range, 1, lanes, lanes);
  }

  /// A vector of elements; behind the row's end what changes nothing.
  private String load(String place, String inside) {
    Ir ir = emitter.ir;
    String at = inside.isEmpty() ? place : ir.smallest(place, Long.toString(size - lanes));
    String value = emitter.within(range, at, axis(), () -> emitter.operand(scan.input(0), emitter.loops.zeroSteps(), lanes));
    String type = Ir.type(dtype, lanes);
    return inside.isEmpty() ? value : ir.value("select i1 " + inside + ", " + type + " " + value + ", " + type + " " + Instructions.neutral(combine, dtype, lanes));
  }

  private List<String> scanned(String vector) {
    List<String> sums = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      String element = lanes == 1 ? vector : emitter.ir.value("extractelement " + Ir.type(dtype, lanes) + " " + vector + ", i64 " + lane);
      sums.add(lane == 0 ? element : combined(sums.getLast(), element));
    }
    return sums;
  }

  /// What this thread and those before it in the warp have.
  private String acrossWarp(String own, String lane) {
    Ir ir = emitter.ir;
    String sum = own;
    for (int distance = 1; distance < Threads.WARP; distance *= 2) {
      String more = combined(Shuffle.before(ir, dtype, sum, distance), sum);
      sum = ir.value("select i1 " + ir.value("icmp sge i64 " + lane + ", " + distance) + ", " + Ir.type(dtype, 1) + " " + more + ", " + Ir.type(dtype, 1) + " " + sum);
    }
    return sum;
  }

  /// What each warp has.
  private List<String> totals(String own, String warp) {
    Ir ir = emitter.ir;
    ir.declare("@totals = internal addrspace(3) global [" + warps + " x i64] undef, align 8");
    String type = Ir.type(dtype, 1);
    ir.effect("store " + type + " " + own + ", ptr addrspace(3) " + ir.value("getelementptr inbounds i64, ptr addrspace(3) @totals, i64 " + warp));
    Threads.barrier(ir);
    List<String> totals = Ir.times(warps, other -> ir.value("load " + type + ", ptr addrspace(3) " + ir.value("getelementptr inbounds i64, ptr addrspace(3) @totals, i64 " + other)));
    if (size > round()) {
      Threads.barrier(ir);
    }
    return totals;
  }

  private void store(String place, List<String> own, String before, @Nullable String condition) {
    Ir ir = emitter.ir;
    String type = Ir.type(dtype, lanes);
    String value = "poison";
    for (int lane = 0; lane < lanes; lane++) {
      String sum = combined(before, own.get(lane));
      value = lanes == 1 ? sum : ir.value("insertelement " + type + " " + value + ", " + Ir.type(dtype, 1) + " " + sum + ", i64 " + lane);
    }
    String sums = value;
    Runnable body = () -> emitter.within(range, place, axis(), () -> {
      emitter.define(scan, emitter.loops.zeroSteps(), sums);
      emitter.emitReady(List.of(store));
      return true;
    });
    if (condition == null) {
      body.run();
    } else {
      emitter.branch(condition, body);
    }
  }

  private String combined(String a, String b) {
    return emitter.instructions.binary(combine, Analysis.inRegister(dtype), 1, a, b);
  }
}
