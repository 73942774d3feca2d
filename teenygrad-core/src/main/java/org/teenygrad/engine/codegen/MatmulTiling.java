package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// A [Contraction] on the level of tiles: a GPU's blocks of threads each make a tile of sums ([MatrixTiles]), or go from tile to tile ([PersistentTiles]).
///
/// @param contraction whose loops the tiles are cut from
/// @param analysis of a SINK of STEPS and STOREs
/// @param tile a block's rows and columns of sums, and the depth of a step
/// @param maps what brings both factors' tiles, left and right, where tensor maps do
record MatmulTiling(Contraction contraction, Analysis analysis, boolean isCoarse, BlockTile tile, List<BulkTile> maps) implements Plan {
  /// Blocks that share the right factor's tiles: what comes from the second-level cache, and the power for that, is a third less for tiles of 128 by 256.
  private static final int CLUSTER = 2;

  /// Columns from which that is worth the waiting for one another.
  private static final int FEWEST_SHARED_COLUMNS = 128;

  /// Steps that a block takes at least, so that they are worth the time until all of a cluster have begun and ended, about a microsecond.
  private static final int FEWEST_SHARED_STEPS = 48;

  /// How many times as many tiles there are at least as a cluster's last one has without rows.
  private static final int TILES_FOR_EACH_EMPTY = 32;

  /// Puts the factors into STAGEs and what is done with them into STEPS.
  static MatmulTiling of(Contraction contraction, Target.Gpu target) {
    Analysis plain = contraction.analysis();
    List<OpNode> rows = contraction.rows();
    List<OpNode> columns = contraction.columns();
    List<OpNode> inner = contraction.inner();
    BlockTile tile = BlockTile.choose(
        Analysis.count(rows), Analysis.count(columns), contraction.products(), Analysis.count(contraction.grid()), contraction.element(), contraction.isAlongInner(), contraction.isMasked(), target);
    OpNode left = Stage.of(plain, contraction.left(), rows, inner, tile.fetchedRows(), tile.depth(), tile.stages(), tile.rung());
    OpNode right = Stage.of(plain, contraction.right(), columns, inner, tile.columns(), tile.depth(), tile.stages(), tile.rung());
    if (tile.rung() != Target.Rung.TENSOR_MEMORY) {
      return of(contraction, tile, left, right, List.of(), fold -> Pipeline.steps(List.of(left, right), List.of(fold), tile.rung() == Target.Rung.WARPGROUP));
    }
    Optional<BulkTile> leftBulk = BulkTile.of(plain, left, rows, inner, 1);
    Optional<BulkTile> rightBulk = BulkTile.of(plain, right, columns, inner, cluster(contraction, tile, target.processors()));
    // After the last of the inner dimension one of both factors has zeros.
    if (leftBulk.isEmpty() || rightBulk.isEmpty() || leftBulk.get().goesOn() && rightBulk.get().goesOn()) {
      return of(contraction, target.on(Target.Rung.WARPGROUP));
    }
    OpNode leftMapped = leftBulk.get().stage(left);
    OpNode rightMapped = rightBulk.get().stage(right);
    return of(contraction, tile, leftMapped, rightMapped, List.of(leftBulk.get(), rightBulk.get()),
        fold -> WarpSpecializedPipeline.steps(List.of(leftMapped, rightMapped), List.of(fold)));
  }

  private static int cluster(Contraction contraction, BlockTile tile, int processors) {
    long down = Math.ceilDiv(Analysis.count(contraction.rows()), tile.rows());
    long empty = Math.ceilDiv(down, CLUSTER) * CLUSTER - down;
    long tiles = Analysis.count(contraction.grid()) * down * Math.ceilDiv(Analysis.count(contraction.columns()), tile.columns());
    long steps = Math.ceilDiv(tiles, processors) * Math.ceilDiv(contraction.products(), tile.depth());
    boolean worthwhile = tile.columns() >= FEWEST_SHARED_COLUMNS && steps >= FEWEST_SHARED_STEPS;
    return worthwhile && empty * TILES_FOR_EACH_EMPTY <= down ? CLUSTER : 1;
  }

  private static MatmulTiling of(Contraction contraction, BlockTile tile, OpNode left, OpNode right, List<BulkTile> maps, UnaryOperator<OpNode> order) {
    Analysis plain = contraction.analysis();
    MatrixUnit unit = MatrixUnit.of(tile.rung(), contraction.element());
    Map<OpNode, OpNode> changed = Tiling.withProducts(plain.sink, Map.of(contraction.fold(), same -> Tiling.product(unit, left, right)));
    OpNode fold = Objects.requireNonNull(changed.get(contraction.fold()));
    OpNode sink = Tiling.sink(List.of(), order.apply(fold), plain.stores().stream().map(changed::get).toList());
    Analysis tiled = new Analysis(sink);
    return new MatmulTiling(contraction, Plan.shortened(tiled), tiled.isCoarse(), tile, maps);
  }

  @Override
  public boolean isTiled() {
    return true;
  }

  /// The STEPS node.
  OpNode steps() {
    return analysis.sink.input(0);
  }

  /// The sum of products of tiles.
  OpNode fold() {
    return steps().inputs().stream().filter(effect -> effect.is(OpCode.FOLD)).findFirst().orElseThrow();
  }

  /// What multiplies.
  MatrixUnit unit() {
    return fold().input(0).payload(MatrixUnit.class);
  }

  OpNode leftStage() {
    return fold().input(0).input(0);
  }

  OpNode rightStage() {
    return fold().input(0).input(1);
  }

  /// Blocks that are a cluster.
  int cluster() {
    return maps.isEmpty() ? 1 : maps.get(1).sharers();
  }

  /// The tiles of the result.
  Raster raster() {
    return new Raster(Analysis.count(contraction.rows()), Analysis.count(contraction.columns()), contraction.grid(), tile.rows(), tile.columns(), cluster());
  }

  /// How many steps along the inner dimension a tile takes.
  long depth() {
    return Math.ceilDiv(contraction.products(), tile.depth());
  }
}
