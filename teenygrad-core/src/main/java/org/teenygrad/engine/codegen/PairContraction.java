package org.teenygrad.engine.codegen;

import java.util.List;
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
  /// Steps of inner loops of which both factors are copied whole: a tile's rows of them fit the first-level cache beside the
  /// columns that pass through it.
  private static final long WHOLE = 768;

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
    products = switch (target.pairs()) {
      case TILES -> new MatrixTileProducts(emitter.ir, rows, columns, height);
      case VECTORS -> new DotProducts(emitter.ir, rows, columns, rowBytes());
      case NONE -> throw new IllegalStateException("a processor that multiplies no pairs");
    };
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
    return new Program.Launch(items.count(), 1, sumsOffset + tileBytes() * (depth.isWhole() ? 1 : tile.tilesPerItem() * tile.panelsPerItem()));
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
    Ir ir = emitter.ir;
    Runnable copy = () -> items.panels(across, (column, width) -> columns.fill(columns.start(items.columnInItem(column, across)), column, width, block));
    if (depth.isWhole()) {
      items.once(item, down, copy);
    } else {
      copy.run();
    }
    String left = rows.start("0");
    String blocks = columns.blocks(block);
    String isFirst = depth.isWhole() ? null : ir.value("icmp eq i64 " + number + ", 0");
    items.tiles(down, (row, count) -> {
      rows.fill(left, row, count, block);
      items.panels(across, (column, width) -> {
        String right = columns.start(items.columnInItem(column, across));
        String sums = sums(row, column, down, across);
        products.multiply(left, Math.toIntExact(count), right, Math.toIntExact(Math.ceilDiv(width, (long) tile.lanes())), blocks, sums, isFirst);
        if (depth.isWhole()) {
          finish(row, count, column, width, sums);
        } else {
          emitter.branch(depth.isLast(ir, number), () -> finish(row, count, column, width, sums));
        }
      });
    });
  }

  /// Where the sums of a tile are, those of all tiles of an item where they wait between blocks.
  private String sums(String row, String column, String down, String across) {
    if (depth.isWhole()) {
      return emitter.ir.pointer("%scratch", Long.toString(sumsOffset));
    }
    Ir ir = emitter.ir;
    String panel = ir.value("mul i64 " + ir.quotient(items.columnInItem(column, across), tile.width()) + ", " + tile.tilesPerItem());
    String number = ir.value("add i64 " + panel + ", " + ir.quotient(items.rowInItem(row, down), tile.rows()));
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
