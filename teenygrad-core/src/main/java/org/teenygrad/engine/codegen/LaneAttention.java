package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// A [FusedAttention] on a processor: rows are lanes of vectors, so that whatever is done to scores, a row's largest and the sum of its
/// exponentials too, is done by whole vectors without looking across lanes, and numbers that change with the steps are repeated.
///
/// A work item has some rows and goes through the steps in blocks. Both factors of these are copied, inner sums go to matrices in scratch
/// memory (step, row), these become what is multiplied next, in place, and the sums (column, row) are added up in scratch memory, too. All
/// that stays in the first two caches. Sums of earlier exponentials shrink when a row's largest score grows (Milakov and Gimelshein,
/// "Online normalizer calculation for softmax", 2018). Blocks that a mask hides are left out, and it is looked at only in those of which
/// it hides a part.
final class LaneAttention implements LoopNest {
  private static final long STEP = AttentionLanes.STEP;

  private final Emitter emitter;
  private final Ir ir;
  private final AttentionLanes plan;
  private final FusedAttention attention;
  private final LaneProducts products;
  private final OpNode row;
  private final OpNode step;
  private final @Nullable OpNode column;
  private final int lanes;
  private final long l2Bytes;
  private long scratchElements;

  // Where in scratch memory everything is.
  private final List<Long> fixed = new ArrayList<>();
  private final List<Panel> firsts = new ArrayList<>();
  private final List<Panel> thirds = new ArrayList<>();
  private final List<Long> matrices = new ArrayList<>();
  private final List<Long> sums = new ArrayList<>();
  private final List<Long> results = new ArrayList<>();
  private final long largest;
  private final long total;
  private final long shrink;

  /// A block of a factor that changes with the steps: a row for each.
  /// @param copied null if it is another's
  private record Panel(@Nullable OpNode copied, OpNode fold, OpNode across, long offset, long width) {}

  LaneAttention(Emitter emitter, AttentionLanes plan, Target.Cpu target) {
    this.emitter = emitter;
    this.plan = plan;
    ir = emitter.ir;
    attention = plan.attention();
    lanes = target.vectorBytes() / Float.BYTES;
    l2Bytes = target.l2Bytes();
    products = new LaneProducts(emitter, lanes, target.vectorRegisters());
    row = attention.rows().getFirst();
    step = attention.steps().getFirst();
    column = attention.columns().isEmpty() ? null : attention.columns().getFirst();
    long rows = plan.rows();
    for (FusedAttention.Inner inner : attention.inner()) {
      OpNode along = Analysis.foldRanges(inner.fold()).getFirst();
      fixed.add(room(Analysis.size(along) * rows));
      firsts.add(new Panel(inner.y(), inner.fold(), along, room(STEP * padded(along)), padded(along)));
    }
    for (FusedAttention.Sum sum : attention.sums()) {
      OpNode along = Objects.requireNonNull(column);
      FusedAttention.Inner same = attention.sharing(sum);
      thirds.add(same != null ? new Panel(null, sum.fold(), along, firsts.get(attention.inner().indexOf(same)).offset, padded(along))
          : new Panel(sum.third(), sum.fold(), along, room(STEP * padded(along)), padded(along)));
      sums.add(room(padded(along) * rows));
      results.add(room(padded(along) * rows));
    }
    for (int i = 0; i < Math.max(attention.inner().size(), attention.sums().size()); i++) {
      matrices.add(room(STEP * rows));
    }
    largest = room(rows);
    total = room(rows);
    shrink = room(rows);
  }

  private long room(long elements) {
    long offset = scratchElements;
    scratchElements += Math.ceilDiv(elements, lanes) * lanes;
    return offset;
  }

  /// A loop's size in whole vectors.
  private long padded(OpNode range) {
    return Math.ceilDiv(Analysis.size(range), lanes) * (long) lanes;
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "attention";
  }

