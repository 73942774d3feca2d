package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Totals;
import org.teenygrad.engine.runtime.Target;

/// A [FusedAttention] on the level of tiles.
///
/// @param attention with the nodes of the sink
/// @param analysis of a SINK of FETCHes of what stays, of STEPS and of STOREs
/// @param tile a block's rows, and the columns of its sums
/// @param parts of sixteen rows that each warp has
/// @param maps those STAGEs that tensor maps bring, in the order of the maps; without any, threads fill the stages
/// @param totals of sums across the rows, whose map comes after the others
record AttentionTiling(FusedAttention attention, Analysis analysis, BlockTile tile, int parts, Map<OpNode, BulkTile> maps, @Nullable TotalsMap totals) implements Plan {
  static final int STEP = 64;

  /// Numbers of a head up to which blocks of few rows are worth while.
  private static final int NARROW = 2 * STEP;

  /// How much of an inner dimension one instruction takes: all factors have 16 bits.
  static final int DEPTH = MatrixUnit.MMA_BF16.depth;

  /// Sums and products that a thread holds at a time, at most: of its 255 registers, some are for factors and addresses.
  private static final int MOST_SUMS = 160;

  /// The same where all rows' products with one factor are made at once, with the words of the matrices.
  private static final int MOST_SPECIALIZED = 224;

  private static final int STAGES = 2;
  private static final int MOST_SPECIALIZED_STAGES = 4;

  /// The plan of a kernel that reduces matrices of sums of products, if it is one and fits into a GPU's registers and shared memory.
  static Optional<AttentionTiling> of(Analysis plain, Target.Gpu target) {
    return FusedAttention.find(plain, false).flatMap(attention -> specialized(plain, attention, target).or(() -> attention.total() == null ? plain(plain, attention, target) : Optional.empty()));
  }

  /// For [WarpSpecializedAttention], if tiles can come by tensor maps and there are as many blocks as multiprocessors. Shorter rows
  /// are better left to blocks of half as many rows, of which more share a multiprocessor; but sums across rows take two products
  /// less than a pass of their own does.
  private static Optional<AttentionTiling> specialized(Analysis plain, FusedAttention attention, Target.Gpu target) {
    int columns = columns(attention);
    if (target.rung() != Target.Rung.TENSOR_MEMORY || attention.sums().isEmpty() || columns == STEP && attention.total() == null) {
      return Optional.empty();
    }
    for (int groups = WarpSpecializedAttention.MOST_GROUPS; groups > 0; groups--) {
      int rows = groups * WarpgroupMatrix.M;
      long blocks = Analysis.count(attention.grid()) * Math.ceilDiv(Analysis.count(attention.rows()), rows);
      if (isNarrow(attention) && (groups < WarpSpecializedAttention.MOST_GROUPS || blocks < target.processors())) {
        return Optional.empty();
      }
      for (int stages = MOST_SPECIALIZED_STAGES; stages >= 2; stages--) {
        BlockTile tile = new BlockTile(rows, columns, STEP, stages, groups * WarpSpecializedAttention.GROUP_THREADS, Target.Rung.TENSOR_MEMORY);
        AttentionTiling tiling = of(plain, attention, tile, 1).orElse(null);
        if (tiling == null || tiling.sumsHeld() + tiling.wordsOfMatrices() > MOST_SPECIALIZED) {
          return Optional.empty();
        }
        if (tiling.sharedBytes() <= target.sharedBytes()) {
          return Optional.of(tiling);
        }
      }
    }
    return Optional.empty();
  }

  /// Whether a warp has registers for the sums of its rows, and a block shared memory for its tiles, beside others on a multiprocessor.
  private static boolean isNarrow(FusedAttention attention) {
    return columns(attention) <= NARROW && attention.inner().stream().allMatch(inner -> Analysis.depth(inner.fold()) <= NARROW);
  }

