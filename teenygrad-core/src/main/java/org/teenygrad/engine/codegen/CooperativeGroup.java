package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;

/// A group of threads of a block that work on one item together: each reduces a part, then all combine their partial results, by
/// shuffles and shared memory, always in the same order. Members are neighbours in a warp, or a block's rows of threads whose
/// columns are different items.
final class CooperativeGroup {
  /// Elements of rows that a thread keeps. Of twice as many ptxas spills some around the calls that divisions are in rare cases.
  static final int MOST_IN_REGISTERS = 32;

  private final Ir ir;
  private final int size;
  private final int threads;
  private final boolean neighbours;
  private final String rank;
  private final Runnable barrier;

  /// Of all threads of a block.
  /// @param size how many members: a power of two
  /// @param threads of the whole block, a multiple of `size`
  /// @param neighbours whether members have consecutive thread numbers; otherwise consecutive threads are in different groups
  CooperativeGroup(Ir ir, int size, int threads, boolean neighbours) {
    this(ir, size, threads, neighbours, () -> Threads.barrier(ir));
  }

  /// Neighbours among the first threads of a block, while others do something else.
  static CooperativeGroup ofFirst(Ir ir, int size, int threads) {
    return new CooperativeGroup(ir, size, threads, true, () -> Threads.barrier(ir, threads));
  }

  /// @param barrier where all threads with groups meet
  private CooperativeGroup(Ir ir, int size, int threads, boolean neighbours, Runnable barrier) {
    this.barrier = barrier;
    this.ir = ir;
    this.size = size;
    this.threads = threads;
    this.neighbours = neighbours;
    String thread = Threads.thread(ir);
    rank = size == 1 ? "0" : neighbours ? ir.value("and i64 " + thread + ", " + (size - 1)) : ir.value("udiv i64 " + thread + ", " + threads / size);
  }

  int size() {
    return size;
  }

  /// How many vectors of a loop each member has, if they are so few that all can be in registers at once and it is the same for all
  /// members; else 0.
  int share(long iterations, int lanes) {
    long all = (long) size * lanes;
    return iterations % all == 0 && iterations / size <= MOST_IN_REGISTERS ? (int) (iterations / all) : 0;
  }

  /// The member's number.
  String rank() {
    return rank;
  }

  /// The member's number times a constant.
  String times(long factor) {
    return size == 1 ? "0" : factor == 1 ? rank : ir.value("mul i64 " + rank + ", " + factor);
  }

  /// The number of the group in its block.
  String number() {
    if (size == threads) {
      return "0";
    }
    return neighbours ? ir.value("udiv i64 " + Threads.thread(ir) + ", " + size) : ir.value("urem i64 " + Threads.thread(ir) + ", " + threads / size);
  }

  /// What all members have, combined; every member gets it. All threads of the block must come here.
  String combine(OpCode op, DType dtype, int lanes, String value) {
    if (size == 1) {
      return value;
    }
    if (lanes == 1) {
      return combine(op, dtype, value);
    }
    String type = Ir.type(dtype, lanes);
    String result = "poison";
    for (int lane = 0; lane < lanes; lane++) {
      String one = combine(op, dtype, ir.value("extractelement " + type + " " + value + ", i64 " + lane));
      result = ir.value("insertelement " + type + " " + result + ", " + Ir.type(dtype, 1) + " " + one + ", i64 " + lane);
    }
    return result;
  }

  private String combine(OpCode op, DType dtype, String value) {
    if (!neighbours) {
      return acrossRows(op, dtype, value);
    }
    String sum = value;
    for (int distance = Math.min(size, Threads.WARP) / 2; distance > 0; distance /= 2) {
      sum = binary(op, dtype, sum, Shuffle.across(ir, dtype, sum, distance));
    }
    return size <= Threads.WARP ? sum : acrossWarps(op, dtype, sum);
  }

  /// The warps' results by way of shared memory; then each warp combines all of its group's.
  private String acrossWarps(OpCode op, DType dtype, String value) {
    int warps = size / Threads.WARP;
    String thread = Threads.thread(ir);
    write(dtype, ir.value("udiv i64 " + thread + ", " + Threads.WARP), value);
    barrier.run();
    String first = size == threads ? "0" : ir.value("mul i64 " + number() + ", " + warps);
    String which = ir.value("and i64 " + thread + ", " + (warps - 1));
    String sum = read(dtype, first.equals("0") ? which : ir.value("add i64 " + first + ", " + which));
    barrier.run();
    for (int distance = warps / 2; distance > 0; distance /= 2) {
      sum = binary(op, dtype, sum, Shuffle.across(ir, dtype, sum, distance));
    }
    return sum;
  }

  private String acrossRows(OpCode op, DType dtype, String value) {
    int columns = threads / size;
    write(dtype, Threads.thread(ir), value);
    barrier.run();
    String column = number();
    List<String> parts = new ArrayList<>();
    for (int row = 0; row < size; row++) {
      parts.add(read(dtype, row == 0 ? column : ir.value("add i64 " + column + ", " + (long) row * columns)));
    }
    barrier.run();
    while (parts.size() > 1) {
      List<String> halved = new ArrayList<>();
      for (int i = 0; i < parts.size(); i += 2) {
        halved.add(binary(op, dtype, parts.get(i), parts.get(i + 1)));
      }
      parts = halved;
    }
    return parts.getFirst();
  }

  private String binary(OpCode op, DType dtype, String a, String b) {
    return new Instructions(ir).binary(op, Analysis.inRegister(dtype), 1, a, b);
  }

  private String slot(String index) {
    ir.declare("@team = internal addrspace(3) global [" + threads + " x i64] undef, align 8");
    return ir.value("getelementptr inbounds i64, ptr addrspace(3) @team, i64 " + index);
  }

  private void write(DType dtype, String index, String value) {
    ir.effect("store " + Ir.type(dtype, 1) + " " + value + ", ptr addrspace(3) " + slot(index));
  }

  private String read(DType dtype, String index) {
    return ir.value("load " + Ir.type(dtype, 1) + ", ptr addrspace(3) " + slot(index));
  }
}
