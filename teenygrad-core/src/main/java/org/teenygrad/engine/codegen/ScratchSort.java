package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.Supplier;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;

/// A SORT on a processor: a row's numbers are brought to scratch memory, sorted there between two halves of it, and the first are stored.
///
/// If few of a row are wanted, only those are brought that are below the last of the smallest so far: of a row in no order these
/// are few, and the rest is one comparison of vectors.
final class ScratchSort implements LoopNest {
  /// What part of a row is few.
  private static final int FEW_PART = 8;

  /// Shorter rows are sorted whole.
  private static final long SHORTEST_SIFTED = 1024;

  /// Elements between two looks at how many numbers there are.
  private static final int CHUNK = 64;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode store;
  private final OpNode sort;
  private final OpNode range;
  private final List<OpNode> rows;
  private final long size;
  private final long count;
  private final int lanes;
  private final boolean isSifted;

  /// How many numbers are sorted at once.
  private final long capacity;

  private final ScratchPasses passes;

  ScratchSort(Emitter emitter, Plan.RowSort plan, int vectorBytes) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    store = plan.store();
    sort = plan.sort();
    range = plan.range();
    rows = plan.rows();
    size = Analysis.size(range);
    count = plan.order().count();
    lanes = (int) Math.min(vectorBytes / Long.BYTES, Long.highestOneBit(size));
    isSifted = size >= SHORTEST_SIFTED && count * FEW_PART <= size;
    capacity = isSifted ? 2 * count + 4 * CHUNK : size;
    passes = capacity < RadixPasses.SHORTEST ? new MergePasses(emitter.ir, capacity, count) : new RadixPasses(emitter.ir, capacity, lanes);
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
    return new Program.Launch(Analysis.count(rows), 1, passes.bytes());
  }

  @Override
  public void emit() {
    emitter.ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      emitter.unflatten(item, rows, () -> write(isSifted ? sift() : sortAll()));
      return none;
    });
  }

  private String sortAll() {
    bring(size);
    return passes.sort("0");
  }

  /// Brings the row's first elements to scratch memory.
  private void bring(long elements) {
    alongRow(elements, (counter, width) -> {
      String numbers = within(counter, width, () -> emitter.operand(sort.input(0), emitter.loops.zeroSteps(), width));
      String place = ScratchPasses.place(emitter.ir, counter);
      emitter.ir.effect("store " + Ir.type(DType.INT64, width) + " " + numbers + ", ptr " + place + ", align 8");
    });
  }

  /// Collects numbers and, when there is no room for more, sorts them and keeps the smallest: nothing above the last of them counts
  /// from then on.
  private String sift() {
    Ir ir = emitter.ir;
    long chunks = (size - count) / CHUNK;
    long first = size - chunks * CHUNK;
    bring(first);
    List<Ir.Carried> start = List.of(number("0"), number(Long.toString(first)), number(Long.toString(Long.MAX_VALUE)));
    return ir.loop(Long.toString(first), Long.toString(size), CHUNK, start, (chunk, carried) -> {
      String base = carried.get(0).value();
      String bound = carried.get(2).value();
      String fill = ir.loop("0", Integer.toString(CHUNK), lanes, List.of(carried.get(1)), (counter, filled) ->
          List.of(number(addBelow(bound, emitter.sum(chunk, counter), base, filled.getFirst().value())))).getFirst().value();
      // One place is left for what fills the rest up.
      String isFull = ir.value("icmp sge i64 " + fill + ", " + (capacity - CHUNK));
      String isLast = ir.value("icmp eq i64 " + chunk + ", " + (size - CHUNK));
      return ir.when(ir.value("or i1 " + isFull + ", " + isLast), List.of(carried.get(0), number(fill), carried.get(2)), () -> {
        ir.loop(fill, Long.toString(capacity), 1, List.of(), (place, none) -> {
          ir.effect("store i64 " + Long.MAX_VALUE + ", ptr " + ScratchPasses.place(ir, emitter.sum(base, place)));
          return none;
        });
        String sorted = passes.sort(base);
        String last = ir.value("load i64, ptr " + ScratchPasses.place(ir, ir.plus(sorted, count - 1)));
        return List.of(number(sorted), number(Long.toString(count)), number(last));
      });
    }).getFirst().value();
  }

  private static Ir.Carried number(String value) {
    return new Ir.Carried("i64", value);
  }

  /// Puts those of a vector of elements that are below a bound behind the numbers that are there.
  /// @return how many there are then
  private String addBelow(String bound, String at, String base, String fill) {
    Ir ir = emitter.ir;
    String type = Ir.type(DType.INT64, lanes);
    String numbers = within(at, lanes, () -> emitter.operand(sort.input(0), emitter.loops.zeroSteps(), lanes));
    String below = ir.value("icmp slt " + type + " " + numbers + ", " + emitter.splat("i64", bound, lanes));
    String bits = lanes == 1 ? below : ir.value("bitcast <" + lanes + " x i1> " + below + " to i" + lanes);
    String any = lanes == 1 ? below : ir.value("icmp ne i" + lanes + " " + bits + ", 0");
    return ir.when(any, List.of(number(fill)), () -> {
      String place = ScratchPasses.place(ir, emitter.sum(base, fill));
      if (lanes == 1) {
        ir.effect("store i64 " + numbers + ", ptr " + place);
        return List.of(number(ir.plus(fill, 1)));
      }
      String mask = Ir.vector("i1", lanes);
      String name = "@llvm.masked.compressstore." + Ir.suffix("i64", lanes);
      ir.declare("declare void " + name + "(" + type + ", ptr, " + mask + ")");
      ir.declare("declare i64 @llvm.ctpop.i64(i64)");
      ir.effect("call void " + name + "(" + type + " " + numbers + ", ptr align 8 " + place + ", " + mask + " " + below + ")");
      String added = ir.value("call i64 @llvm.ctpop.i64(i64 " + ir.value("zext i" + lanes + " " + bits + " to i64") + ")");
      return List.of(number(ir.value("add i64 " + fill + ", " + added)));
    }).getFirst().value();
  }

  private void write(String sorted) {
    alongRow(count, (counter, width) -> within(counter, width, () -> {
      String place = ScratchPasses.place(emitter.ir, emitter.sum(sorted, counter));
      String numbers = emitter.ir.value("load " + Ir.type(DType.INT64, width) + ", ptr " + place + ", align 8");
      emitter.define(sort, emitter.loops.zeroSteps(), numbers);
      emitter.emitReady(List.of(store));
      return "";
    }));
  }

  private String within(String at, int width, Supplier<String> body) {
    return emitter.within(range, at, width == 1 ? null : new Axis(range, 1, width, width), body);
  }

  /// What is done with some neighbours.
  private interface Step {
    void at(String counter, int width);
  }

  private void alongRow(long elements, Step step) {
    long full = elements / lanes * lanes;
    if (full > 0) {
      emitter.ir.loop("0", Long.toString(full), lanes, List.of(), (counter, none) -> {
        step.at(counter, lanes);
        return none;
      });
    }
    if (full < elements) {
      step.at(Long.toString(full), (int) (elements - full));
    }
  }
}
