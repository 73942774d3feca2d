package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.runtime.Program;

/// A SORT on a processor: each row is merged bottom-up between two halves of scratch memory. Of every run only as many elements are kept
/// as the result has. Rows that are known to be bitonic take the last steps of the bitonic network.
final class MergeSort implements LoopNest {
  /// Lanes of a vector at most, where neighbours are compared with neighbours.
  private static final int VECTOR = 8;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode store;
  private final OpNode sort;
  private final OpNode range;
  private final List<OpNode> rows;
  private final long size;
  private final long count;

  MergeSort(Emitter emitter, Plan.RowSort plan) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    store = plan.store();
    sort = plan.sort();
    range = plan.range();
    rows = plan.rows();
    size = Analysis.size(range);
    count = plan.order().count();
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
    return new Program.Launch(Analysis.count(rows), 1, 2 * size * Long.BYTES);
  }

  @Override
  public void emit() {
    emitter.ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      emitter.unflatten(item, rows, this::sort);
      return none;
    });
  }

  private void sort() {
    Ir ir = emitter.ir;
    ir.loop("0", Long.toString(size), 1, List.of(), (counter, none) -> emitter.within(range, counter, null, () -> {
      String key = emitter.operand(sort.input(0), emitter.loops.zeroSteps(), 1);
      ir.effect("store i64 " + key + ", ptr " + place(counter));
      return none;
    }));
    long from = 0;
    if (sort.payload(Order.class).bitonic()) {
      for (long distance = size / 2; distance > 0; distance /= 2) {
        exchange(distance);
      }
    } else {
      for (long width = 1; width < size; width *= 2) {
        merge(from, size - from, width);
        from = size - from;
      }
    }
    String sorted = Long.toString(from);
    ir.loop("0", Long.toString(count), 1, List.of(), (counter, none) -> emitter.within(range, counter, null, () -> {
      emitter.define(sort, emitter.loops.zeroSteps(), load(emitter.sum(sorted, counter)));
      emitter.emitReady(List.of(store));
      return none;
    }));
  }

  /// A step of Batcher's network: the smaller of two elements at some distance goes in front.
  private void exchange(long distance) {
    Ir ir = emitter.ir;
    int lanes = (int) Math.min(VECTOR, distance);
    String type = Ir.type(DType.INT64, lanes);
    ir.loop("0", Long.toString(size), 2 * distance, List.of(), (block, none) -> {
      ir.loop("0", Long.toString(distance), lanes, List.of(), (number, nothing) -> {
        String first = place(emitter.sum(block, number));
        String second = place(ir.plus(emitter.sum(block, number), distance));
        String a = ir.value("load " + type + ", ptr " + first + ", align 8");
        String b = ir.value("load " + type + ", ptr " + second + ", align 8");
        ir.effect("store " + type + " " + emitter.instructions.binary(OpCode.MIN, DType.INT64, lanes, a, b) + ", ptr " + first + ", align 8");
        ir.effect("store " + type + " " + emitter.instructions.binary(OpCode.MAX, DType.INT64, lanes, a, b) + ", ptr " + second + ", align 8");
        return nothing;
      });
      return none;
    });
  }

  /// Merges neighbouring runs, which begin every `width` elements.
  private void merge(long from, long to, long width) {
    Ir ir = emitter.ir;
    long kept = Math.min(width, count);
    String end = Long.toString(size);
    ir.loop("0", end, 2 * width, List.of(), (first, none) -> {
      String firstEnd = ir.smallest(ir.plus(first, kept), end);
      String second = ir.smallest(ir.plus(first, width), end);
      String secondEnd = ir.smallest(ir.plus(second, kept), end);
      String both = ir.value("add i64 " + ir.value("sub i64 " + firstEnd + ", " + first) + ", " + ir.value("sub i64 " + secondEnd + ", " + second));
      List<Ir.Carried> starts = List.of(new Ir.Carried("i64", first), new Ir.Carried("i64", second));
      ir.loop("0", ir.smallest(both, Long.toString(count)), 1, starts, (number, heads) -> {
        String i = heads.get(0).value();
        String j = heads.get(1).value();
        String a = load(ir.plus(ir.smallest(i, Long.toString(size - 1)), from));
        String b = load(ir.plus(ir.smallest(j, Long.toString(size - 1)), from));
        String notAfter = ir.value("or i1 " + ir.value("icmp sge i64 " + j + ", " + secondEnd) + ", " + ir.value("icmp sle i64 " + a + ", " + b));
        String left = ir.value("and i1 " + ir.value("icmp slt i64 " + i + ", " + firstEnd) + ", " + notAfter);
        String next = ir.value("select i1 " + left + ", i64 " + a + ", i64 " + b);
        ir.effect("store i64 " + next + ", ptr " + place(ir.plus(emitter.sum(first, number), to)));
        String step = ir.value("zext i1 " + left + " to i64");
        String other = ir.value("xor i64 " + step + ", 1");
        return List.of(new Ir.Carried("i64", ir.value("add i64 " + i + ", " + step)), new Ir.Carried("i64", ir.value("add i64 " + j + ", " + other)));
      });
      return none;
    });
  }

  private String load(String index) {
    return emitter.ir.value("load i64, ptr " + place(index));
  }

  private String place(String index) {
    return emitter.ir.value("getelementptr i64, ptr %scratch, i64 " + index);
  }
}