  /// For [AttentionTiles].
  private static Optional<AttentionTiling> plain(Analysis plain, FusedAttention attention, Target.Gpu target) {
    if (!isNarrow(attention)) {
      return Optional.empty();
    }
    Target.Rung unit = target.rung().includes(Target.Rung.WARPGROUP) ? Target.Rung.WARPGROUP : Target.Rung.WARP;
    for (int rows : tileRows(attention, unit)) {
      int parts = rows == 2 * WarpgroupMatrix.M && isSmall(attention) ? 2 : 1;
      AttentionTiling tiling = of(plain, attention, new BlockTile(rows, columns(attention), STEP, STAGES, rows * 2 / parts, unit), parts).orElseThrow();
      if (tiling.sharedBytes() <= target.sharedBytes() && (attention.sums().size() < 2 || tiling.sumsHeld() <= MOST_SUMS)) {
        return Optional.of(tiling);
      }
    }
    return Optional.empty();
  }

  /// How many rows a block may have, the best first. Four warps that multiply together have 64; of blocks no larger several share a
  /// multiprocessor, and some multiply while others wait.
  private static int[] tileRows(FusedAttention attention, Target.Rung unit) {
    boolean small = unit == Target.Rung.WARPGROUP || Analysis.count(attention.rows()) <= WarpgroupMatrix.M;
    return small ? new int[] {WarpgroupMatrix.M} : new int[] {2 * WarpgroupMatrix.M, WarpgroupMatrix.M};
  }

  /// Puts the factors into STAGEs and FRAGMENTs and what is done with them into STEPS.
  /// @param tile a block's rows, and what multiplies: a warp, or four together, which read right factors where they are in shared memory
  /// @param parts of sixteen rows that each warp has
  /// @return none if tiles are to come by tensor maps and cannot
  private static Optional<AttentionTiling> of(Analysis plain, FusedAttention attention, BlockTile tile, int parts) {
    boolean mapped = tile.rung() == Target.Rung.TENSOR_MEMORY;
    Target.Rung unit = mapped ? Target.Rung.WARPGROUP : tile.rung();
    MatrixUnit multiplies = MatrixUnit.of(unit, attention.element());
    Map<OpNode, Function<UnaryOperator<OpNode>, OpNode>> products = new HashMap<>();
    List<OpNode> first = new ArrayList<>();
    Map<OpNode, BulkTile> maps = new LinkedHashMap<>();
    List<OpNode> stages = new ArrayList<>();
    for (FusedAttention.Inner inner : attention.inner()) {
      List<OpNode> ranges = Analysis.foldRanges(inner.fold());
      OpNode x = Stage.of(plain, inner.x(), attention.rows(), ranges, tile.rows(), STEP, 1, unit);
      OpNode y = stage(plain, Stage.of(plain, inner.y(), attention.steps(), ranges, STEP, STEP, tile.stages(), unit), attention.steps(), ranges, mapped ? maps : null);
      products.put(inner.fold(), changed -> Tiling.product(multiplies, Tiling.fragment(x), right(unit, y)));
      first.add(x);
      stages.add(y);
    }
    for (FusedAttention.Sum sum : attention.sums()) {
      OpNode own = Stage.of(plain, sum.third(), attention.columns(), attention.steps(), tile.columns(), STEP, tile.stages(), unit);
      FusedAttention.Inner same = sharing(attention, sum, own);
      OpNode g = same == null ? stage(plain, own, attention.columns(), attention.steps(), mapped ? maps : null)
          : own.withInputs(List.of(own.input(0), stages.get(attention.inner().indexOf(same))));
      products.put(sum.fold(), changed -> Tiling.product(multiplies, Tiling.fragment(rounded(changed.apply(sum.matrix()), attention.element())), right(unit, g)));
      if (same == null) {
        stages.add(g);
      }
    }
    if (mapped && !maps.keySet().containsAll(stages)) {
      return Optional.empty();
    }
    Map<OpNode, OpNode> changed = Tiling.withProducts(plain.sink, products);
    FusedAttention tiled = attention.with(changed);
    List<OpNode> folds = new ArrayList<>(tiled.sums().stream().map(FusedAttention.Sum::fold).toList());
    if (tiled.rowFold() != null) {
      folds.add(tiled.rowFold());
    }
    OpNode steps = mapped ? WarpSpecializedPipeline.steps(stages, folds) : Pipeline.steps(stages, folds, false);
    OpNode sink = Tiling.sink(first, steps, plain.sink.inputs().stream().map(changed::get).toList());
    TotalsMap totals = attention.total() == null ? null : totals(plain, attention, tile);
    return totals == null && attention.total() != null ? Optional.empty() : Optional.of(new AttentionTiling(tiled, new Analysis(sink), tile, parts, maps, totals));
  }

