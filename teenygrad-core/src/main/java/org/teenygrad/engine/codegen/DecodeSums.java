package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;

/// The sums of a [DecodeAttention]'s values by their weights: threads that are neighbours take a value and add it to their sums in
/// registers, for all rows. At the end threads, and warps by way of shared memory, add up their sums.
///
/// @param weights by row and key
/// @param partial the warps' sums: by warp, row and column
record DecodeSums(Emitter emitter, Decoding plan, SharedFloats weights, SharedFloats partial) {
  /// @param end how many keys there are to look at
  void emit(String end) {
    KeyShare share = KeyShare.of(emitter, plan, plan.column());
    toWarps(share, sums(share, end));
    Threads.barrier(emitter.ir);
    finish();
  }

  private long columns() {
    return Analysis.size(plan.column());
  }

  /// A thread's sums, of every row those of its vectors: whole steps, then what is left of the keys.
  private List<String> sums(KeyShare share, String end) {
    Ir ir = emitter.ir;
    String type = Ir.type(DType.FLOAT32, share.lanes());
    String zero = Ir.constant(DType.FLOAT32, 0.0, share.lanes());
    List<Ir.Carried> none = Ir.times(plan.rowCount() * share.count(), i -> new Ir.Carried(type, zero));
    String own = share.group().number();
    String whole = ir.value("mul i64 " + ir.quotient(end, share.step()) + ", " + share.step());
    List<Ir.Carried> sums = ir.when(ir.value("icmp slt i64 0, " + whole), none, () ->
        ir.loop("0", whole, share.step(), none, (start, carried) -> added(share, emitter.sum(start, own), null, carried)));
    return ir.when(ir.value("icmp slt i64 " + whole + ", " + end), sums, () -> added(share, emitter.sum(whole, own), end, sums))
        .stream().map(Ir.Carried::value).toList();
  }

  /// Adds some values.
  /// @param end those of keys behind it are not to be looked at and count as 0; null where there are none
  private List<Ir.Carried> added(KeyShare share, String key, @Nullable String end, List<Ir.Carried> sums) {
    Ir ir = emitter.ir;
    List<List<String>> values = share.vectors(plan.value(), share.present(key));
    List<Ir.Carried> next = new ArrayList<>(sums);
    String type = Ir.type(DType.FLOAT32, share.lanes());
    for (int k = 0; k < values.size(); k++) {
      String at = ir.plus(key, (long) k * share.atOnce());
      String shown = end == null ? null : ir.value("icmp slt i64 " + at + ", " + end);
      for (int row = 0; row < plan.rowCount(); row++) {
        String weight = weights.read(emitter.plus(at, (long) row * Decoding.MOST_KEYS));
        String each = share.lanes() == 1 ? weight : emitter.splat("float", weight, share.lanes());
        for (int i = 0; i < share.count(); i++) {
          int place = row * share.count() + i;
          String found = values.get(k).get(i);
          String value = shown == null ? found
              : ir.value("select i1 " + shown + ", " + type + " " + found + ", " + type + " zeroinitializer");
          next.set(place, new Ir.Carried(type, share.multiplyAdd(plan.sum(), each, value, share.lanes(), next.get(place).value())));
        }
      }
    }
    return next;
  }

  /// Adds up the sums of a warp's threads and writes them to shared memory.
  private void toWarps(KeyShare share, List<String> sums) {
    Ir ir = emitter.ir;
    List<String> whole = sums.stream().map(sum -> ofWarp(share, sum)).toList();
    String thread = Threads.thread(ir);
    String lane = ir.value("and i64 " + thread + ", " + (Threads.WARP - 1));
    String warp = ir.value("udiv i64 " + thread + ", " + Threads.WARP);
    String type = Ir.type(DType.FLOAT32, share.lanes());
    long stride = (long) share.lanes() * share.group().size();
    emitter.branch(ir.value("icmp slt i64 " + lane + ", " + share.group().size()), () -> {
      String start = emitter.sum(ir.value("mul i64 " + warp + ", " + plan.rowCount() * columns()), share.first());
      for (int row = 0; row < plan.rowCount(); row++) {
        for (int i = 0; i < share.count(); i++) {
          String sum = whole.get(row * share.count() + i);
          partial.write(emitter.plus(start, row * columns() + i * stride), type, sum, Analysis.VECTOR_BYTES);
        }
      }
    });
  }

  /// A vector of sums, those of the warp's threads that have the same one added up.
  private String ofWarp(KeyShare share, String sum) {
    Ir ir = emitter.ir;
    String type = Ir.type(DType.FLOAT32, share.lanes());
    String result = "poison";
    for (int lane = 0; lane < share.lanes(); lane++) {
      String one = ir.value("extractelement " + type + " " + sum + ", i64 " + lane);
      for (int distance = share.group().size(); distance < Threads.WARP; distance *= 2) {
        one = emitter.instructions.binary(OpCode.ADD, DType.FLOAT32, 1, one, Shuffle.across(ir, DType.FLOAT32, one, distance));
      }
      result = ir.value("insertelement " + type + " " + result + ", float " + one + ", i64 " + lane);
    }
    return result;
  }

  /// Adds up the warps' sums, a thread for each vector of each row, and stores what follows from them.
  private void finish() {
    Ir ir = emitter.ir;
    int lanes = plan.lanes();
    int rows = plan.rowCount();
    long vectors = rows * columns() / lanes;
    String thread = Threads.thread(ir);
    String has = ir.value("icmp slt i64 " + thread + ", " + Math.min(vectors, DecodeAttention.THREADS));
    emitter.branch(has, () -> ir.loop(thread, Long.toString(vectors), DecodeAttention.THREADS, List.of(), (vector, none) -> {
      String at = ir.value("mul i64 " + vector + ", " + lanes);
      String whole = ofBlock(at);
      String row = rows == 1 ? "0" : ir.quotient(at, columns());
      String column = rows == 1 ? at : ir.remainder(at, columns());
      emitter.unflatten(row, plan.rows(), () -> emitter.within(plan.column(), column, new Axis(plan.column(), 1, lanes, lanes), () -> {
        emitter.define(plan.sum(), emitter.loops.zeroSteps(), whole);
        emitter.emitReady(plan.results(true));
        return true;
      }));
      return none;
    }));
  }

  /// A vector of the warps' sums, added up in their order.
  private String ofBlock(String at) {
    int lanes = plan.lanes();
    String type = Ir.type(DType.FLOAT32, lanes);
    String sum = partial.read(at, type, Analysis.VECTOR_BYTES);
    for (int warp = 1; warp < DecodeAttention.WARPS; warp++) {
      String more = partial.read(emitter.plus(at, warp * plan.rowCount() * columns()), type, Analysis.VECTOR_BYTES);
      sum = emitter.instructions.binary(OpCode.ADD, DType.FLOAT32, lanes, sum, more);
    }
    return sum;
  }
}
