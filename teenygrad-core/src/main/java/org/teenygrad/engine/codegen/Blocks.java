package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// Reductions and elementwise kernels of several loops on a GPU: each thread, or a [CooperativeGroup] of them, takes one item.
///
/// An item is one iteration of the first loops, as many as all reductions and stores depend on. The members of a group share the
/// innermost loop of each reduction, and afterwards the loops that are left: the elements of a softmax's row. Where a reduction runs
/// over neighbours in memory, a group's members are neighbours; elsewhere neighbouring threads take neighbouring items, each a vector of
/// them, and a group's members the rows of a block.
final class Blocks implements LoopNest {
  /// Lanes of a vector, at most: 16 bytes of the narrowest common type, 16-bit floats.
  static final int MOST_LANES = 8;

  private static final int THREADS = 128;
  private static final int MOST_THREADS = 512;

  /// Where each thread reduces vectors, it needs more than the 128 registers that it has among 512.
  private static final int MOST_THREADS_OF_VECTORS = 256;

  /// A longer row that is not staged has all threads that a block can have: few rows at a time then stay in the second-level cache.
  private static final long LONG_ROW = 1 << 14;
  private static final int THREADS_OF_LONG_ROW = 1024;

  /// Of a multiprocessor, and those of a thread that hold no sums.
  private static final int REGISTERS = 64 << 10;

  private static final int OTHER_REGISTERS = 32;

  /// Threads that keep a multiprocessor's memory pipeline busy.
  private static final int BUSY = 1024;

  /// Rows of a block that reduces columns.
  private static final int MOST_ROWS = 16;

  /// Vectors that a thread takes where there are so many times as many as such threads.
  private static final int PASSES = 2;
  private static final int MANY = 8;

  private final Emitter emitter;
  private final Analysis analysis;
  private final List<OpNode> rows;
  private final List<OpNode> rest;
  private final List<OpNode> shared;
  private final int lanes;
  private final int passes;
  private final RepeatedRows repeated;
  private final int size;
  private final int threads;
  private final boolean neighbours;
  private final long items;