  /// The map for sums across the rows, if blocks can make them: each group of warps a panel's columns, of whole tiles of rows, one
  /// block after the other.
  private static @Nullable TotalsMap totals(Analysis plain, FusedAttention attention, BlockTile tile) {
    FusedAttention.Total total = Objects.requireNonNull(attention.total());
    AttentionMask mask = AttentionMask.find(attention, tile.rows());
    OpNode factor = attention.inner().get(total.factor()).x();
    List<OpNode> products = Analysis.foldRanges(attention.inner().get(total.factor()).fold());
    int columns = AttentionTotals.columns(tile);
    boolean fits = attention.rowFold() == null && (columns == STEP || columns == TotalsMap.PANEL)
        && Analysis.count(attention.rows()) % tile.rows() == 0 && attention.inner().size() == 2 && attention.sums().size() == 2 && pairsOf(attention, 1 - total.matrix()).size() == 1
        && Stage.of(plain, factor, attention.rows(), products, tile.rows(), STEP, 1, Target.Rung.WARPGROUP).payload(Stage.class).alongInner()
        && (plain.totals(Totals.RESULTS).isEmpty() || Analysis.count(attention.steps()) % STEP == 0)
        && (mask == null || new TurnOrder(attention, mask, tile.rows(), STEP).isGiven());
    return fits ? TotalsMap.of(plain, attention, total.store()).orElse(null) : null;
  }

  /// The numbers of the pairs that a sum's matrix is made of.
  static List<Integer> pairsOf(FusedAttention attention, int sum) {
    List<OpNode> nodes = Graph.topological(List.of(attention.sums().get(sum).matrix()));
    return IntStream.range(0, attention.inner().size()).filter(pair -> nodes.contains(attention.inner().get(pair).fold())).boxed().toList();
  }

  /// A stage as it is filled.
  /// @param maps takes a tensor map for it, if there may be one
  private static OpNode stage(Analysis plain, OpNode copied, List<OpNode> outer, List<OpNode> inner, @Nullable Map<OpNode, BulkTile> maps) {
    if (maps == null) {
      return copied;
    }
    return BulkTile.of(plain, copied, outer, inner, 1).map(bulk -> {
      OpNode stage = bulk.stage(copied);
      maps.put(stage, bulk);
      return stage;
    }).orElse(copied);
  }

  @Override
  public boolean isTiled() {
    return true;
  }

  /// Whether tiles come by tensor maps, while threads compute.
  boolean isSpecialized() {
    return !maps.isEmpty();
  }

  /// Tensor maps of the kernel.
  int mapCount() {
    return maps.size() + (totals == null ? 0 : 1);
  }

  /// Shared memory of a block: what stays, the ring of tiles, and later the sums.
  long sharedBytes() {
    long ring = mbarriers() + (isSpecialized() ? MbarrierRing.bytes(tile.stages()) : 0);
    return Math.max(ring, attention.sums().isEmpty() ? 0 : Epilogue.bytes(tile, attention.sums().size(), attention.rowFold() != null));
  }

  /// The byte in shared memory behind what stays and the ring of tiles.
  long ringEnd() {
    return fixedBytes() + tile.stages() * slotBytes();
  }

  /// Where numbers for each step's iterations begin, a part for each slot.
  long vectorsBegin() {
    return ringEnd() + (totals == null ? 0 : AttentionTotals.bytes(tile));
  }

