package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a sum of products: matmul, einsum, convolution and attention's two products alike.
///
/// A loop that only the left factor depends on counts rows, one that only the right depends on counts columns; the others are
/// a grid of separate products. Each work item copies its part of the right factor into scratch memory in the order in which
/// it will be read ([Panels]), computing whatever expression the factor is on the way, and then runs over tiles of sums held in
/// registers. What follows the sum (bias, activation, residual) is computed on the tile before it is stored.
final class PackedContraction implements LoopNest {
  private static final long ALIASING = 4096;
  private static final long CACHE_LINE = 64;

  /// How far ahead of the multiplications to fetch: 8 steps of 12 cycles hide the second-level cache and part of the third.
  private static final long PREFETCHED_ROWS = 8;

  /// Products that are added up one by one. A tile's sums take all registers, so those of the blocks before are written to memory and read.
  private static final long BLOCK = 1024;

  /// Steps of longer inner loops of which both factors are copied at a time: 256 to 1024 take about as long.
  private static final long COPIED = 256;

  /// Fewer rows and columns are not worth the copies.
  private static final long FEWEST_OF_BLOCKS = 48;

  /// How many such blocks are added up one after the other.
  private static final long MOST_BLOCKS = 512;

  /// The same where few rows are not copied: no more than a [BlockedLoop] adds up so.
  private static final long MOST_OF_ONE_LOOP = 120;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode fold;
  private final OpNode left;
  private final OpNode right;
  private final OpNode m;
  private final OpNode n;
  private final Tile tile;
  private final ItemLoops items;
  private final @Nullable Panels columns;
  private final @Nullable Panels rows;
  private final DepthBlocks depth;

  /// Products that are added up one by one.
  private final long block;
  private final long partialSums;
  private final long scratchElements;

