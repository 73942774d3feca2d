package org.teenygrad.engine.codegen;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// A [Contraction] on the level of tiles: a GPU's blocks of threads each make a tile of sums ([MatrixTiles]), or go from tile to
/// tile ([PersistentTiles]).
///
/// @param contraction whose loops the tiles are cut from
/// @param analysis of a SINK of STEPS and STOREs
/// @param tile a block's rows and columns of sums, and the depth of a step
/// @param maps what brings factors' tiles, first the left one's unless blocks compute it, where tensor maps do
/// @param streamK how blocks share tiles; null if each makes whole ones
record MatmulTiling(Contraction contraction, Analysis analysis, boolean isCoarse, BlockTile tile, List<BulkTile> maps, @Nullable StreamK streamK)
    implements Plan {
  /// Blocks that share the right factor's tiles: what comes from the second-level cache, and the power for that, is a third less
  /// for tiles of 128 by 256.
  private static final int CLUSTER = 2;

  /// Columns from which that is worth the waiting for one another.
  private static final int FEWEST_SHARED_COLUMNS = 128;

  /// Steps that a block takes at least, so that they are worth the time until all of a cluster have begun and ended, about a microsecond.
  static final int FEWEST_SHARED_STEPS = 48;

  /// How many times as many tiles there are at least as a cluster's last one has without rows.
  private static final int TILES_FOR_EACH_EMPTY = 32;

  /// Puts the factors into STAGEs and what is done with them into STEPS.
  static MatmulTiling of(Contraction contraction, Target.Gpu target) {
    BlockTile tile = BlockTile.choose(contraction, target);
    if (tile.rung() == Target.Rung.TENSOR_MEMORY) {
      return mapped(contraction, tile, target).orElseGet(() -> of(contraction, target.on(Target.Rung.WARPGROUP)));
    }
    OpNode left = left(contraction, tile);
    OpNode right = right(contraction, contraction.right(), tile);
    boolean group = tile.rung() == Target.Rung.WARPGROUP;
    return of(contraction, tile, left, List.of(right), List.of(), folds -> Pipeline.steps(List.of(left, right), folds, group));
  }

  /// For sums whose factors tensor maps have to bring, but for a left one that blocks compute.
  static Optional<Plan> byTensorMaps(Contraction contraction, Target.Gpu target) {
    BlockTile tile = BlockTile.choose(contraction, target);
    return (contraction.reducesRows() ? computed(contraction, tile) : mapped(contraction, tile, target)).map(Plan.class::cast);
  }

  private static OpNode left(Contraction contraction, BlockTile tile) {
    return Stage.of(contraction.analysis(), contraction.left(), contraction.rows(), contraction.inner(),
        tile.fetchedRows(), tile.depth(), tile.stages(), tile.rung());
  }

  private static OpNode right(Contraction contraction, OpNode factor, BlockTile tile) {
    return Stage.of(contraction.analysis(), factor, contraction.columns(), contraction.inner(),
        tile.columns(), tile.depth(), tile.stages(), tile.rung());
  }

  /// With tiles that come by tensor maps, if those of all factors can.
  private static Optional<MatmulTiling> mapped(Contraction contraction, BlockTile tile, Target.Gpu target) {
    OpNode left = left(contraction, tile);
    Optional<BulkTile> leftBulk = BulkTile.of(contraction.analysis(), left, contraction.rows(), contraction.inner(), 1);
    List<BulkTile> rightBulks = rightBulks(contraction, tile, cluster(contraction, tile, target.processors()));
    // After the last of the inner dimension one of both factors has zeros.
    if (leftBulk.isEmpty() || rightBulks.isEmpty() || leftBulk.get().goesOn() && rightBulks.stream().anyMatch(BulkTile::goesOn)) {
      return Optional.empty();
    }
    List<BulkTile> maps = Stream.concat(leftBulk.stream(), rightBulks.stream()).toList();
    OpNode leftMapped = leftBulk.get().stage(left);
    List<OpNode> rights = stages(contraction, tile, rightBulks);
    List<OpNode> stages = Stream.concat(Stream.of(leftMapped), rights.stream()).toList();
    MatmulTiling plan = of(contraction, tile, leftMapped, rights, maps, folds -> WarpSpecializedPipeline.steps(stages, folds));
    return Optional.of(StreamK.mayShare(contraction, target) ? plan.shared(target) : plan);
  }

  /// The right factors' tensor maps; none if one has none.
  private static List<BulkTile> rightBulks(Contraction contraction, BlockTile tile, int sharers) {
    List<Contraction.Sum> sums = contraction.sums();
    List<BulkTile> bulks = sums.stream().map(sum -> right(contraction, sum.right(), tile))
        .flatMap(right -> BulkTile.of(contraction.analysis(), right, contraction.columns(), contraction.inner(), sharers).stream()).toList();
    return bulks.size() < sums.size() ? List.of() : bulks;
  }

  private static List<OpNode> stages(Contraction contraction, BlockTile tile, List<BulkTile> bulks) {
    return IntStream.range(0, bulks.size())
        .mapToObj(i -> bulks.get(i).stage(right(contraction, contraction.sums().get(i).right(), tile))).toList();
  }

  /// With few rows that each block computes first, if it can.
  private static Optional<MatmulTiling> computed(Contraction contraction, BlockTile tile) {
    List<BulkTile> bulks = rightBulks(contraction, tile, 1);
    if (bulks.isEmpty() || !Prologue.fits(contraction, tile)) {
      return Optional.empty();
    }
    OpNode left = Prologue.stage(contraction, tile);
    List<OpNode> rights = stages(contraction, tile, bulks);
    return Optional.of(of(contraction, tile, left, rights, bulks, folds -> WarpSpecializedPipeline.steps(rights, folds)));
  }

  private static int cluster(Contraction contraction, BlockTile tile, int processors) {
    if (contraction.isSymmetric()) {
      return Math.max(1, tile.columns() / tile.rows());
    }
    long down = Math.ceilDiv(Analysis.count(contraction.rows()), tile.rows());
    long empty = Math.ceilDiv(down, CLUSTER) * CLUSTER - down;
    long tiles = Analysis.count(contraction.grid()) * down * Math.ceilDiv(Analysis.count(contraction.columns()), tile.columns());
    long steps = Math.ceilDiv(tiles, processors) * Math.ceilDiv(contraction.products(), tile.depth());
    boolean worthwhile = tile.columns() >= FEWEST_SHARED_COLUMNS && steps >= FEWEST_SHARED_STEPS;
    return worthwhile && empty * TILES_FOR_EACH_EMPTY <= down ? CLUSTER : 1;
  }

  private static MatmulTiling of(
      Contraction contraction, BlockTile tile, OpNode left, List<OpNode> rights, List<BulkTile> maps, Function<List<OpNode>, OpNode> order) {
    Analysis plain = contraction.analysis();
    MatrixUnit unit = MatrixUnit.of(tile.rung(), contraction.left().dtype(), contraction.right().dtype());
    List<OpNode> sums = contraction.sums().stream().map(Contraction.Sum::fold).toList();
    Map<OpNode, Function<UnaryOperator<OpNode>, OpNode>> products = new IdentityHashMap<>();
    for (int i = 0; i < sums.size(); i++) {
      OpNode right = rights.get(i);
      products.put(sums.get(i), same -> Tiling.product(unit, left, right));
    }
    Map<OpNode, OpNode> changed = Tiling.withProducts(plain.sink, products);
    List<OpNode> folds = sums.stream().map(sum -> Objects.requireNonNull(changed.get(sum))).toList();
    List<OpNode> first = contraction.reducesRows() ? List.of(Objects.requireNonNull(folds.getFirst()).input(0).input(0)) : List.of();
    OpNode sink = Tiling.sink(first, order.apply(folds), plain.stores().stream().map(changed::get).toList());
    Analysis tiled = new Analysis(sink);
    return new MatmulTiling(contraction, Plan.shortened(tiled), tiled.isCoarse(), tile, maps, null);
  }

  /// The same, by blocks that share tiles if that takes less time.
  private MatmulTiling shared(Target.Gpu target) {
    StreamK shared = StreamK.of(raster().tiles(), depth(), cluster(), target.processors());
    return new MatmulTiling(contraction, analysis, isCoarse, tile, maps, shared);
  }

  @Override
  public boolean isTiled() {
    return true;
  }

  /// The STEPS node.
  OpNode steps() {
    return analysis.sink.inputs().stream().filter(node -> node.is(OpCode.STEPS)).findFirst().orElseThrow();
  }

  /// The sums of products of tiles.
  List<OpNode> folds() {
    return steps().inputs().stream().filter(effect -> effect.is(OpCode.FOLD)).toList();
  }

  private OpNode fold() {
    return folds().getFirst();
  }

  /// What multiplies.
  MatrixUnit unit() {
    return fold().input(0).payload(MatrixUnit.class);
  }

  OpNode leftStage() {
    return fold().input(0).input(0);
  }

  OpNode rightStage() {
    return rightStages().getFirst();
  }

  List<OpNode> rightStages() {
    return folds().stream().map(fold -> fold.input(0).input(1)).toList();
  }

  /// Blocks that are a cluster.
  int cluster() {
    return maps.isEmpty() ? 1 : maps.getLast().sharers();
  }

  /// The tiles of the result.
  Raster raster() {
    long m = Analysis.count(contraction.rows());
    return new Raster(m, Analysis.count(contraction.columns()), contraction.grid(), tile.rows(), tile.columns(), cluster(), isSymmetric());
  }

  /// Whether tiles below the diagonal are those above it.
  boolean isSymmetric() {
    return Analysis.count(contraction.rows()) > tile.columns() && cluster() * tile.rows() == tile.columns() && contraction.isSymmetric();
  }

  /// How many steps along the inner dimension a tile takes.
  long depth() {
    return Math.ceilDiv(contraction.products(), tile.depth());
  }
}
