package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// The scores of a [DecodeAttention]: some neighbouring threads take a key each time, a vector of 16 bytes each, and write its scores
/// for all rows to shared memory.
///
/// @param scores by row and key
record DecodeScores(Emitter emitter, Decoding plan, SharedFloats scores) {
  /// @param end how many keys there are to look at
  void emit(String end) {
    Ir ir = emitter.ir;
    KeyShare share = KeyShare.of(emitter, plan, plan.depth());
    List<List<String>> queries = withRows(plan.rows(), () -> share.within(() ->
        Ir.times(plan.rowCount(), row -> Ir.times(share.count(), i -> emitter.operand(plan.query(), steps(row, i), share.lanes())))));
    String own = share.group().number();
    emitter.branch(ir.value("icmp slt i64 0, " + end), () -> ir.loop("0", share.ending(end), share.step(), List.of(), (start, none) -> {
      score(share, share.present(emitter.sum(start, own)), queries);
      return none;
    }));
  }

  /// Opens the loops of the rows, each written out.
  private <T> T withRows(List<OpNode> ranges, Supplier<T> body) {
    if (ranges.isEmpty()) {
      return body.get();
    }
    OpNode range = ranges.getFirst();
    Axis axis = Axis.unrolled(range, Math.toIntExact(Analysis.size(range)));
    return emitter.within(range, "0", axis, () -> withRows(ranges.subList(1, ranges.size()), body));
  }

  /// The steps of the rows' loops, which were opened first, and of another.
  private List<Integer> steps(int row, int last) {
    List<Integer> steps = new ArrayList<>(List.of(last));
    int left = row;
    for (OpNode range : plan.rows().reversed()) {
      int size = Math.toIntExact(Analysis.size(range));
      steps.addFirst(left % size);
      left /= size;
    }
    return steps;
  }

  /// The scores of some keys for all rows. Of the threads that share a key the first one writes them.
  private void score(KeyShare share, String key, List<List<String>> queries) {
    Ir ir = emitter.ir;
    CooperativeGroup group = share.group();
    List<List<String>> keys = share.vectors(plan.key(), key);
    List<List<String>> sums = queries.stream().map(query -> keys.stream()
        .map(each -> group.combine(OpCode.ADD, DType.FLOAT32, 1, product(share, query, each))).toList()).toList();
    Runnable store = () -> {
      for (int row = 0; row < plan.rowCount(); row++) {
        for (int k = 0; k < keys.size(); k++) {
          store(row, ir.plus(key, (long) k * share.atOnce()), sums.get(row).get(k));
        }
      }
    };
    if (group.size() == 1) {
      store.run();
    } else {
      emitter.branch(ir.value("icmp eq i64 " + group.rank() + ", 0"), store);
    }
  }

  /// Makes a score of a sum of products and writes it.
  private void store(int row, String key, String sum) {
    long first = (long) row * Decoding.MOST_KEYS;
    emitter.unflatten(Integer.toString(row), plan.rows(), () -> emitter.within(plan.keys(), key, null, () -> {
      emitter.define(plan.product(), emitter.loops.zeroSteps(), sum);
      scores.write(emitter.ir.plus(key, first), emitter.value(plan.score(), emitter.loops.zeroSteps()));
      return true;
    }));
  }

  /// The sum of a thread's products, one after the other.
  private String product(KeyShare share, List<String> query, List<String> key) {
    String sum = Ir.constant(DType.FLOAT32, 0.0, 1);
    for (int i = 0; i < query.size(); i++) {
      for (int lane = 0; lane < share.lanes(); lane++) {
        sum = share.multiplyAdd(plan.product(), lane(query.get(i), lane), lane(key.get(i), lane), 1, sum);
      }
    }
    return sum;
  }

  private String lane(String vector, int lane) {
    int lanes = plan.lanes();
    return lanes == 1 ? vector : emitter.ir.value("extractelement " + Ir.type(DType.FLOAT32, lanes) + " " + vector + ", i64 " + lane);
  }
}