  private long blocks() {
    return Math.ceilDiv(Analysis.size(row), plan.rows());
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Analysis.count(attention.grid()) * blocks(), 1, scratchElements * Float.BYTES);
  }

  @Override
  public void emit() {
    ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      // The last rows first: under a causal mask they are the longest.
      String block = ir.value("sub i64 " + (blocks() - 1) + ", " + ir.remainder(item, blocks()));
      String first = ir.value("mul i64 " + block + ", " + plan.rows());
      emitter.unflatten(ir.quotient(item, blocks()), attention.grid(), () -> {
        long left = Analysis.size(row) % plan.rows();
        Rows whole = new Rows(first, plan.rows());
        if (left == 0) {
          whole.emit();
        } else if (blocks() == 1) {
          new Rows(first, left).emit();
        } else {
          emitter.branch(ir.value("icmp eq i64 " + block + ", " + (blocks() - 1)), new Rows(first, left)::emit, whole::emit);
        }
      });
      return none;
    });
  }

  /// What a work item does with its rows.
  private final class Rows {
    private final String first;
    private final Axis axis;
    private final int vectors;
    private final int count;

    Rows(String first, long count) {
      this.first = first;
      this.count = Math.toIntExact(count);
      axis = Axis.vectors(row, count, lanes);
      vectors = axis.count();
    }

    void emit() {
      for (int i = 0; i < fixed.size(); i++) {
        FusedAttention.Inner inner = attention.inner().get(i);
        OpNode along = firsts.get(i).across;
        long depth = Analysis.size(along);
        Panels panels = new Panels(emitter, inner.fold(), List.of(along), inner.x(), row, lanes, lanes, depth, fixed.get(i), 0);
        panels.fill(panels.start("0"), first, count, new DepthBlocks.Block("0", Long.toString(depth)));
      }
      for (int i = 0; i < sums.size(); i++) {
        fill(sums.get(i), thirds.get(i).width * vectors, "0.0");
      }
      if (plan.softmax() != null) {
        fill(largest, vectors, Ir.constant(DType.FLOAT32, Double.NEGATIVE_INFINITY, 1));
        fill(total, vectors, "0.0");
      }
      long size = Analysis.size(step);
      long blocks = Math.ceilDiv(size, STEP);
      MaskedSteps masked = plan.mask() == null ? null : new MaskedSteps(emitter, attention, plan.mask(), count, AttentionLanes.STEP);
      MaskedSteps.Interval visible = masked == null ? new MaskedSteps.Interval("0", Long.toString(blocks)) : masked.visible(first, blocks);
      ir.loop(visible.from(), visible.below(), 1, List.of(), (block, none) -> {
        String begin = ir.value("mul i64 " + block + ", " + STEP);
        String end = size % STEP == 0 ? ir.plus(begin, STEP) : ir.smallest(ir.plus(begin, STEP), Long.toString(size));
        String showsAll = masked != null && plan.mask() != null && plan.mask().exact() ? masked.showsAll(first, block) : null;
        new Steps(begin, end, showsAll).emit();
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
    private String load(String index, long offset, int vector) {
      return products.load(axis.lanes(vector), index, offset + (long) vector * lanes);
    }

    private void store(String index, long offset, int vector, String value) {
      products.store(axis.lanes(vector), value, index, offset + (long) vector * lanes);
    }

    private String binary(OpCode op, int vector, String a, String b) {
      return emitter.instructions.binary(op, DType.FLOAT32, axis.lanes(vector), a, b);
    }

    private Ir.Carried carried(int vector, String value) {
      return new Ir.Carried(Ir.vector("float", axis.lanes(vector)), value);
    }

    private <T> T alongRows(Supplier<T> body) {
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
            emitter.define(softmax.largest(), List.of(vector), load("0", largest, vector));
            emitter.define(softmax.sum(), List.of(vector), load("0", total, vector));
          }
          emitter.emitReady(Graph.topological(ofRows));
          return true;
        });
      }
      if (column != null) {
        for (int i = 0; i < sums.size(); i++) {
          IntFunction<String> factor = vector -> softmax == null ? "" : reciprocal(vector);
          products.transpose(matrix(sums.get(i)), thirds.get(i).width, results.get(i), factor);
        }
        finish(column, Graph.topological(stores.stream().filter(store -> !ofRows.contains(store)).toList()));
      }
    }

    /// Row by row, in vectors along the columns.
    private void finish(OpNode column, List<OpNode> nodes) {
      AttentionLanes.Softmax softmax = plan.softmax();
      Axis across = Axis.vectors(column, Analysis.size(column), lanes);
      ir.loop("0", Integer.toString(count), 1, List.of(), (number, none) -> emitter.within(row, emitter.sum(first, number), null, () -> {
        if (softmax != null) {
          emitter.define(softmax.largest(), List.of(), products.load(1, number, largest));
          emitter.define(softmax.sum(), List.of(), products.load(1, number, total));
        }
        return emitter.within(column, "0", across, () -> {
          for (int i = 0; i < sums.size(); i++) {
            String own = ir.value("mul i64 " + number + ", " + thirds.get(i).width);
            for (int vector = 0; vector < across.count(); vector++) {
              String value = products.load(across.lanes(vector), own, results.get(i) + (long) vector * lanes);
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
      String sum = products.load(lanes, "0", total + (long) vector * lanes);
      String none = ir.value("fcmp oeq " + type + " " + sum + ", zeroinitializer");
      String quotient = ir.value("fdiv " + type + " " + Ir.constant(DType.FLOAT32, 1.0, lanes) + ", " + sum);
      return ir.value("select " + Ir.vector("i1", lanes) + " " + none + ", " + type + " zeroinitializer, " + type + " " + quotient);
    }

    private LaneProducts.Right matrix(long offset) {
      return new LaneProducts.Right(offset, vectors);
    }

    /// A block of steps.
    private final class Steps {
      private final String begin;
      private final String end;
      private final String size;
      private final @Nullable String showsAll;

      /// @param showsAll whether the mask hides nothing
      Steps(String begin, String end, @Nullable String showsAll) {
        this.begin = begin;
        this.end = end;
        this.showsAll = showsAll;
        size = Analysis.size(step) % STEP == 0 ? Long.toString(STEP) : ir.value("sub i64 " + end + ", " + begin);
      }

      void emit() {
        firsts.forEach(this::copy);
        thirds.forEach(this::copy);
        for (int i = 0; i < firsts.size(); i++) {
          Panel panel = firsts.get(i);
          LaneProducts.Left left = new LaneProducts.Left(panel.offset, panel.width, 1);
          String depth = Long.toString(Analysis.size(panel.across));
          products.multiply(left, matrix(fixed.get(i)), matrix(matrices.get(i)), size, depth, (vector, before) -> "zeroinitializer");
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
        for (int i = 0; i < thirds.size(); i++) {
          Panel panel = thirds.get(i);
          LaneProducts.Left left = new LaneProducts.Left(panel.offset, 1, panel.width);
          String columns = Long.toString(panel.width);
          products.multiply(left, matrix(matrices.get(i)), matrix(sums.get(i)), columns, size,
              (vector, before) -> plan.softmax() == null ? before.get() : shrunk(vector, before.get()));
        }
      }

      private String shrunk(int vector, String sum) {
        String factor = products.load(lanes, "0", shrink + (long) vector * lanes);
        return emitter.instructions.binary(OpCode.MUL, DType.FLOAT32, lanes, sum, factor);
      }

      private void copy(Panel panel) {
        if (panel.copied != null) {
          Panels panels =
              new Panels(emitter, panel.fold, List.of(step), panel.copied, panel.across, lanes, lanes, STEP, panel.offset, l2Bytes / 2);
          panels.fill(panels.start("0"), "0", Analysis.size(panel.across), new DepthBlocks.Block(begin, end));
        }
      }

      /// Runs a body for scores or matrices in which the mask hides nothing, or for any.
      private List<Ir.Carried> seen(Function<Boolean, List<Ir.Carried>> body) {
        return showsAll == null ? body.apply(false) : ir.choose(showsAll, () -> body.apply(true), () -> body.apply(false));
      }

      private @Nullable String at;

      /// Runs a body for each step.
      /// @param nodes what it computes: what of that is the same for all steps is computed first
      private List<Ir.Carried> steps(List<Ir.Carried> carried, List<OpNode> nodes, UnaryOperator<List<Ir.Carried>> body) {
        return alongRows(() -> {
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
          at = ir.value("mul i64 " + number + ", " + (long) vectors * lanes);
          return body.apply(now);
        }));
      }

      private void defineInner() {
        for (int i = 0; i < attention.inner().size(); i++) {
          for (int vector = 0; vector < vectors; vector++) {
            emitter.define(attention.inner().get(i).fold(), List.of(vector), load(at(), matrices.get(i), vector));
          }
        }
      }

      private String value(OpNode node, int vector) {
        return emitter.operand(node, List.of(vector), axis.lanes(vector));
      }

      private List<OpNode> matrixNodes(boolean open) {
        return open ? plan.open() : attention.sums().stream().map(FusedAttention.Sum::matrix).toList();
      }

      /// Stores a step of all matrices, in place of what they are made of.
      private void store(List<OpNode> nodes) {
        List<List<String>> all = nodes.stream().map(node -> Ir.times(vectors, vector -> value(node, vector))).toList();
        for (int i = 0; i < all.size(); i++) {
          for (int vector = 0; vector < vectors; vector++) {
            Rows.this.store(at(), matrices.get(i), vector, all.get(i).get(vector));
          }
        }
      }

      /// Makes weights of scores, measured from the largest so far.
      private void weigh(AttentionLanes.Softmax softmax) {
        List<Ir.Carried> found = seen(open -> largest(open ? plan.open().getFirst() : softmax.score()));
        alongRows(() -> {
          List<String> before = Ir.times(vectors, vector -> load("0", largest, vector));
          for (int vector = 0; vector < vectors; vector++) {
            String now = binary(OpCode.MAX, vector, before.get(vector), found.get(vector).value());
            Rows.this.store("0", largest, vector, now);
            emitter.define(softmax.largest(), List.of(vector), now);
          }
          hoist(Stream.concat(matrixNodes(false).stream(), Stream.of(softmax.power())).toList());
          List<Ir.Carried> sums = emitter.within(step, begin, null, () -> Ir.times(vectors, vector -> {
            emitter.define(softmax.score(), List.of(vector), before.get(vector));
            String less = value(softmax.power(), vector);
            Rows.this.store("0", shrink, vector, less);
            return carried(vector, binary(OpCode.MUL, vector, load("0", total, vector), less));
          }));
          List<Ir.Carried> all = loop(sums, now -> {
            for (int vector = 0; vector < vectors; vector++) {
              emitter.define(softmax.score(), List.of(vector), load(at(), matrices.getFirst(), vector));
            }
            store(matrixNodes(false));
            return Ir.times(vectors, vector ->
                carried(vector, binary(OpCode.ADD, vector, now.get(vector).value(), value(softmax.power(), vector))));
          });
          for (int vector = 0; vector < vectors; vector++) {
            Rows.this.store("0", total, vector, all.get(vector).value());
          }
          return true;
        });
      }

      /// Stores the scores.
      /// @return the largest of the steps in each lane
      private List<Ir.Carried> largest(OpNode score) {
        List<Ir.Carried> lowest = Ir.times(vectors, vector ->
            carried(vector, Ir.constant(DType.FLOAT32, Double.NEGATIVE_INFINITY, axis.lanes(vector))));
        return steps(lowest, List.of(score), now -> {
          defineInner();
          List<String> values = Ir.times(vectors, vector -> value(score, vector));
          return Ir.times(vectors, vector -> {
            Rows.this.store(at(), matrices.getFirst(), vector, values.get(vector));
            return carried(vector, binary(OpCode.MAX, vector, now.get(vector).value(), values.get(vector)));
          });
        });
      }

      private String at() {
        return Objects.requireNonNull(at);
      }
    }
  }
}
