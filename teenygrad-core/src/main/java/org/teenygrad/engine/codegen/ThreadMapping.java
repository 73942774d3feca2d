package org.teenygrad.engine.codegen;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// How [Blocks] maps a kernel's loops to threads: which loops count items, how many threads share one, in vectors of how many lanes,
/// and how many threads a block has.
///
/// An item is one iteration of the first loops, as many as all reductions and stores depend on. The members of a group share the
/// innermost loop of each reduction, and afterwards the loops that are left: the elements of a softmax's row. Where a reduction runs
/// over neighbours in memory, a group's members are neighbours; elsewhere neighbouring threads take neighbouring items, each a vector of
/// them, and a group's members the rows of a block.
final class ThreadMapping {
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

  /// The loops that count items.
  final List<OpNode> rows;

  /// Those that are left.
  final List<OpNode> rest;

  /// The first of these, which a group shares out.
  final List<OpNode> shared;

  /// Of a vector along the last loop that is mapped to threads.
  final int lanes;

  /// Vectors of a thread.
  final int passes;

  /// Rows that a group reads several times.
  final RepeatedRows repeated;

  /// Threads of a group.
  final int size;

  /// Of a block.
  final int threads;

  /// Whether a group's members are neighbours.
  final boolean neighbours;

  final long items;

  private final Analysis analysis;

  ThreadMapping(Emitter emitter, Target.Gpu target) {
    analysis = emitter.analysis;
    List<OpNode> free = analysis.outer;
    List<OpNode> ends = analysis.nodes.stream()
        .filter(node -> node.is(OpCode.STORE) || node.is(OpCode.FOLD) && analysis.isOutermost(node)).toList();
    rows = prefix(free, ends);
    rest = free.subList(rows.size(), free.size());
    shared = prefix(rest, ends.stream().filter(node -> !rest.isEmpty() && analysis.dependsOn(node, rest.getFirst())).toList());
    List<OpNode> folds = ends.stream()
        .filter(node -> node.is(OpCode.FOLD) && rest.stream().noneMatch(range -> analysis.dependsOn(node, range))).toList();
    neighbours = !rest.isEmpty() || rows.isEmpty() || folds.stream().anyMatch(this::runsOverNeighbours);
    long count = Analysis.count(rows);
    OpNode across = !rest.isEmpty() ? shared.size() == rest.size() ? shared.getLast() : null
        : neighbours && !folds.isEmpty() || rows.isEmpty() ? null : rows.getLast();
    long wanted = (long) target.processors() * BUSY;
    // Narrow loads are better than too few threads, but what is computed of each row alone is shared by lanes only.
    boolean narrow = rest.isEmpty() && folds.stream().noneMatch(fold -> computesOfRows(fold, across));
    long threadsOfVectors = folds.isEmpty() ? wanted : wanted / (Blocks.MOST_LANES * MOST_ROWS);
    lanes = across == null ? 1
        : Blocks.lanes(analysis, across, narrow ? count / threadsOfVectors : Analysis.size(across), Analysis.size(across));
    boolean many = folds.isEmpty() && rest.isEmpty() && lanes > 1 && count / lanes >= wanted * MANY;
    passes = across != null && many ? Threads.divisor(PASSES, Analysis.size(across) / lanes) : 1;
    items = rest.isEmpty() ? count / lanes / passes : count;
    List<OpNode> shareable = neighbours && (rest.isEmpty() ? lanes == 1 : shared.size() == rest.size()) ? folds : List.of();
    OpNode repeatedAcross = shareable.isEmpty() || shared.size() != 1 ? null : shared.getFirst();
    repeated = new RepeatedRows(emitter, rows, shareable, repeatedAcross, target.sharedBytes());
    size = folds.isEmpty() && rest.isEmpty() ? 1 : teamSize(folds, wanted);
    boolean isSpread = !neighbours || size == 1 || items * size > (long) THREADS * target.processors();
    int ofColumns = Math.min(lanes == 1 ? MOST_THREADS : MOST_THREADS_OF_VECTORS, size * Threads.WARP);
    threads = Math.max(size, !isSpread ? Threads.WARP : neighbours || size == 1 ? THREADS : ofColumns);
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
    return column != null && analysis.nodes.stream().anyMatch(node ->
        node.op().isElementwise() && node.dtype().isFloating() && analysis.dependsOn(node, row) && !analysis.dependsOn(node, column));
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
    // A warp shares out what it can; of longer rows a member has as much as it can keep before another joins. Their bits do not
    // depend on how many there are.
    long enough = Math.min(most, Blocks.members(elements));
    return Math.clamp(enough, 1, Math.min(withRegistersFor(folds.size()), elements < LONG_ROW ? MOST_THREADS : THREADS_OF_LONG_ROW));
  }

  /// The threads of a block that can each keep two vectors of each of so many sums in registers.
  private static int withRegistersFor(int sums) {
    return Math.max(THREADS, Integer.highestOneBit(REGISTERS / (sums * 2 * Blocks.MOST_LANES + OTHER_REGISTERS)));
  }
}
