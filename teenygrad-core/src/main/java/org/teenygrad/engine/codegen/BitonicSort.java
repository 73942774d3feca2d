package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.runtime.Program;

/// A SORT on a GPU by Batcher's bitonic network, a row in the registers of up to 256 threads.
///
/// A number's position in the network has bits for the register, the lane and the warp that hold it. A step of the network compares
/// positions that differ by a mask: within a thread if that has bits of registers alone, by a shuffle if it has bits of lanes, else
/// by way of shared memory. Positions' lowest bits are registers, as the network compares those most often.
///
/// If few of a row are wanted, runs of a power of two that holds them are sorted first. Then of two runs the smaller half is kept
/// and sorted, until one is left: log2(count) + 1 steps over half as many numbers each time. The bits that tell runs apart are then
/// registers as far as possible, so that half of them are done with each time.
final class BitonicSort implements LoopNest {
  private static final int MOST_REGISTERS = 16;
  private static final int THREADS = 128;
  private static final int LANE_BITS = 5;

  /// An unused number of 8 bytes behind every so many in shared memory, so that threads write their neighbouring numbers to
  /// different banks.
  private static final int PADDED = 16;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode store;
  private final OpNode sort;
  private final OpNode range;
  private final List<OpNode> rows;
  private final int size;
  private final int count;
  private final int network;
  private final int kept;
  private final int registers;
  private final int threadsPerRow;
  private final int rowsPerBlock;

  /// How many of a position's lowest bits are registers.
  private final int lowBits;

  private String thread = "";
  private List<Integer> live = List.of();
  private String[] numbers = {};

