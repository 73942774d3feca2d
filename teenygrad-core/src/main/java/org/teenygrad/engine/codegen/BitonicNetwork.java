package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;

/// Batcher's bitonic sorting network over the numbers that threads hold in registers.
///
/// A step of the network compares positions that differ by a mask ([BitonicPositions]): within a thread if that has bits of registers
/// alone, by a shuffle if it has bits of lanes, else by way of shared memory.
///
/// If few are wanted, runs of a power of two that holds them are sorted first. Then of two runs the smaller half is kept and sorted,
/// until one is left: log2(count) + 1 steps over half as many numbers each time. The bits that tell runs apart are then registers as
/// far as possible, so that half of them are done with each time.
final class BitonicNetwork {
  private final Ir ir;
  private final BitonicPositions positions;
  private final SortMemory memory;
  private final int threads;
  private final String thread;
  private String[] numbers;
  private List<Integer> live;

  /// @param threads of a block
  /// @param thread its number among those of a row
  /// @param numbers of the thread, by register
  BitonicNetwork(Ir ir, BitonicPositions positions, SortMemory memory, int threads, String thread, String[] numbers) {
    this.ir = ir;
    this.positions = positions;
    this.memory = memory;
    this.threads = threads;
    this.thread = thread;
    this.numbers = numbers;
    live = new ArrayList<>(Ir.times(numbers.length, register -> register));
  }

  /// The registers whose numbers somebody still asks for.
  List<Integer> live() {
    return live;
  }

  String number(int register) {
    return numbers[register];
  }

  /// Sorts the `kept` smallest of `all`, both powers of two.
  void sort(int kept, int all) {
    for (int run = 2; run <= kept; run *= 2) {
      // The second half backwards behind the first is a bitonic sequence.
      exchange(run - 1, false);
      sortBitonic(run / 2);
    }
    for (int runs = kept; runs < all; runs *= 2) {
      exchange(runs | kept - 1, true);
      sortBitonic(kept);
    }
  }

  /// Sorts runs that are bitonic sequences.
  void sortBitonic(int run) {
    for (int distance = run / 2; distance > 0; distance /= 2) {
      exchange(distance, false);
    }
  }

  /// Compares positions that differ by a mask; the smaller number goes to the lower.
  /// @param drops whether nobody will ask for the larger ones
  private void exchange(int mask, boolean drops) {
    int top = Integer.highestOneBit(mask);
    if (positions.registers(top) != 0) {
      exchangeRegisters(mask, positions.registers(top), drops);
      return;
    }
    String lower = ir.value("icmp eq i64 " + ir.value("and i64 " + thread + ", " + positions.threads(top)) + ", 0");
    List<String> others = others(live, mask);
    for (int i = 0; i < others.size(); i++) {
      int own = live.get(i);
      String less = ir.value("icmp slt i64 " + others.get(i) + ", " + numbers[own]);
      String takes = ir.value("icmp eq i1 " + less + ", " + lower);
      numbers[own] = ir.value("select i1 " + takes + ", i64 " + others.get(i) + ", i64 " + numbers[own]);
    }
  }

  /// @param top the bit of registers that tells the lower position
  private void exchangeRegisters(int mask, int top, boolean drops) {
    int register = positions.registers(mask);
    List<Integer> lower = live.stream().filter(own -> (own & top) == 0).toList();
    List<String> others = positions.threads(mask) == 0 ? lower.stream().map(own -> numbers[own ^ register]).toList() : others(lower, mask);
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
  }

  /// For each of some registers what another thread has at the position that differs by a mask.
  private List<String> others(List<Integer> wanted, int mask) {
    int register = positions.registers(mask);
    if (positions.warps(mask) == 0) {
      return wanted.stream().map(own -> Shuffle.across(ir, DType.INT64, numbers[own ^ register], positions.lanes(mask))).toList();
    }
    String own = Threads.thread(ir);
    wanted.forEach(number -> memory.store(numbers[number ^ register], ir.plus(own, (long) number * threads)));
    Threads.barrier(ir);
    String other = ir.value("xor i64 " + own + ", " + positions.threads(mask));
    List<String> others = wanted.stream().map(number -> memory.load(ir.plus(other, (long) number * threads))).toList();
    Threads.barrier(ir);
    return others;
  }
}
