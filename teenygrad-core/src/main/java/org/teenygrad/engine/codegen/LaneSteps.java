package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A block of steps of some rows of [LaneAttention]: inner sums, the matrices that these become, and their products.
final class LaneSteps {
  private final LaneRows rows;
  private final Emitter emitter;
  private final Ir ir;
  private final AttentionLanes plan;
  private final LaneProducts products;
  private final LaneScratch scratch;
  private final OpNode step;
  private final int vectors;
  private final String begin;
  private final String end;
  private final String size;
  private final @Nullable String showsAll;

  /// Where in a matrix the step at hand begins.
  private @Nullable String at;

  /// @param begin the first step, end the one behind the last
  /// @param showsAll whether the mask hides nothing; null if it is to be looked at in any case
  LaneSteps(LaneRows rows, String begin, String end, @Nullable String showsAll) {
    this.rows = rows;
    emitter = rows.emitter;
    ir = emitter.ir;
    plan = rows.plan;
    products = rows.products;
    scratch = rows.scratch;
    step = rows.attention.steps().getFirst();
    vectors = rows.vectors;
    this.begin = begin;
    this.end = end;
    this.showsAll = showsAll;
    size = Analysis.size(step) % AttentionLanes.STEP == 0 ? Long.toString(AttentionLanes.STEP) : ir.value("sub i64 " + end + ", " + begin);
  }

  void emit() {
    scratch.firsts.forEach(this::copy);
    scratch.thirds.forEach(this::copy);
    for (int i = 0; i < scratch.firsts.size(); i++) {
      LaneScratch.Panel panel = scratch.firsts.get(i);
      LaneProducts.Left left = new LaneProducts.Left(panel.offset(), panel.width(), 1);
      String depth = Long.toString(Analysis.size(panel.across()));
      LaneProducts.Right right = rows.matrix(scratch.fixed.get(i));
      products.multiply(left, right, rows.matrix(scratch.matrices.get(i)), size, depth, (vector, before) -> "zeroinitializer");
    }
    if (plan.softmax() == null) {
      seen(open -> steps(List.of(), matrixNodes(open), none -> {
        defineInner();
        store(matrixNodes(open));
        return none;
      }));
    } else {
      weigh(plan.softmax());
    }
    for (int i = 0; i < scratch.thirds.size(); i++) {
      LaneScratch.Panel panel = scratch.thirds.get(i);
      LaneProducts.Left left = new LaneProducts.Left(panel.offset(), 1, panel.width());
      String columns = Long.toString(panel.width());
      products.multiply(left, rows.matrix(scratch.matrices.get(i)), rows.matrix(scratch.sums.get(i)), columns, size,
          (vector, before) -> plan.softmax() == null ? before.get() : shrunk(vector, before.get()));
    }
  }

  private String shrunk(int vector, String sum) {
    String factor = products.load(rows.lanes, "0", scratch.shrink + (long) vector * rows.lanes);
    return emitter.instructions.binary(OpCode.MUL, DType.FLOAT32, rows.lanes, sum, factor);
  }

  private void copy(LaneScratch.Panel panel) {
    if (panel.copied() != null) {
      Panels panels = new Panels(emitter, panel.fold(), List.of(step), panel.copied(), panel.across(),
          rows.lanes, rows.lanes, AttentionLanes.STEP, panel.offset(), rows.l2Bytes / 2);
      panels.fill(panels.start("0"), "0", Analysis.size(panel.across()), new DepthBlocks.Block(begin, end));
    }
  }

  /// Runs a body for scores or matrices in which the mask hides nothing, or for any.
  private List<Ir.Carried> seen(Function<Boolean, List<Ir.Carried>> body) {
    return showsAll == null ? body.apply(false) : ir.choose(showsAll, () -> body.apply(true), () -> body.apply(false));
  }

  /// Runs a body for each step.
  /// @param nodes what it computes: what of that is the same for all steps is computed first
  private List<Ir.Carried> steps(List<Ir.Carried> carried, List<OpNode> nodes, UnaryOperator<List<Ir.Carried>> body) {
    return rows.alongRows(() -> {
      hoist(nodes);
      return loop(carried, body);
    });
  }

  private void hoist(List<OpNode> nodes) {
    emitter.emitReady(Graph.topological(nodes).stream()
        .filter(node -> !node.is(OpCode.FOLD) && !plan.analysis().dependsOn(node, step)).toList());
  }

