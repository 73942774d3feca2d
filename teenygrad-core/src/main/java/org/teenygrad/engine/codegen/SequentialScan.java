package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// A SCAN of each row from its first element to its last: on a processor, and on a GPU where neighbouring threads have neighbouring rows.
///
/// Rows that lie side by side are scanned as vectors.
final class SequentialScan implements LoopNest {
  private static final int THREADS = 128;

  /// Elements that are loaded before the first of them is added.
  private static final int UNROLL = 8;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode store;
  private final OpNode scan;
  private final OpNode range;
  private final List<OpNode> rows;
  private final int lanes;
  private final boolean onGpu;

  SequentialScan(Emitter emitter, Plan.RowScan plan, int vectorBytes, boolean onGpu) {
    this.emitter = emitter;
    this.onGpu = onGpu;
    analysis = emitter.analysis;
    store = plan.store();
    scan = plan.scan();
    range = plan.range();
    rows = plan.rows();
    boolean neighbours = !rows.isEmpty() && analysis.stride(store, rows.getLast()) == 1 && analysis.dependsOn(scan, rows.getLast());
    lanes = neighbours ? Threads.divisor(Math.max(1, vectorBytes / Analysis.inRegister(scan.dtype()).bytes()), Analysis.size(rows.getLast())) : 1;
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return analysis.kind();
  }

  private long items() {
    return Analysis.count(rows) / lanes;
  }

  @Override
  public Program.Launch launch() {
    return onGpu ? new Program.Launch(Math.ceilDiv(items(), THREADS), THREADS, 0) : new Program.Launch(items(), 1, 0);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    if (onGpu) {
      String item = ir.value("add i64 " + ir.value("mul i64 " + Threads.block(ir) + ", " + THREADS) + ", " + Threads.thread(ir));
      emitter.branch(ir.value("icmp slt i64 " + item + ", " + items()), () -> atItem(item));
    } else {
      ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
        atItem(item);
        return none;
      });
    }
  }

  private void atItem(String item) {
    if (lanes == 1) {
      emitter.unflatten(item, rows, this::scan);
      return;
    }
    Ir ir = emitter.ir;
    OpNode last = rows.getLast();
    long vectors = Analysis.size(last) / lanes;
    List<OpNode> others = rows.subList(0, rows.size() - 1);
    String counter = others.isEmpty() ? item : ir.remainder(item, vectors);
    String number = others.isEmpty() ? "0" : ir.quotient(item, vectors);
    emitter.unflatten(number, others, () -> emitter.within(last, ir.value("mul i64 " + counter + ", " + lanes), new Axis(last, 1, lanes, lanes), () -> {
      scan();
      return true;
    }));
  }

  private void scan() {
    Ir ir = emitter.ir;
    OpCode combine = scan.payload(OpCode.class);
    int unroll = Threads.divisor(UNROLL, Analysis.size(range));
    List<Ir.Carried> start = List.of(new Ir.Carried(Ir.type(scan.dtype(), lanes), Instructions.neutral(combine, scan.dtype(), lanes)));
    ir.loop("0", Long.toString(Analysis.size(range)), unroll, start, (counter, carried) -> emitter.within(range, counter, Axis.unrolled(range, unroll), () -> {
      List<List<Integer>> instances = emitter.loops.instances(scan);
      List<String> elements = instances.stream().map(steps -> emitter.operand(scan.input(0), steps, lanes)).toList();
      String sum = carried.getFirst().value();
      for (int i = 0; i < elements.size(); i++) {
        sum = emitter.instructions.binary(combine, Analysis.inRegister(scan.dtype()), lanes, sum, elements.get(i));
        emitter.define(scan, instances.get(i), sum);
      }
      emitter.emitReady(List.of(store));
      return List.of(new Ir.Carried(start.getFirst().type(), sum));
    }));
  }
}