  BitonicSort(Emitter emitter, Plan.RowSort plan) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    store = plan.store();
    sort = plan.sort();
    range = plan.range();
    rows = plan.rows();
    size = Math.toIntExact(Analysis.size(range));
    count = plan.order().count();
    network = Math.max(Threads.WARP, atLeast(size));
    kept = Math.min(network, atLeast(count));
    registers = Math.min(MOST_REGISTERS, network / Threads.WARP);
    threadsPerRow = network / registers;
    rowsPerBlock = Math.max(1, THREADS / threadsPerRow);
    lowBits = Math.clamp(log2(kept) - LANE_BITS, 0, log2(registers));
  }

  private static int atLeast(int number) {
    return Integer.highestOneBit(2 * number - 1);
  }

  private static int log2(int power) {
    return Integer.numberOfTrailingZeros(power);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return analysis.kind();
  }

  private int threads() {
    return threadsPerRow * rowsPerBlock;
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Math.ceilDiv(Analysis.count(rows), rowsPerBlock), threads(), 0);
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    long items = Analysis.count(rows);
    String all = Threads.thread(ir);
    thread = rowsPerBlock == 1 ? all : ir.value("and i64 " + all + ", " + (threadsPerRow - 1));
    String number = rowsPerBlock == 1 ? "0" : ir.value("udiv i64 " + all + ", " + threadsPerRow);
    String item = emitter.sum(rowsPerBlock == 1 ? Threads.block(ir) : ir.value("mul i64 " + Threads.block(ir) + ", " + rowsPerBlock), number);
    // Threads without a row go with those of the last: all meet at barriers.
    String exists = items % rowsPerBlock == 0 ? null : ir.value("icmp slt i64 " + item + ", " + items);
    emitter.unflatten(exists == null ? item : ir.smallest(item, Long.toString(items - 1)), rows, () -> {
      load();
      if (sort.payload(Order.class).known() == Order.Known.BITONIC) {
        sortBitonic(size);
      } else {
        sortRuns();
        keepSmallest();
      }
      write(number, exists);
    });
  }

  /// Where a number starts does not matter, unless the row has an order: threads read neighbours.
  private void load() {
    Ir ir = emitter.ir;
    boolean inPlace = sort.payload(Order.class).known() == Order.Known.BITONIC;
    int lanes = Math.min(Math.min(4, inPlace ? 1 << lowBits : registers), Blocks.lanes(analysis, range, 4, size));
    String position = position();
    live = new ArrayList<>(Ir.times(registers, register -> register));
    numbers = new String[registers];
    for (int vector = 0; vector < registers / lanes; vector++) {
      String place = inPlace ? ir.plus(position, ofRegister(vector * lanes)) : ir.value("mul i64 " + ir.plus(thread, (long) vector * threadsPerRow) + ", " + lanes);
      boolean whole = size == network;
      String at = whole ? place : ir.smallest(place, Integer.toString(size - lanes));
      Axis axis = lanes == 1 ? null : new Axis(range, 1, lanes, lanes);
      String keys = emitter.within(range, at, axis, () -> emitter.operand(sort.input(0), emitter.loops.zeroSteps(), lanes));
      String inside = whole ? "" : ir.value("icmp slt i64 " + place + ", " + size);
      for (int lane = 0; lane < lanes; lane++) {
        String key = lanes == 1 ? keys : ir.value("extractelement " + Ir.type(DType.INT64, lanes) + " " + keys + ", i64 " + lane);
        numbers[vector * lanes + lane] = whole ? key : ir.value("select i1 " + inside + ", i64 " + key + ", i64 " + Long.MAX_VALUE);
      }
    }
  }

  private void sortRuns() {
    for (int run = 2; run <= kept; run *= 2) {
      // The second half backwards behind the first is a bitonic sequence.
      exchange(run - 1, false);
      sortBitonic(run / 2);
    }
  }

  private void sortBitonic(int run) {
    for (int distance = run / 2; distance > 0; distance /= 2) {
      exchange(distance, false);
    }
  }

  private void keepSmallest() {
    for (int runs = kept; runs < network; runs *= 2) {
      exchange(runs | kept - 1, true);
      sortBitonic(kept);
    }
  }

  private int ofRegisters(int mask) {
    int low = (1 << lowBits) - 1;
    return mask & low | mask >> LANE_BITS & registers - 1 & ~low;
  }

  private int ofLanes(int mask) {
    return mask >> lowBits & Threads.WARP - 1;
  }

  private int ofWarps(int mask) {
    return mask >> LANE_BITS + log2(registers);
  }

  private int ofThreads(int mask) {
    return ofWarps(mask) * Threads.WARP + ofLanes(mask);
  }

  /// Compares positions that differ by a mask; the smaller number goes to the lower.
  /// @param drops whether nobody will ask for the larger ones
  private void exchange(int mask, boolean drops) {
    Ir ir = emitter.ir;
    int top = Integer.highestOneBit(mask);
    int register = ofRegisters(mask);
    int topRegister = ofRegisters(top);
    if (topRegister != 0) {
      List<Integer> lower = live.stream().filter(own -> (own & topRegister) == 0).toList();
      List<String> others = ofThreads(mask) == 0 ? lower.stream().map(own -> numbers[own ^ register]).toList() : others(lower, mask);
      String[] changed = numbers.clone();
      for (int i = 0; i < lower.size(); i++) {
        int own = lower.get(i);
        String less = ir.value("icmp slt i64 " + others.get(i) + ", " + numbers[own]);
        changed[own] = ir.value("select i1 " + less + ", i64 " + others.get(i) + ", i64 " + numbers[own]);
        if (!drops) {
          // Runs that are sorted have no bits of registers above those of lanes: both numbers are this thread's.
          changed[own ^ register] = ir.value("select i1 " + less + ", i64 " + numbers[own] + ", i64 " + others.get(i));
        }
      }
      numbers = changed;
      live = drops ? lower : live;
      return;
    }
    String lower = ir.value("icmp eq i64 " + ir.value("and i64 " + thread + ", " + ofThreads(top)) + ", 0");
    List<String> others = others(live, mask);
    for (int i = 0; i < others.size(); i++) {
      int own = live.get(i);
      String less = ir.value("icmp slt i64 " + others.get(i) + ", " + numbers[own]);
      numbers[own] = ir.value("select i1 " + ir.value("icmp eq i1 " + less + ", " + lower) + ", i64 " + others.get(i) + ", i64 " + numbers[own]);
    }
  }

  /// For each of some registers what another thread has at the position that differs by a mask.
  private List<String> others(List<Integer> wanted, int mask) {
    Ir ir = emitter.ir;
    int register = ofRegisters(mask);
    if (ofWarps(mask) == 0) {
      return wanted.stream().map(own -> Shuffle.across(ir, DType.INT64, numbers[own ^ register], ofLanes(mask))).toList();
    }
    String own = Threads.thread(ir);
    wanted.forEach(number -> ir.effect("store i64 " + numbers[number ^ register] + ", ptr addrspace(3) " + shared(ir.plus(own, (long) number * threads()))));
    Threads.barrier(ir);
    String other = ir.value("xor i64 " + own + ", " + ofThreads(mask));
    List<String> others = wanted.stream().map(number -> ir.value("load i64, ptr addrspace(3) " + shared(ir.plus(other, (long) number * threads())))).toList();
    Threads.barrier(ir);
    return others;
  }

  private String shared(String index) {
    int all = network * rowsPerBlock;
    emitter.ir.declare("@sorted = internal addrspace(3) global [" + (all + all / PADDED) + " x i64] undef, align 8");
    return emitter.ir.value("getelementptr inbounds i64, ptr addrspace(3) @sorted, i64 " + index);
  }

  /// By way of shared memory, so that neighbouring threads store neighbours.
  private void write(String row, @Nullable String exists) {
    Ir ir = emitter.ir;
    String position = position();
    String base = ir.value("mul i64 " + row + ", " + (network + network / PADDED));
    Runnable put = () -> live.forEach(own ->
        ir.effect("store i64 " + numbers[own] + ", ptr addrspace(3) " + shared(padded(base, ir.plus(position, ofRegister(own))))));
    emitter.branch(ir.value("icmp slt i64 " + position + ", " + kept), put);
    Threads.barrier(ir);
    for (int first = 0; first < count; first += threadsPerRow) {
      String place = ir.plus(thread, first);
      Runnable body = () -> emitter.within(range, place, null, () -> {
        emitter.define(sort, emitter.loops.zeroSteps(), ir.value("load i64, ptr addrspace(3) " + shared(padded(base, place))));
        emitter.emitReady(List.of(store));
        return true;
      });
      String inside = first + threadsPerRow <= count ? null : ir.value("icmp slt i64 " + place + ", " + count);
      String condition = inside == null ? exists : exists == null ? inside : ir.value("and i1 " + inside + ", " + exists);
      if (condition == null) {
        body.run();
      } else {
        emitter.branch(condition, body);
      }
    }
  }

  /// That of the thread's first number.
  private String position() {
    Ir ir = emitter.ir;
    String lane = ir.value("shl i64 " + ir.value("and i64 " + thread + ", " + (Threads.WARP - 1)) + ", " + lowBits);
    String warp = ir.value("shl i64 " + ir.value("lshr i64 " + thread + ", " + LANE_BITS) + ", " + (LANE_BITS + log2(registers)));
    return ir.value("or i64 " + lane + ", " + warp);
  }

  /// How far from there one of its numbers is.
  private int ofRegister(int register) {
    int low = register & (1 << lowBits) - 1;
    return low + (register - low) * Threads.WARP;
  }

  private String padded(String base, String index) {
    Ir ir = emitter.ir;
    return emitter.sum(base, ir.value("add i64 " + index + ", " + ir.value("udiv i64 " + index + ", " + PADDED)));
  }
}