  Blocks(Emitter emitter, Target.Gpu target) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    List<OpNode> free = analysis.outer;
    List<OpNode> ends = analysis.nodes.stream().filter(node -> node.is(OpCode.STORE) || node.is(OpCode.FOLD) && analysis.isOutermost(node)).toList();
    rows = prefix(free, ends);
    rest = free.subList(rows.size(), free.size());
    shared = prefix(rest, ends.stream().filter(node -> !rest.isEmpty() && analysis.dependsOn(node, rest.getFirst())).toList());
    List<OpNode> folds = ends.stream().filter(node -> node.is(OpCode.FOLD) && rest.stream().noneMatch(range -> analysis.dependsOn(node, range))).toList();
    neighbours = !rest.isEmpty() || rows.isEmpty() || folds.stream().anyMatch(this::runsOverNeighbours);
    long count = Analysis.count(rows);
    OpNode across = !rest.isEmpty() ? shared.size() == rest.size() ? shared.getLast() : null : neighbours && !folds.isEmpty() || rows.isEmpty() ? null : rows.getLast();
    long wanted = (long) target.processors() * BUSY;
    // Narrow loads are better than too few threads, but what is computed of each row alone is shared by lanes only.
    boolean narrow = rest.isEmpty() && folds.stream().noneMatch(fold -> computesOfRows(fold, across));
    long threadsOfVectors = folds.isEmpty() ? wanted : wanted / (MOST_LANES * MOST_ROWS);
    lanes = across == null ? 1 : lanes(analysis, across, narrow ? count / threadsOfVectors : Analysis.size(across), Analysis.size(across));
    passes = across != null && folds.isEmpty() && rest.isEmpty() && lanes > 1 && count / lanes >= wanted * MANY ? Threads.divisor(PASSES, Analysis.size(across) / lanes) : 1;
    items = rest.isEmpty() ? count / lanes / passes : count;
    List<OpNode> shareable = neighbours && (rest.isEmpty() ? lanes == 1 : shared.size() == rest.size()) ? folds : List.of();
    repeated = new RepeatedRows(emitter, rows, shareable, shareable.isEmpty() || shared.size() != 1 ? null : shared.getFirst(), target.sharedBytes());
    size = folds.isEmpty() && rest.isEmpty() ? 1 : teamSize(folds, wanted);
    boolean isSpread = !neighbours || size == 1 || items * size > (long) THREADS * target.processors();
    threads = Math.max(size, !isSpread ? Threads.WARP : neighbours || size == 1 ? THREADS : Math.min(lanes == 1 ? MOST_THREADS : MOST_THREADS_OF_VECTORS, size * Threads.WARP));
  }

  /// As many of the first loops as all the nodes depend on.
  private List<OpNode> prefix(List<OpNode> ranges, List<OpNode> nodes) {
    int depth = 0;
    while (depth < ranges.size() && dependsOn(nodes, ranges.get(depth))) {
      depth++;
    }
    return ranges.subList(0, depth);
  }

  private boolean dependsOn(List<OpNode> nodes, OpNode range) {
    return nodes.stream().allMatch(node -> analysis.dependsOn(node, range));
  }

  /// Whether most of what a reduction loads lies side by side along its innermost loop. What is loaded for each element counts, not the
  /// few numbers of a whole row, so tensors weigh as much as they are large.
  private boolean runsOverNeighbours(OpNode fold) {
    OpNode last = Analysis.foldRanges(fold).getLast();
    double balance = 0;
    for (OpNode node : analysis.nodes) {
      if (node.is(OpCode.LOAD) && analysis.dependsOn(node, last)) {
        balance += analysis.stride(node, last) == 1 ? size(node) : -size(node);
      }
    }
    return balance >= 0;
  }

  /// Whether a reduction over rows computes something of each row that is the same for all columns: layerNorm's deviation.
  private boolean computesOfRows(OpNode fold, @Nullable OpNode column) {
    OpNode row = Analysis.foldRanges(fold).getLast();
    return column != null && analysis.nodes.stream()
        .anyMatch(node -> node.op().isElementwise() && node.dtype().isFloating() && analysis.dependsOn(node, row) && !analysis.dependsOn(node, column));
  }

  /// How many different elements a load reads.
  private double size(OpNode load) {
    double size = 1;
    for (OpNode node : analysis.nodes) {
      if (node.is(OpCode.RANGE) && analysis.dependsOn(load, node)) {
        size *= Analysis.size(node);
      }
    }
    return size;
  }

  /// How many neighbours along a loop a thread takes at once: whole vectors of the narrowest type, if accesses run over neighbours.
  /// @param size what they have to divide
  static int lanes(Analysis analysis, OpNode range, long most, long size) {
    int narrowest = Long.BYTES;
    boolean good = false;
    for (OpNode node : analysis.nodes) {
      boolean access = node.is(OpCode.LOAD) || node.is(OpCode.STORE);
      if (access && analysis.dependsOn(node.input(1), range) && analysis.stride(node, range) == 1) {
        narrowest = Math.min(narrowest, node.input(0).dtype().bytes());
        good = true;
      }
    }
    good &= !analysis.endsOthers(range);
    boolean folds = analysis.folds().stream().anyMatch(fold -> analysis.dependsOn(fold, range));
    int widest = Math.min(folds ? 4 : MOST_LANES, Analysis.VECTOR_BYTES / narrowest);
    return good ? Threads.divisor(Math.clamp(most, 1, widest), size) : 1;
  }

  private int teamSize(List<OpNode> folds, long wanted) {
    if (repeated.areStaged()) {
      return repeated.threads();
    }
    long elements = rest.isEmpty() ? 1 : Analysis.count(shared);
    long vectors = elements / lanes;
    for (OpNode fold : folds) {
      long size = Analysis.size(Analysis.foldRanges(fold).getLast());
      elements = Math.max(elements, size);
      vectors = Math.max(vectors, neighbours ? size / Threads.divisor(4, size) : size);
    }
    long most = Long.highestOneBit(Math.max(1, vectors));
    if (!neighbours) {
      // Rows of a block: only as many as it takes to keep the machine busy.
      return (int) Math.clamp(Long.highestOneBit(Math.max(1, wanted / items)), 1, Math.min(MOST_ROWS, most));
    }
    // A warp shares out what it can; of longer rows a member has as much as it can keep before another joins. Their bits do not depend on how many there are.
    long enough = Math.min(most, members(elements));
    return Math.clamp(enough, 1, Math.min(withRegistersFor(folds.size()), elements < LONG_ROW ? MOST_THREADS : THREADS_OF_LONG_ROW));
  }

  /// How many threads share a row that lies along its neighbours, if nothing is against it.
  static long members(long elements) {
    long warp = Math.min(Threads.WARP, atLeast(Math.ceilDiv(elements, MOST_LANES)));
    return Math.max(warp, atLeast(Math.ceilDiv(elements, CooperativeGroup.MOST_IN_REGISTERS)));
  }

  /// The threads of a block that can each keep two vectors of each of so many sums in registers.
  private static int withRegistersFor(int sums) {
    return Math.max(THREADS, Integer.highestOneBit(REGISTERS / (sums * 2 * MOST_LANES + OTHER_REGISTERS)));
  }

  /// The smallest power of two that is not less.
  private static long atLeast(long number) {
    return Long.highestOneBit(2 * number - 1);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return analysis.kind();
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(Math.ceilDiv(items, threads / size), threads, repeated.bytes());
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    CooperativeGroup group = new CooperativeGroup(ir, size, threads, neighbours);
    int perBlock = threads / size;
    String item = emitter.sum(ir.value("mul i64 " + Threads.block(ir) + ", " + perBlock), group.number());
    boolean exact = items % perBlock == 0;
    if (size == 1 && rest.isEmpty()) {
      Runnable body = () -> atItem(item, null, null);
      if (exact) {
        body.run();
      } else {
        emitter.branch(ir.value("icmp slt i64 " + item + ", " + items), body);
      }
      return;
    }
    // A group without an item of its own computes the last one along with its owner: all threads have to meet at barriers.
    String valid = exact ? null : ir.value("icmp slt i64 " + item + ", " + items);
    String clamped = exact ? item : ir.value("select i1 " + valid + ", i64 " + item + ", i64 " + (items - 1));
    atItem(clamped, group, valid);
  }

  private void atItem(String item, @Nullable CooperativeGroup group, @Nullable String valid) {
    if (rest.isEmpty() && lanes > 1) {
      // The last loop of an item in vectors.
      OpNode last = rows.getLast();
      long vectors = Analysis.size(last) / lanes / passes;
      List<OpNode> others = rows.subList(0, rows.size() - 1);
      Ir ir = emitter.ir;
      String counter = others.isEmpty() ? item : ir.remainder(item, vectors);
      String number = others.isEmpty() ? "0" : ir.quotient(item, vectors);
      emitter.unflatten(number, others, () ->
          emitter.within(last, ir.value("mul i64 " + counter + ", " + lanes), new Axis(last, passes, lanes, lanes, vectors * lanes), () -> {
            atRow(group, valid);
            return true;
          }));
    } else {
      emitter.unflatten(item, rows, () -> atRow(group, valid));
    }
  }

  private void atRow(@Nullable CooperativeGroup group, @Nullable String valid) {
    if (group == null) {
      emitter.emitReady(analysis.nodes);
      return;
    }
    Ir ir = emitter.ir;
    repeated.fetch(group);
    String first = ir.value("icmp eq i64 " + group.rank() + ", 0");
    emitter.shared(group, valid == null ? first : ir.value("and i1 " + first + ", " + valid), () -> emitter.emitReady(analysis.nodes));
    if (!rest.isEmpty()) {
      emitter.shared(null, valid, () -> share(group, valid));
    }
  }

  /// The loops that are left, their iterations shared out to the group.
  private void share(CooperativeGroup group, @Nullable String valid) {
    Ir ir = emitter.ir;
    OpNode last = shared.getLast();
    boolean single = rest.size() == 1 && lanes > 1 && analysis.folds().stream().noneMatch(fold -> analysis.dependsOn(fold, last));
    int each = single ? group.share(Analysis.size(last), lanes) : 0;
    if (each > 0) {
      // One vector after the other: what a member kept of them is at hand.
      Runnable body = () -> emitter.within(last, group.times(lanes), new Axis(last, each, lanes, lanes, (long) lanes * group.size()), () -> {
        emitter.emitReadyAlong(last, analysis.nodes);
        return true;
      });
      if (valid == null) {
        body.run();
      } else {
        emitter.branch(valid, body);
      }
      return;
    }
    long vectors = Analysis.count(shared) / lanes;
    long full = vectors / group.size() * group.size();
    if (full > 0) {
      ir.loop("0", Long.toString(full), group.size(), List.of(), (counter, none) -> {
        atShared(emitter.sum(counter, group.rank()));
        return none;
      });
    }
    if (full < vectors) {
      emitter.branch(ir.value("icmp slt i64 " + group.rank() + ", " + (vectors - full)), () -> atShared(emitter.plus(group.rank(), full)));
    }
  }

  private void atShared(String vector) {
    Ir ir = emitter.ir;
    OpNode last = shared.getLast();
    List<OpNode> others = shared.subList(0, shared.size() - 1);
    long vectors = Analysis.size(last) / lanes;
    String counter = others.isEmpty() ? vector : ir.remainder(vector, vectors);
    String number = others.isEmpty() ? "0" : ir.quotient(vector, vectors);
    Axis axis = lanes == 1 ? null : new Axis(last, 1, lanes, lanes);
    emitter.unflatten(number, others, () ->
        emitter.within(last, lanes == 1 ? counter : ir.value("mul i64 " + counter + ", " + lanes), axis, () -> {
          emitter.emitReady(analysis.nodes);
          serial(new ArrayList<>(rest.subList(shared.size(), rest.size())));
          return true;
        }));
  }

  /// Loops below those that everything depends on, by one thread in order.
  private void serial(List<OpNode> ranges) {
    if (ranges.isEmpty()) {
      return;
    }
    OpNode range = ranges.getFirst();
    emitter.ir.loop("0", Long.toString(Analysis.size(range)), 1, List.of(), (counter, none) -> emitter.within(range, counter, null, () -> {
      emitter.emitReady(analysis.nodes);
      serial(ranges.subList(1, ranges.size()));
      return none;
    }));
  }
}