  private List<Ir.Carried> loop(List<Ir.Carried> carried, UnaryOperator<List<Ir.Carried>> body) {
    return ir.loop("0", size, 1, carried, (number, now) -> emitter.within(step, emitter.sum(begin, number), null, () -> {
      at = ir.value("mul i64 " + number + ", " + (long) vectors * rows.lanes);
      return body.apply(now);
    }));
  }

  private void defineInner() {
    for (int i = 0; i < rows.attention.inner().size(); i++) {
      for (int vector = 0; vector < vectors; vector++) {
        emitter.define(rows.attention.inner().get(i).fold(), List.of(vector), rows.load(at(), scratch.matrices.get(i), vector));
      }
    }
  }

  private String value(OpNode node, int vector) {
    return emitter.operand(node, List.of(vector), rows.axis.lanes(vector));
  }

  private String binary(OpCode op, int vector, String a, String b) {
    return emitter.instructions.binary(op, DType.FLOAT32, rows.axis.lanes(vector), a, b);
  }

  private Ir.Carried carried(int vector, String value) {
    return new Ir.Carried(Ir.vector("float", rows.axis.lanes(vector)), value);
  }

  private List<OpNode> matrixNodes(boolean open) {
    return open ? plan.open() : rows.attention.sums().stream().map(FusedAttention.Sum::matrix).toList();
  }

  /// Stores a step of all matrices, in place of what they are made of.
  private void store(List<OpNode> nodes) {
    List<List<String>> all = nodes.stream().map(node -> Ir.times(vectors, vector -> value(node, vector))).toList();
    for (int i = 0; i < all.size(); i++) {
      for (int vector = 0; vector < vectors; vector++) {
        rows.store(at(), scratch.matrices.get(i), vector, all.get(i).get(vector));
      }
    }
  }

  /// Makes weights of scores, measured from the largest so far.
  private void weigh(AttentionLanes.Softmax softmax) {
    List<Ir.Carried> found = seen(open -> largest(open ? plan.open().getFirst() : softmax.score()));
    rows.alongRows(() -> {
      List<String> before = Ir.times(vectors, vector -> rows.load("0", scratch.largest, vector));
      for (int vector = 0; vector < vectors; vector++) {
        String now = binary(OpCode.MAX, vector, before.get(vector), found.get(vector).value());
        rows.store("0", scratch.largest, vector, now);
        emitter.define(softmax.largest(), List.of(vector), now);
      }
      hoist(Stream.concat(matrixNodes(false).stream(), Stream.of(softmax.power())).toList());
      List<Ir.Carried> sums = emitter.within(step, begin, null, () -> Ir.times(vectors, vector -> {
        emitter.define(softmax.score(), List.of(vector), before.get(vector));
        String less = value(softmax.power(), vector);
        rows.store("0", scratch.shrink, vector, less);
        return carried(vector, binary(OpCode.MUL, vector, rows.load("0", scratch.total, vector), less));
      }));
      List<Ir.Carried> all = loop(sums, now -> {
        for (int vector = 0; vector < vectors; vector++) {
          emitter.define(softmax.score(), List.of(vector), rows.load(at(), scratch.matrices.getFirst(), vector));
        }
        store(matrixNodes(false));
        return Ir.times(vectors, vector ->
            carried(vector, binary(OpCode.ADD, vector, now.get(vector).value(), value(softmax.power(), vector))));
      });
      for (int vector = 0; vector < vectors; vector++) {
        rows.store("0", scratch.total, vector, all.get(vector).value());
      }
      return true;
    });
  }

  /// Stores the scores.
  /// @return the largest of the steps in each lane
  private List<Ir.Carried> largest(OpNode score) {
    List<Ir.Carried> lowest = Ir.times(vectors, vector ->
        carried(vector, Ir.constant(DType.FLOAT32, Double.NEGATIVE_INFINITY, rows.axis.lanes(vector))));
    return steps(lowest, List.of(score), now -> {
      defineInner();
      List<String> values = Ir.times(vectors, vector -> value(score, vector));
      return Ir.times(vectors, vector -> {
        rows.store(at(), scratch.matrices.getFirst(), vector, values.get(vector));
        return carried(vector, binary(OpCode.MAX, vector, now.get(vector).value(), values.get(vector)));
      });
    });
  }

  private String at() {
    return Objects.requireNonNull(at);
  }
}
