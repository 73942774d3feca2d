package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// What a work item of [LaneAttention] does with its rows: block after block of the steps, then what follows the sums.
final class LaneRows {
  final Emitter emitter;
  final AttentionLanes plan;
  final LaneProducts products;
  final LaneScratch scratch;
  final FusedAttention attention;
  final Axis axis;
  final int vectors;
  final int lanes;
  final long l2Bytes;
  private final Ir ir;
  private final OpNode row;
  private final String first;
  private final int count;

  /// @param first the number of the first row
  LaneRows(Emitter emitter, AttentionLanes plan, Target.Cpu target, LaneScratch scratch, String first, long count) {
    this.emitter = emitter;
    this.plan = plan;
    this.scratch = scratch;
    this.first = first;
    this.count = Math.toIntExact(count);
    ir = emitter.ir;
    attention = plan.attention();
    row = attention.rows().getFirst();
    lanes = target.vectorBytes() / Float.BYTES;
    l2Bytes = target.l2Bytes();
    products = new LaneProducts(emitter, lanes, target.vectorRegisters());
    axis = Axis.vectors(row, count, lanes);
    vectors = axis.count();
  }

  void emit() {
    for (int i = 0; i < scratch.fixed.size(); i++) {
      FusedAttention.Inner inner = attention.inner().get(i);
      OpNode along = scratch.firsts.get(i).across();
      long depth = Analysis.size(along);
      Panels panels = new Panels(emitter, inner.fold(), List.of(along), inner.x(), row, lanes, lanes, depth, scratch.fixed.get(i), 0);
      panels.fill(panels.start("0"), first, count, new DepthBlocks.Block("0", Long.toString(depth)));
    }
    for (int i = 0; i < scratch.sums.size(); i++) {
      fill(scratch.sums.get(i), scratch.thirds.get(i).width() * vectors, "0.0");
    }
    if (plan.softmax() != null) {
      fill(scratch.largest, vectors, Ir.constant(DType.FLOAT32, Double.NEGATIVE_INFINITY, 1));
      fill(scratch.total, vectors, "0.0");
    }
    long size = Analysis.size(attention.steps().getFirst());
    long blocks = Math.ceilDiv(size, AttentionLanes.STEP);
    MaskedSteps masked = plan.mask() == null ? null : new MaskedSteps(emitter, attention, plan.mask(), count, AttentionLanes.STEP);
    MaskedSteps.Interval visible = masked == null ? new MaskedSteps.Interval("0", Long.toString(blocks)) : masked.visible(first, blocks);
    ir.loop(visible.from(), visible.below(), 1, List.of(), (block, none) -> {
      String begin = ir.value("mul i64 " + block + ", " + AttentionLanes.STEP);
      String next = ir.plus(begin, AttentionLanes.STEP);
      String end = size % AttentionLanes.STEP == 0 ? next : ir.smallest(next, Long.toString(size));
      String showsAll = masked != null && plan.mask() != null && plan.mask().exact() ? masked.showsAll(first, block) : null;
      new LaneSteps(this, begin, end, showsAll).emit();
      return none;
    });
    finish();
  }

  /// Fills vectors of scratch memory.
  private void fill(long offset, long vectors, String number) {
    ir.loop("0", Long.toString(vectors * lanes), lanes, List.of(), (at, none) -> {
      products.store(lanes, emitter.splat("float", number, lanes), at, offset);
      return none;
    });
  }

  /// What there is of a vector's rows.
  String load(String index, long offset, int vector) {
    return products.load(axis.lanes(vector), index, offset + (long) vector * lanes);
  }

  void store(String index, long offset, int vector, String value) {
    products.store(axis.lanes(vector), value, index, offset + (long) vector * lanes);
  }

  <T> T alongRows(Supplier<T> body) {
    return emitter.within(row, first, axis, body);
  }

  /// What follows the last step: the rows' own results, then those of rows and columns.
  private void finish() {
    AttentionLanes.Softmax softmax = plan.softmax();
    List<OpNode> stores = plan.analysis().stores();
    List<OpNode> ofRows = stores.stream().filter(store -> attention.isRowStore(plan.analysis(), store)).toList();
    if (!ofRows.isEmpty()) {
      alongRows(() -> {
        for (int vector = 0; softmax != null && vector < vectors; vector++) {
          emitter.define(softmax.largest(), List.of(vector), load("0", scratch.largest, vector));
          emitter.define(softmax.sum(), List.of(vector), load("0", scratch.total, vector));
        }
        emitter.emitReady(Graph.topological(ofRows));
        return true;
      });
    }
    if (!attention.columns().isEmpty()) {
      for (int i = 0; i < scratch.sums.size(); i++) {
        IntFunction<String> factor = vector -> softmax == null ? "" : reciprocal(vector);
        products.transpose(matrix(scratch.sums.get(i)), scratch.thirds.get(i).width(), scratch.results.get(i), factor);
      }
      finish(attention.columns().getFirst(), Graph.topological(stores.stream().filter(store -> !ofRows.contains(store)).toList()));
    }
  }

  /// Row by row, in vectors along the columns.
  private void finish(OpNode column, List<OpNode> nodes) {
    AttentionLanes.Softmax softmax = plan.softmax();
    Axis across = Axis.vectors(column, Analysis.size(column), lanes);
    ir.loop("0", Integer.toString(count), 1, List.of(), (number, none) -> emitter.within(row, emitter.sum(first, number), null, () -> {
      if (softmax != null) {
        emitter.define(softmax.largest(), List.of(), products.load(1, number, scratch.largest));
        emitter.define(softmax.sum(), List.of(), products.load(1, number, scratch.total));
      }
      return emitter.within(column, "0", across, () -> {
        for (int i = 0; i < scratch.sums.size(); i++) {
          String own = ir.value("mul i64 " + number + ", " + scratch.thirds.get(i).width());
          for (int vector = 0; vector < across.count(); vector++) {
            String value = products.load(across.lanes(vector), own, scratch.results.get(i) + (long) vector * lanes);
            emitter.define(attention.sums().get(i).fold(), List.of(vector), value);
          }
        }
        emitter.emitReady(nodes);
        return none;
      });
    }));
  }

  /// One by the sum of a vector's exponentials: a row of nothing but hidden scores weighs nothing.
  private String reciprocal(int vector) {
    String type = Ir.vector("float", lanes);
    String sum = products.load(lanes, "0", scratch.total + (long) vector * lanes);
    String none = ir.value("fcmp oeq " + type + " " + sum + ", zeroinitializer");
    String quotient = ir.value("fdiv " + type + " " + Ir.constant(DType.FLOAT32, 1.0, lanes) + ", " + sum);
    return ir.value("select " + Ir.vector("i1", lanes) + " " + none + ", " + type + " zeroinitializer, " + type + " " + quotient);
  }

  LaneProducts.Right matrix(long offset) {
    return new LaneProducts.Right(offset, vectors);
  }
}
