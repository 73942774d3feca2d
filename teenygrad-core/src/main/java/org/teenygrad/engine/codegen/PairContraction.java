package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a sum of products of bfloat16 on a processor that multiplies them in pairs ([PairProducts]).
///
/// As in [PackedContraction] a work item copies its columns of the right factor first, then a tile's rows of the left one, each in the
/// order in which it is multiplied ([PairPanels]), computing whatever expression a factor is on the way. A tile's sums go through 4 KB of
/// scratch memory, from which what follows is computed row by row.
final class PairContraction implements LoopNest {
  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode fold;
  private final OpNode m;
  private final OpNode n;
  private final List<OpNode> operands;
  private final Tile tile;
  private final ItemLoops items;
  private final int height;
  private final PairPanels rows;
  private final PairPanels columns;
  private final PairProducts products;
  private final long sumsOffset;
  private final long scratchBytes;

  PairContraction(Emitter emitter, Contraction plan, Target.Cpu target) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    fold = plan.fold();
    m = plan.row();
    n = plan.column();
    operands = Graph.topological(List.of(plan.left(), plan.right()));
    List<OpNode> grid = analysis.outer.stream().filter(range -> range != m && range != n).toList();
    tile = Tile.ofPairs(Analysis.size(m), Analysis.size(n), PairPanels.paddedDepth(fold), Analysis.count(grid), target);
    items = new ItemLoops(emitter, m, n, grid, tile);
    height = tile.rows() > tile.lanes() ? tile.rows() / 2 : tile.rows();
    columns = new PairPanels(emitter, fold, plan.right(), n, tile.lanes(), true, 0);
    long rowsOffset = columns.stripeBytes() * tile.vectors() * tile.panelsPerItem();
    rows = new PairPanels(emitter, fold, plan.left(), m, height, false, rowsOffset);
    sumsOffset = rowsOffset + rows.stripeBytes() * Math.ceilDiv(tile.rows(), height);
    scratchBytes = sumsOffset + (long) tile.rows() * 2 * tile.lanes() * Float.BYTES;
    long blocks = PairPanels.blocks(fold);
    products = switch (target.pairs()) {
      case TILES -> new MatrixTileProducts(emitter.ir, height, blocks);
      case VECTORS -> new DotProducts(emitter.ir, height, blocks);
      case NONE -> throw new IllegalStateException("a processor that multiplies no pairs");
    };
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
    return new Program.Launch(items.count(), 1, scratchBytes);
  }

  @Override
  public void emit() {
    products.begin();
    items.emit(this::emitItem);
    products.end();
  }

  private void emitItem(String item, String down, String across) {
    Ir ir = emitter.ir;
    emitter.emitReady(operands);
    items.once(item, down, () -> items.panels(across, (column, width) -> columns.fill(columns.start(items.columnInItem(column, across)), column, width)));
    String left = rows.start("0");
    String sums = ir.pointer("%scratch", Long.toString(sumsOffset));
    items.tiles(down, (row, count) -> {
      rows.fill(left, row, count);
      items.panels(across, (column, width) -> {
        String right = columns.start(items.columnInItem(column, across));
        products.multiply(left, Math.toIntExact(Math.ceilDiv(count, (long) height)), right, Math.toIntExact(Math.ceilDiv(width, (long) tile.lanes())), sums);
        finish(row, count, column, width, sums);
      });
    });
  }

  /// Computes what follows the sums of a tile, and stores it.
  private void finish(String row, long count, String column, long width, String sums) {
    Ir ir = emitter.ir;
    Axis axis = Axis.vectors(n, width, tile.lanes());
    List<OpNode> later = analysis.nodes.stream().filter(node -> node != fold).toList();
    ir.loop("0", Long.toString(count), 1, List.of(), (step, none) -> emitter.within(m, emitter.sum(row, step), null, () -> {
      emitter.emitReady(later);
      return emitter.within(n, column, axis, () -> {
        String line = ir.pointer(sums, ir.value("mul i64 " + step + ", " + 2L * tile.lanes() * Float.BYTES));
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