  /// Where the mbarriers of the ring begin.
  long mbarriers() {
    return vectorsBegin() + tile.stages() * StepVectors.bytes(vectors());
  }

  /// What comes to shared memory for each step beside tiles.
  List<OpNode> vectors() {
    return totals == null ? List.of() : StepVectors.find(analysis, attention);
  }

  /// Shared memory for what stays: x of all pairs.
  long fixedBytes() {
    return attention.inner().stream().mapToLong(inner -> slabs(inner) * bytes(inner.fold().input(0).input(0).input(0))).sum();
  }

  /// Shared memory for the tiles of one step.
  long slotBytes() {
    return attention.inner().stream().mapToLong(inner -> slabs(inner) * bytes(rightStage(inner.fold().input(0)))).sum()
        + attention.sums().stream().map(sum -> rightStage(sum.fold().input(0))).filter(stage -> lender(stage) == null).mapToLong(AttentionTiling::bytes).sum();
  }

  /// Tiles that a pair's factors take.
  static int slabs(FusedAttention.Inner inner) {
    return Math.toIntExact(Math.ceilDiv(Analysis.depth(inner.fold()), STEP));
  }

  private static long bytes(OpNode stage) {
    return stage.payload(Stage.class).bytes(stage.input(0).dtype());
  }

  /// The columns of a block's sums.
  static int columns(FusedAttention attention) {
    return Math.toIntExact(Math.ceilDiv(Analysis.count(attention.columns()), STEP)) * STEP;
  }

  /// Whether a thread has so few sums that it may have those of twice as many rows.
  static boolean isSmall(FusedAttention attention) {
    return attention.inner().size() == 1 && Analysis.depth(attention.inner().getFirst().fold()) <= STEP && columns(attention) == STEP && attention.sums().size() < 2;
  }

  /// Sums and inner sums that a thread holds at a time.
  int sumsHeld() {
    return parts * (attention.sums().size() * tile.columns() / 2 + attention.inner().size() * STEP / 2);
  }

  /// Words of the matrices of a step.
  int wordsOfMatrices() {
    return attention.sums().size() * parts * STEP / 4;
  }

  /// Words of x.
  int wordsOfX() {
    return parts * attention.inner().stream().mapToInt(inner -> 4 * Math.ceilDiv(Math.toIntExact(Analysis.depth(inner.fold())), DEPTH)).sum();
  }

  private static OpNode right(Target.Rung unit, OpNode stage) {
    return unit == Target.Rung.WARP ? Tiling.fragment(stage) : stage;
  }

  /// The STAGE of a product's right factor.
  static OpNode rightStage(OpNode product) {
    OpNode right = product.input(1);
    return right.is(OpCode.FRAGMENT) ? right.input(0) : right;
  }

  private static OpNode rounded(OpNode matrix, DType element) {
    return matrix.dtype() == element ? matrix : OpNode.create(OpCode.CAST, element, List.of(matrix), null);
  }

  /// The pair whose y lies in shared memory just as a sum's third factor would: lines of y, which run along its products, are then
  /// those of the third factor, along the columns.
  private static FusedAttention.@Nullable Inner sharing(FusedAttention attention, FusedAttention.Sum sum, OpNode third) {
    FusedAttention.Inner inner = attention.sharing(sum);
    Stage stage = third.payload(Stage.class);
    // Rows of y past the last are any others, where a third factor's have to be zeros.
    boolean whole = Analysis.count(attention.steps()) % STEP == 0;
    boolean fits = whole && inner != null && !stage.alongInner() && stage.asynchronous()
        && Math.ceilDiv(Analysis.depth(inner.fold()), STEP) * STEP == stage.rows();
    return fits ? inner : null;
  }

  /// The STEPS node.
  OpNode steps() {
    return analysis.sink.inputs().stream().filter(node -> node.is(OpCode.STEPS)).findFirst().orElseThrow();
  }

  /// Tiles of a third factor that are of a pair's y at the same time.
  static @Nullable OpNode lender(OpNode stage) {
    return stage.inputs().size() == 1 ? null : stage.input(1);
  }
}
