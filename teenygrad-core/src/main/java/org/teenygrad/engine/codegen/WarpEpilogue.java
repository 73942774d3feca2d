package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;

/// What follows the sums of a tile that groups of four warps have made: each warp finishes its 16 rows, some columns at a time, and no warp
/// waits for another.
final class WarpEpilogue {
  private final Emitter emitter;
  private final Raster raster;
  private final BlockTile tile;
  private final int products;

  /// Of each product's sums that are finished at a time.
  private final int width;

  private final long base;
  private final List<OpNode> nodes;
  private final Epilogue epilogue;

  /// Stores what stands below the diagonal; null where tiles there are made themselves.
  private final @Nullable Epilogue mirrored;

  /// @param base the byte in shared memory where the warps' parts of it start
  WarpEpilogue(Emitter emitter, MatmulTiling plan, long base) {
    this.emitter = emitter;
    this.base = base;
    raster = plan.raster();
    tile = plan.tile();
    products = plan.folds().size();
    width = width(Math.min(WarpSums.COLUMNS / products, tile.columns()));
    nodes = Graph.topological(emitter.analysis.stores(), node -> !plan.folds().contains(node));
    BlockTile part = new BlockTile(WarpSums.ROWS, width, tile.depth(), tile.stages(), Threads.WARP, tile.rung());
    epilogue = new Epilogue(emitter, plan.folds(), null, plan.contraction().rows(), plan.contraction().columns(), part);
    mirrored = plan.isSymmetric() ? epilogue.mirrored() : null;
  }

  /// A part of the tile's columns.
  private int width(int most) {
    return IntStream.iterate(most, columns -> columns - MatrixUnit.COLUMNS)
        .filter(columns -> tile.columns() % columns == 0).findFirst().orElseThrow();
  }

  /// A part of a warp's sums.
  ///
  /// @param above whether it is above the diagonal
  /// @param memory through which all parts pass one after the other
  private record Part(String row, String column, String above, WarpSums memory, List<Ir.Carried> sums) {}

  /// @param row where the tile starts, as does `column`
  /// @param sums of the thread, product by product
  void emit(String row, String column, List<Ir.Carried> sums) {
    Ir ir = emitter.ir;
    String warp = Threads.warp(ir);
    WarpSums memory = new WarpSums(ir, ir.plus(ir.value("mul i64 " + warp + ", " + WarpSums.BYTES), base), width);
    String firstRow = ir.value("add i64 " + row + ", " + ir.value("mul i64 " + warp + ", " + WarpSums.ROWS));
    String above = ir.value("icmp slt i64 " + row + ", " + column);
    for (int first = 0; first < tile.columns(); first += width) {
      String firstColumn = ir.plus(column, first);
      Part part = new Part(firstRow, firstColumn, above, memory, columns(sums, first));
      Runnable checked = () -> emitter.branch(within(firstRow, firstColumn, 0), () -> emit(part, false));
      if (raster.isWhole()) {
        emit(part, true);
      } else if (raster.m() < WarpSums.ROWS || raster.n() < width) {
        checked.run();
      } else {
        emitter.branch(within(ir.plus(firstRow, WarpSums.ROWS), ir.plus(firstColumn, width), 1), () -> emit(part, true), checked);
      }
    }
  }

  /// The sums of some columns, product by product.
  private List<Ir.Carried> columns(List<Ir.Carried> sums, int first) {
    int each = sums.size() / products;
    return IntStream.range(0, products).map(i -> i * each)
        .mapToObj(own -> sums.subList(own + first / 2, own + (first + width) / 2)).flatMap(List::stream).toList();
  }

  /// Whether a row and a column come before those that are so many behind the last.
  private String within(String row, String column, int behind) {
    Ir ir = emitter.ir;
    String below = ir.value("icmp slt i64 " + row + ", " + (raster.m() + behind));
    return ir.value("and i1 " + below + ", " + ir.value("icmp slt i64 " + column + ", " + (raster.n() + behind)));
  }

  /// @param inside whether all of its rows and columns exist
  private void emit(Part part, boolean inside) {
    Ir ir = emitter.ir;
    String lane = Threads.lane(ir);
    epilogue.emit(new Epilogue.Share(lane, part.memory, () -> part.memory.store(part.sums)), part.row, part.column, nodes, inside);
    if (mirrored != null) {
      emitter.branch(part.above, () ->
          mirrored.emit(Epilogue.Share.mirrored(ir, lane, part.memory), part.column, part.row, nodes, inside));
    }
  }
}