  PackedContraction(Emitter emitter, Contraction plan, Target.Cpu target) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    fold = plan.fold();
    left = plan.left();
    right = plan.right();
    m = plan.row();
    n = plan.column();
    List<OpNode> grid = analysis.outer.stream().filter(range -> range != m && range != n).toList();
    long lanes = target.vectorBytes() / fold.dtype().bytes();
    boolean many = Math.min(Analysis.size(m), Analysis.size(n)) >= FEWEST_OF_BLOCKS;
    DepthBlocks blocks = blocks(fold, lanes);
    // Blocks within iterations of outer loops are the only order of such a sum.
    depth = many || !blocks.outer().isEmpty() ? blocks : DepthBlocks.whole(fold);
    block = block(fold, lanes);
    long k = depth.products();
    List<OpNode> inside = plan.inner().subList(depth.outer().size(), plan.inner().size());
    boolean plain = right.is(OpCode.LOAD) && analysis.stride(right, n) == 1;
    boolean masked = right.is(OpCode.LOAD) && right.inputs().size() > 2;
    tile = Tile.choose(Analysis.size(m), Analysis.size(n), k, plain && !masked, !depth.isWhole(), Analysis.count(grid), fold.dtype().bytes(), target);
    items = new ItemLoops(emitter, m, n, grid, tile);
    long panelElements = k * tile.width() * tile.panelsPerItem();
    boolean fits = panelElements * fold.dtype().bytes() <= target.l2Bytes();
    long span = plain ? k * Math.max(0, analysis.stride(right, Analysis.foldRanges(fold).getLast())) * fold.dtype().bytes() : 0;
    // Measured: up to twice the second-level cache, rows that lie side by side are read as fast where they are, but not where they fall on
    // the same lines: 1024 x 1024 took a third longer.
    // Masks, as of a convolution's padding, are computed for each tile there, but once for a copy: 3x3 windows of 64 channels were read at 0.6 of the rate.
    boolean read = plain && !masked && (tile.tilesPerItem() < 4 || (span <= 2 * target.l2Bytes() && !isAliased(right, Analysis.foldRanges(fold).getLast())));
    boolean direct = depth.isWhole() && (read || plain && !fits);
    columns = direct ? null : new Panels(emitter, fold, inside, right, n, tile.lanes(), tile.lanes(), k, 0, target.l2Bytes() / 2);
    long first = direct ? 0 : panelElements;
    boolean copied = tile.panelsPerItem() > 1 && tile.rows() > 1 && tile.rows() <= tile.lanes() && (!depth.isWhole() && plan.inner().size() == 1 || isScattered(left) || tile.panelsPerItem() >= 4 && k * CACHE_LINE > target.l1Bytes() && Panels.isAcrossLines(analysis, left, fold));
    rows = copied ? new Panels(emitter, fold, inside, left, m, tile.rows(), tile.lanes(), k, first, 0) : null;
    partialSums = Math.ceilDiv(first + (copied ? k * tile.rows() : 0), tile.lanes()) * tile.lanes();
    scratchElements = partialSums + (depth.isWhole() ? 0 : tile.sums());
  }

  /// Products of a sum that are added up one by one. It depends on nothing but their number, so that a row's bits do not depend on
  /// how many rows there are.
  static long block(OpNode fold, long lanes) {
    DepthBlocks blocks = blocks(fold, lanes);
    return blocks.isWhole() ? BLOCK : blocks.products();
  }

  /// The blocks of a sum of many products, as large ones as it takes.
  private static DepthBlocks blocks(OpNode fold, long lanes) {
    long products = Analysis.depth(fold);
    if (products <= BLOCK) {
      return DepthBlocks.whole(fold);
    }
    DepthBlocks many = DepthBlocks.of(fold, Math.max(COPIED, Math.ceilDiv(products, MOST_BLOCKS)), lanes);
    return many.outer().isEmpty() ? DepthBlocks.of(fold, Math.max(COPIED, Math.ceilDiv(products, MOST_OF_ONE_LOOP)), lanes) : many;
  }

  /// Whether a tile's rows of a factor fall on the same lines of the first-level cache, which are 4 KB apart, or are dear to
  /// compute: copying them then pays from the second panel on.
  private boolean isScattered(OpNode factor) {
    return !factor.is(OpCode.LOAD) || isAliased(factor, m);
  }

  /// Whether neighbours along a loop fall on the same lines of the first-level cache.
  private boolean isAliased(OpNode factor, OpNode along) {
    long stride = analysis.stride(factor, along);
    return stride != 0 && stride * fold.dtype().bytes() % ALIASING == 0;
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "contract";
  }

  @Override
  public Program.Launch launch() {
    return new Program.Launch(items.count(), 1, scratchElements * fold.dtype().bytes());
  }

  @Override
  public void emit() {
    items.emit(this::emitItem);
  }

  private void emitItem(String item, String down, String across) {
    emitter.emitReady(analysis.nodes.stream().filter(this::belongsToFold).toList());
    depth.emit(emitter, (number, block) -> {
      if (columns != null) {
        Runnable copy = () -> items.panels(across, (column, width) -> columns.fill(columns.start(items.columnInItem(column, across)), column, width, block));
        if (depth.isWhole()) {
          items.once(item, down, copy);
        } else {
          copy.run();
        }
      }
      items.tiles(down, (row, count) -> {
        String copied = rows == null ? "" : rows.start("0");
        if (rows != null) {
          rows.fill(copied, row, count, block);
        }
        emitter.within(m, row, Axis.unrolled(m, Math.toIntExact(count)), () -> {
          emitter.emitReady(analysis.nodes.stream().filter(this::belongsToFold).toList());
          items.panels(across, (column, width) -> emitTile(column, width, across, copied, number, block, partialSums(row, column, down, across)));
          return true;
        });
      });
    });
  }

  /// Where the sums of a tile wait between blocks.
  private String partialSums(String row, String column, String down, String across) {
    if (depth.isWhole()) {
      return "";
    }
    Ir ir = emitter.ir;
    String panel = ir.value("mul i64 " + items.columnInItem(column, across) + ", " + tile.rows() * tile.tilesPerItem());
    String place = ir.value("add i64 " + panel + ", " + ir.value("mul i64 " + items.rowInItem(row, down) + ", " + tile.width()));
    return ir.pointer("%scratch", ir.value("mul i64 " + emitter.plus(place, partialSums) + ", " + fold.dtype().bytes()));
  }

  private boolean belongsToFold(OpNode node) {
    return !node.is(OpCode.STORE) && !node.is(OpCode.FOLD) && !Graph.topological(List.of(node)).contains(fold) && operands().contains(node);
  }

  private @Nullable List<OpNode> operandNodes;

  /// What the innermost loop reads other than from scratch memory, with all that it needs.
  private List<OpNode> operands() {
    if (operandNodes == null) {
      List<OpNode> read = new ArrayList<>();
      if (rows == null) {
        read.add(left);
      }
      if (columns == null) {
        read.add(right);
      }
      operandNodes = Graph.topological(read);
    }
    return operandNodes;
  }

  private void emitTile(String column, long width, String across, String copiedRows, String number, DepthBlocks.Block block, String waiting) {
    Ir ir = emitter.ir;
    Axis axis = Axis.vectors(n, width, tile.lanes());
    emitter.within(n, column, axis, () -> {
      String panel = columns == null ? "" : columns.start(items.columnInItem(column, across));
      List<List<Integer>> instances = emitter.loops.instances(fold);
      List<Ir.Carried> zeros = new ArrayList<>();
      for (List<Integer> steps : instances) {
        int lanes = sumLanes(steps);
        zeros.add(new Ir.Carried(Ir.type(fold.dtype(), lanes), Instructions.neutral(OpCode.ADD, fold.dtype(), lanes)));
      }
      Place place = new Place(instances, zeros, axis, panel, copiedRows);
      if (depth.isWhole()) {
        prefetchFollowing();
        finish(inner(0, zeros, place, "0"), place);
        return true;
      }
      List<Ir.Carried> sums = ir.loop(block.begin(), block.end(), 1, zeros, (counter, carried) ->
          emitter.within(depth.range(), counter, null, () -> {
            emitter.emitReady(operands());
            return steps(depth.outer().size(), carried, place, emitter.difference(counter, block.begin()));
          }));
      List<Ir.Carried> all = added(place, ir.choose(ir.value("icmp eq i64 " + number + ", 0"), () -> zeros, () -> read(zeros, waiting)), sums);
      String last = depth.isLast(ir, number);
      ir.branch(last, () -> {}, () -> write(all, waiting));
      emitter.branch(last, () -> finish(all, place));
      return true;
    });
  }

  private void finish(List<Ir.Carried> sums, Place place) {
    for (int i = 0; i < sums.size(); i++) {
      List<Integer> steps = place.sums.get(i);
      emitter.define(fold, steps, narrowed(sums.get(i), sumLanes(steps), emitter.loops.lanes(fold, steps)));
    }
    emitter.emitReadyAlong(m, analysis.nodes);
  }

  private List<Ir.Carried> read(List<Ir.Carried> sums, String waiting) {
    return Ir.times(sums.size(), i -> new Ir.Carried(sums.get(i).type(), emitter.ir.value("load " + sums.get(i).type() + ", ptr " + waiting(waiting, i) + ", align " + fold.dtype().bytes())));
  }

  private void write(List<Ir.Carried> sums, String waiting) {
    for (int i = 0; i < sums.size(); i++) {
      emitter.ir.effect("store " + sums.get(i).type() + " " + sums.get(i).value() + ", ptr " + waiting(waiting, i) + ", align " + fold.dtype().bytes());
    }
  }

  private String waiting(String waiting, int sum) {
    return emitter.ir.pointer(waiting, Long.toString((long) sum * tile.lanes() * fold.dtype().bytes()));
  }

  /// A tile in the making: its sums and what they start from, the axis of its columns, and where its factors were copied to.
  private record Place(List<List<Integer>> sums, List<Ir.Carried> neutral, Axis axis, String columns, String rows) {}

  /// The lanes of a sum: whole vectors where the right factor was padded.
  private int sumLanes(List<Integer> steps) {
    return columns == null ? emitter.loops.lanes(fold, steps) : tile.lanes();
  }

  /// The first lanes of a sum that was computed over a panel padded with zeros.
  private String narrowed(Ir.Carried sum, int from, int lanes) {
    if (from == lanes) {
      return sum.value();
    }
    if (lanes == 1) {
      return emitter.ir.value("extractelement " + sum.type() + " " + sum.value() + ", i64 0");
    }
    String mask = String.join(", ", Ir.times(lanes, lane -> "i32 " + lane));
    return emitter.ir.value("shufflevector " + sum.type() + " " + sum.value() + ", " + sum.type() + " poison, <" + lanes + " x i32> <" + mask + ">");
  }

  private List<Ir.Carried> inner(int depth, List<Ir.Carried> sums, Place place, String row) {
    List<OpNode> ranges = Analysis.foldRanges(fold);
    OpNode range = ranges.get(depth);
    long products = Analysis.count(ranges.subList(depth + 1, ranges.size()));
    BlockedLoop loop = new BlockedLoop(emitter, Analysis.size(range), true, products, block, place.neutral, (before, block) -> added(place, before, block));
    return loop.emit(Long.toString(Analysis.size(range)), 1, sums, (counter, carried) ->
        emitter.within(range, counter, null, () -> {
          String next = depth == 0 ? counter : emitter.sum(emitter.ir.value("mul i64 " + row + ", " + Analysis.size(range)), counter);
          emitter.emitReady(operands());
          return steps(depth, carried, place, next);
        }));
  }

  /// What is done for each iteration of an inner loop.
  private List<Ir.Carried> steps(int depth, List<Ir.Carried> sums, Place place, String row) {
    return depth < Analysis.foldRanges(fold).size() - 1 ? inner(depth + 1, sums, place, row) : multiply(sums, place, row);
  }

  private List<Ir.Carried> added(Place place, List<Ir.Carried> before, List<Ir.Carried> block) {
    List<Ir.Carried> sums = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      int lanes = sumLanes(place.sums.get(i));
      sums.add(new Ir.Carried(before.get(i).type(),
          emitter.instructions.binary(OpCode.ADD, fold.dtype(), lanes, before.get(i).value(), block.get(i).value())));
    }
    return sums;
  }

  private List<Ir.Carried> multiply(List<Ir.Carried> carried, Place place, String row) {
    List<String> vectors = new ArrayList<>();
    for (int step = 0; columns != null && step < place.axis.count(); step++) {
      vectors.add(columns.load(place.columns, row, place.axis, step));
    }
    if (columns == null) {
      prefetch(right, n);
    }
    if (rows == null) {
      prefetch(left, m);
    }
    Map<List<Integer>, String> broadcasts = new HashMap<>();
    OpNode fused = OpNode.of(OpCode.FMA, left, right, fold.input(0));
    List<Ir.Carried> next = new ArrayList<>();
    for (int i = 0; i < place.sums.size(); i++) {
      List<Integer> steps = place.sums.get(i);
      int lanes = sumLanes(steps);
      String a;
      if (rows == null) {
        a = emitter.operand(left, steps, lanes);
      } else {
        int down = emitter.loops.step(m, steps);
        a = broadcasts.computeIfAbsent(List.of(down, lanes), key -> broadcast(rows.loadElement(place.rows, row, down), lanes));
      }
      String b = columns == null ? emitter.operand(right, steps, lanes) : vectors.get(emitter.loops.step(n, steps));
      next.add(new Ir.Carried(carried.get(i).type(), emitter.instructions.emit(fused, lanes, List.of(a, b, carried.get(i).value()))));
    }
    return next;
  }

  /// Fetches ahead what lies side by side across the tile and far apart along the inner loop: the processor does not see where
  /// such reads go next.
  private void prefetch(OpNode factor, OpNode across) {
    if (Panels.isAcrossLines(analysis, factor, fold) && analysis.stride(factor, across) == 1) {
      long stride = analysis.rowStride(factor, Analysis.foldRanges(fold).getLast());
      List<Integer> done = new ArrayList<>();
      for (List<Integer> steps : emitter.loops.instances(factor)) {
        int line = (int) ((long) emitter.loops.step(across, steps) * emitter.loops.lanes(factor, steps) * fold.dtype().bytes() / CACHE_LINE);
        if (!done.contains(line)) {
          done.add(line);
          emitter.memory.prefetch(factor, steps, PREFETCHED_ROWS * stride);
        }
      }
    }
  }

  /// Fetches what is read once a tile's sums are known, a vector or two of each of its rows: nothing else asks for these before. A
  /// GELU's derivative behind 128 products took as long as two thirds of them.
  private void prefetchFollowing() {
    Set<OpNode> summed = Set.copyOf(Graph.topological(List.of(fold)));
    for (OpNode node : analysis.nodes) {
      boolean isPlain = node.is(OpCode.LOAD) && node.inputs().size() == 2 && analysis.stride(node, n) == 1;
      if (isPlain && !summed.contains(node) && Graph.topological(List.of(node.input(1))).stream().noneMatch(index -> index.is(OpCode.LOAD))) {
        emitter.loops.instances(node).forEach(steps -> emitter.memory.prefetch(node, steps, 0));
      }
    }
  }

  private String broadcast(String value, int lanes) {
    return lanes == 1 ? value : emitter.splat(Ir.type(fold.dtype(), 1), value, lanes);
  }
}
