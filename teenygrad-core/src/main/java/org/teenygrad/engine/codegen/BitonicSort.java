package org.teenygrad.engine.codegen;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.runtime.Program;

/// A SORT on a GPU by a [BitonicNetwork], a row in the registers of up to 256 threads.
final class BitonicSort implements LoopNest {
  private static final int MOST_REGISTERS = 16;
  private static final int THREADS = 128;

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
  private final BitonicPositions positions;
  private final SortMemory memory;

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
    positions = BitonicPositions.of(registers, kept);
    memory = new SortMemory(emitter, network, rowsPerBlock);
  }

  private static int atLeast(int number) {
    return Integer.highestOneBit(2 * number - 1);
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
    String thread = rowsPerBlock == 1 ? all : ir.value("and i64 " + all + ", " + (threadsPerRow - 1));
    String number = rowsPerBlock == 1 ? "0" : ir.value("udiv i64 " + all + ", " + threadsPerRow);
    String first = rowsPerBlock == 1 ? Threads.block(ir) : ir.value("mul i64 " + Threads.block(ir) + ", " + rowsPerBlock);
    String item = emitter.sum(first, number);
    // Threads without a row go with those of the last: all meet at barriers.
    String exists = items % rowsPerBlock == 0 ? null : ir.value("icmp slt i64 " + item + ", " + items);
    emitter.unflatten(exists == null ? item : ir.smallest(item, Long.toString(items - 1)), rows, () -> {
      BitonicNetwork sorted = new BitonicNetwork(ir, positions, memory, threads(), thread, load(thread));
      if (isBitonic()) {
        sorted.sortBitonic(size);
      } else {
        sorted.sort(kept, network);
      }
      write(sorted, thread, number, exists);
    });
  }

  /// Whether a row is a bitonic sequence as it comes.
  private boolean isBitonic() {
    return sort.payload(Order.class).known() == Order.Known.BITONIC;
  }

  /// Where a number starts does not matter, unless the row has an order: threads read neighbours.
  /// @return the thread's numbers by register
  private String[] load(String thread) {
    Ir ir = emitter.ir;
    int most = Math.min(4, isBitonic() ? 1 << positions.lowBits() : registers);
    int lanes = Math.min(most, Blocks.lanes(analysis, range, 4, size));
    String position = positions.first(ir, thread);
    String[] numbers = new String[registers];
    for (int vector = 0; vector < registers / lanes; vector++) {
      String place = isBitonic() ? ir.plus(position, positions.ofRegister(vector * lanes))
          : ir.value("mul i64 " + ir.plus(thread, (long) vector * threadsPerRow) + ", " + lanes);
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
    return numbers;
  }

  /// By way of shared memory, so that neighbouring threads store neighbours.
  private void write(BitonicNetwork sorted, String thread, String row, @Nullable String exists) {
    Ir ir = emitter.ir;
    String position = positions.first(ir, thread);
    String start = memory.start(row);
    Runnable put = () -> sorted.live().forEach(own ->
        memory.store(sorted.number(own), memory.padded(start, ir.plus(position, positions.ofRegister(own)))));
    emitter.branch(ir.value("icmp slt i64 " + position + ", " + kept), put);
    Threads.barrier(ir);
    for (int first = 0; first < count; first += threadsPerRow) {
      String place = ir.plus(thread, first);
      Runnable body = () -> emitter.within(range, place, null, () -> {
        emitter.define(sort, emitter.loops.zeroSteps(), memory.load(memory.padded(start, place)));
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
}
