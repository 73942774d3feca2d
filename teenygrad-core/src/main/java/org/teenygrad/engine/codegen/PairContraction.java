package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a sum of products of bfloat16 on a processor that multiplies them in pairs ([PairProducts]).
///
/// As in [PackedContraction] a work item copies its columns of the right factor first, then a tile's rows of the left one, each in
/// the order in which it is multiplied ([PairPanels]), computing whatever expression a factor is on the way; of long sums in blocks
/// ([DepthBlocks]). A tile's sums go through scratch memory, where they wait between blocks, and from which what follows is
/// computed row by row. A sum goes on where the block before ended, so that its bits do not depend on blocks.
final class PairContraction implements LoopNest {
  /// Steps of inner loops of which both factors are copied whole.
  private static final long WHOLE = 1024;

  /// Steps of longer ones of which both factors are copied at a time.
  private static final long COPIED = 512;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode fold;
  private final OpNode m;
  private final OpNode n;
  private final List<OpNode> operands;
  private final Tile tile;
  private final ItemLoops items;
  private final DepthBlocks depth;
  private final PairPanels rows;
  private final PairPanels columns;
  private final PairProducts products;
  private final long sumsOffset;

  /// Blocks of steps of a part.
  private final long part;

  PairContraction(Emitter emitter, Contraction plan, Target.Cpu target) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    fold = plan.fold();
    m = plan.row();
    n = plan.column();
    operands = Graph.topological(List.of(plan.left(), plan.right()));
    List<OpNode> grid = analysis.outer.stream().filter(range -> range != m && range != n).toList();
    boolean isInVectors = target.pairs() == Target.Pairs.VECTORS;
    depth = plan.inner().size() > 1 || Analysis.depth(fold) <= WHOLE ? DepthBlocks.whole(fold) : DepthBlocks.of(fold, COPIED, PairPanels.STEPS);
    tile = Tile.ofPairs(Analysis.size(m), Analysis.size(n), depth.isWhole() ? PairPanels.paddedDepth(fold) : depth.steps(), !depth.isWhole(), Analysis.count(grid), target);
    items = new ItemLoops(emitter, m, n, grid, tile);
    int height = tile.rows() > tile.lanes() ? tile.rows() / 2 : tile.rows();
    columns = new PairPanels(emitter, fold, plan.right(), n, tile.lanes(), true, depth, 0);
    long rowsOffset = columns.stripeBytes() * tile.vectors() * tile.panelsPerItem();
    rows = new PairPanels(emitter, fold, plan.left(), m, height, isInVectors && !PairPanels.liesAlongInner(emitter, fold, plan.left(), m), depth, rowsOffset);
    sumsOffset = rowsOffset + rows.stripeBytes() * Math.ceilDiv(tile.rows(), height);
    part = part(rows.blocks(), target);
    products = switch (target.pairs()) {
      case TILES -> new MatrixTileProducts(emitter.ir, columns, height);
      case VECTORS -> new DotProducts(emitter.ir, rows, columns, rowBytes());
      case NONE -> throw new IllegalStateException("a processor that multiplies no pairs");
    };
  }

  /// As many steps of a tile's rows and of its columns as fit the first-level cache. On a Xeon with 48 KB of it tiles of 32 x 32 sums were
  /// made at 1.35 times the rate in parts of 384 steps as with all of 768.
  private long part(long blocks, Target.Cpu target) {
    long most = Math.max(1, target.l1Bytes() / ((tile.rows() + tile.width()) * PairPanels.LINE));
    return Math.ceilDiv(blocks, Math.ceilDiv(blocks, most));
  }

  private boolean isOnePart() {
    return part >= rows.blocks();
  }

  /// Of a tile's sums in memory. Matrix tiles have two vectors of them, also where one would do.
  private long rowBytes() {
    return Math.max(2L, tile.vectors()) * PairPanels.LINE;
  }

  private long tileBytes() {
    return tile.rows() * rowBytes();
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
    return new Program.Launch(items.count(), 1, sumsOffset + tileBytes() * waiting());
  }

  /// Tiles whose sums wait at a time.
  private long waiting() {
    return !depth.isWhole() ? tile.tilesPerItem() * tile.panelsPerItem() : isOnePart() ? 1 : tile.panelsPerItem();
  }

  @Override
  public void emit() {
    products.begin();
    items.emit((item, down, across) -> {
      emitter.emitReady(operands);
      depth.emit(emitter, (number, block) -> emitBlock(item, down, across, number, block));
    });
    products.end();
  }

  private void emitBlock(String item, String down, String across, String number, DepthBlocks.Block block) {
    Runnable copy = () -> items.panels(across, (column, width) -> columns.fill(columns.start(items.columnInItem(column, across)), column, width, block));
    if (depth.isWhole()) {
      items.once(item, down, copy);
    } else {
      copy.run();
    }
    String blocks = columns.blocks(block);
    items.tiles(down, (row, count) -> {
      PairProducts.Stripes left = rows(row, count, block);
      parts(blocks, (first, end) -> items.panels(across, (column, width) -> {
        String right = columns.start(items.columnInItem(column, across));
        String sums = sums(row, column, down, across);
        int vectors = Math.toIntExact(Math.ceilDiv(width, (long) tile.lanes()));
        products.multiply(left, Math.toIntExact(count), right, vectors, first, end, sums, isFirst(number, first));
        Runnable finish = () -> finish(row, count, column, width, sums);
        isLast(number, end, blocks).ifPresentOrElse(last -> emitter.branch(last, finish), finish);
      }));
    });
  }

  /// The stripes of a tile, copied where they must be.
  private PairProducts.Stripes rows(String row, long count, DepthBlocks.Block block) {
    if (count == tile.rows() && rows.isInPlace(part)) {
      return rows.inPlace(row, block);
    }
    String copied = rows.start("0");
    rows.fill(copied, row, count, block);
    return rows.stripes(copied);
  }

  /// What is done for each part: its first block, and the one behind it.
  private interface Part {
    void emit(String first, String end);
  }

  private void parts(String blocks, Part body) {
    if (isOnePart()) {
      body.emit("0", blocks);
      return;
    }
    Ir ir = emitter.ir;
    ir.loop("0", blocks, part, List.of(), (first, none) -> {
      body.emit(first, ir.smallest(emitter.plus(first, part), blocks));
      return none;
    });
  }

  /// Whether a part has the first products of its sums, null if it always has.
  private @Nullable String isFirst(String number, String first) {
    String block = depth.isWhole() ? null : emitter.ir.value("icmp eq i64 " + number + ", 0");
    return both(block, isOnePart() ? null : emitter.ir.value("icmp eq i64 " + first + ", 0"));
  }

  /// Whether it has the last ones, if it does not always.
  private Optional<String> isLast(String number, String end, String blocks) {
    String block = depth.isWhole() ? null : depth.isLast(emitter.ir, number);
    return Optional.ofNullable(both(block, isOnePart() ? null : emitter.ir.value("icmp eq i64 " + end + ", " + blocks)));
  }

  private @Nullable String both(@Nullable String one, @Nullable String other) {
    return one == null ? other : other == null ? one : emitter.ir.value("and i1 " + one + ", " + other);
  }

  /// Where the sums of a tile are: those of all of an item's tiles wait between blocks, of one row of tiles between parts.
  private String sums(String row, String column, String down, String across) {
    Ir ir = emitter.ir;
    if (waiting() == 1) {
      return ir.pointer("%scratch", Long.toString(sumsOffset));
    }
    String panel = ir.quotient(items.columnInItem(column, across), tile.width());
    String number = depth.isWhole() ? panel
        : emitter.sum(ir.value("mul i64 " + panel + ", " + tile.tilesPerItem()), ir.quotient(items.rowInItem(row, down), tile.rows()));
    return ir.pointer("%scratch", emitter.plus(ir.value("mul i64 " + number + ", " + tileBytes()), sumsOffset));
  }

  /// Computes what follows the sums of a tile, and stores it.
  private void finish(String row, long count, String column, long width, String sums) {
    Ir ir = emitter.ir;
    Axis axis = Axis.vectors(n, width, tile.lanes());
    List<OpNode> later = analysis.nodes.stream().filter(node -> node != fold).toList();
    ir.loop("0", Long.toString(count), 1, List.of(), (step, none) -> emitter.within(m, emitter.sum(row, step), null, () -> {
      emitter.emitReady(later);
      return emitter.within(n, column, axis, () -> {
        String line = ir.pointer(sums, ir.value("mul i64 " + step + ", " + rowBytes()));
        for (List<Integer> steps : emitter.loops.instances(fold)) {
          int vector = emitter.loops.step(n, steps);
          String pointer = ir.pointer(line, Long.toString((long) vector * tile.lanes() * Float.BYTES));
          emitter.define(fold, steps, ir.value("load " + Ir.type(fold.dtype(), axis.lanes(vector)) + ", ptr " + pointer + ", align 4"));
        }
        emitter.emitReady(later);
        return none;
      });
    }));
  }
}
