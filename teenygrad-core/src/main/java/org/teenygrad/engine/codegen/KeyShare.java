package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// How the threads of a [DecodeAttention]'s block share keys, or keys' values: neighbours, a power of two of them, share the vectors
/// of one key, and each asks for its vectors of some keys at once.
///
/// @param range the loop of a key's or a value's numbers
/// @param group the neighbours
/// @param count vectors of each thread
/// @param lanes numbers of a vector
record KeyShare(Emitter emitter, Decoding plan, OpNode range, CooperativeGroup group, int count, int lanes) {
  /// Keys and values that a thread asks for at once, for all of its rows together.
  private static final int UNROLL = 16;
  private static final int MOST_UNROLLED = 8;

  static KeyShare of(Emitter emitter, Decoding plan, OpNode range) {
    int vectors = Math.toIntExact(Analysis.size(range) / plan.lanes());
    int size = Threads.divisor(Threads.WARP, vectors);
    CooperativeGroup group = new CooperativeGroup(emitter.ir, size, DecodeAttention.THREADS, true);
    return new KeyShare(emitter, plan, range, group, vectors / size, plan.lanes());
  }

  /// The first number of a thread.
  String first() {
    return group.times(lanes);
  }

  /// Keys that the block has at once.
  int atOnce() {
    return DecodeAttention.THREADS / group.size();
  }

  /// How many keys a thread asks for at once: as many as leave none over at the end of the part, however few of them there are to look at.
  private int unroll() {
    int most = Math.clamp(UNROLL / (plan.rowCount() * count), 1, MOST_UNROLLED);
    long keys = Analysis.size(plan.keys());
    return IntStream.iterate(most, size -> size > 1, size -> size / 2)
        .filter(size -> keys % ((long) size * atOnce()) == 0).findFirst().orElse(1);
  }

  /// Keys of a step.
  long step() {
    return (long) unroll() * atOnce();
  }

  /// Keys that are looked at in whole steps: more than there are to look at, but, by [#present], not more than the part has.
  String ending(String end) {
    Ir ir = emitter.ir;
    return ir.value("mul i64 " + ir.quotient(ir.plus(end, step() - 1), step()) + ", " + step());
  }

  /// A key of the part: the last one where steps go beyond.
  String present(String key) {
    long keys = Analysis.size(plan.keys());
    return keys % step() == 0 ? key : emitter.ir.smallest(key, Long.toString(keys - 1));
  }

  /// Opens the loop of a key's numbers, of which threads have a share.
  <T> T within(Supplier<T> body) {
    return emitter.within(range, first(), new Axis(range, count, lanes, lanes, (long) lanes * group.size()), () -> {
      emitter.emitReady(plan.beforeReductions());
      return body.get();
    });
  }

  /// A thread's vectors of some keys or their values, [#atOnce] apart: by key.
  List<List<String>> vectors(OpNode factor, String key) {
    int unroll = unroll();
    return within(() -> emitter.within(plan.keys(), key, new Axis(plan.keys(), unroll, 1, 1, atOnce()), () -> {
      emitter.emitReady(plan.beforeReductions());
      return Ir.times(unroll, k -> Ir.times(count, i -> emitter.operand(factor, List.of(i, k), lanes)));
    }));
  }

  /// A sum and one more product.
  /// @param fold the sum of products
  String multiplyAdd(OpNode fold, String a, String b, int lanes, String sum) {
    OpNode body = fold.input(0);
    return emitter.instructions.emit(OpNode.of(OpCode.FMA, body.input(0), body.input(1), body), lanes, List.of(a, b, sum));
  }
}
