package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// A [FusedAttention] on the level of tiles.
///
/// @param attention with the nodes of the sink
/// @param sink of FETCHes of what stays, of STEPS and of STOREs
/// @param tile a block's rows, and the columns of its sums
/// @param parts of sixteen rows that each warp has
/// @param maps those STAGEs that tensor maps bring, in the order of the maps
record AttentionTiling(FusedAttention attention, OpNode sink, BlockTile tile, int parts, Map<OpNode, BulkTile> maps) {
  static final int STEP = 64;

  /// Puts the factors into STAGEs and FRAGMENTs and what is done with them into STEPS.
  /// @param tile a block's rows, and what multiplies: a warp, or four together, which read right factors where they are in shared memory
  /// @param parts of sixteen rows that each warp has
  /// @return none if tiles are to come by tensor maps and cannot
  static Optional<AttentionTiling> of(Emitter plain, FusedAttention attention, BlockTile tile, int parts) {
    boolean mapped = tile.rung() == Target.Rung.TENSOR_MEMORY;
    Target.Rung unit = mapped ? Target.Rung.WARPGROUP : tile.rung();
    Map<OpNode, Function<UnaryOperator<OpNode>, OpNode>> products = new HashMap<>();
    List<OpNode> first = new ArrayList<>();
    Map<OpNode, BulkTile> maps = new LinkedHashMap<>();
    List<OpNode> stages = new ArrayList<>();
    for (FusedAttention.Inner inner : attention.inner()) {
      List<OpNode> ranges = Analysis.foldRanges(inner.fold());
      OpNode x = Stage.of(plain, inner.x(), attention.rows(), ranges, tile.rows(), STEP, 1, unit);
      OpNode y = stage(plain, Stage.of(plain, inner.y(), attention.steps(), ranges, STEP, STEP, tile.stages(), unit), attention.steps(), ranges, mapped ? maps : null);
      products.put(inner.fold(), changed -> Tiling.product(unit, Tiling.fragment(x), right(unit, y)));
      first.add(x);
      stages.add(y);
    }
    for (FusedAttention.Sum sum : attention.sums()) {
      OpNode own = Stage.of(plain, sum.third(), attention.columns(), attention.steps(), tile.columns(), STEP, tile.stages(), unit);
      FusedAttention.Inner same = sharing(attention, sum, own);
      OpNode g = same == null ? stage(plain, own, attention.columns(), attention.steps(), mapped ? maps : null)
          : own.withInputs(List.of(own.input(0), stages.get(attention.inner().indexOf(same))));
      products.put(sum.fold(), changed -> Tiling.product(unit, Tiling.fragment(rounded(changed.apply(sum.matrix()), attention.element())), right(unit, g)));
      if (same == null) {
        stages.add(g);
      }
    }
    if (mapped && !maps.keySet().containsAll(stages)) {
      return Optional.empty();
    }
    Map<OpNode, OpNode> changed = Tiling.withProducts(plain.analysis.sink, products);
    FusedAttention tiled = attention.with(changed);
    List<OpNode> folds = new ArrayList<>(tiled.sums().stream().map(FusedAttention.Sum::fold).toList());
    if (tiled.rowFold() != null) {
      folds.add(tiled.rowFold());
    }
    OpNode steps = mapped ? WarpSpecializedPipeline.steps(stages, folds) : Pipeline.steps(stages, folds, false);
    OpNode sink = Tiling.sink(first, steps, plain.analysis.stores().stream().map(changed::get).toList());
    return Optional.of(new AttentionTiling(tiled, sink, tile, parts, maps));
  }

  /// A stage as it is filled.
  /// @param maps takes a tensor map for it, if there may be one
  private static OpNode stage(Emitter plain, OpNode copied, List<OpNode> outer, List<OpNode> inner, @Nullable Map<OpNode, BulkTile> maps) {
    if (maps == null) {
      return copied;
    }
    return BulkTile.of(plain, copied, outer, inner).map(bulk -> {
      OpNode stage = bulk.stage(copied);
      maps.put(stage, bulk);
      return stage;
    }).orElse(copied);
  }

  /// The columns of a block's sums.
  static int columns(FusedAttention attention) {
    return Contraction.count(attention.columns()) <= STEP ? STEP : 2 * STEP;
  }

  /// Whether a thread has so few sums that it may have those of twice as many rows.
  static boolean isSmall(FusedAttention attention) {
    return attention.inner().size() == 1 && Contraction.depth(attention.inner().getFirst().fold()) <= STEP && columns(attention) == STEP && attention.sums().size() < 2;
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
    return parts * attention.inner().stream().mapToInt(inner -> 4 * Math.ceilDiv(Math.toIntExact(Contraction.depth(inner.fold())), WarpMatrix.K)).sum();
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
    boolean whole = Contraction.count(attention.steps()) % STEP == 0;
    boolean fits = whole && inner != null && !stage.alongInner() && stage.asynchronous()
        && Math.ceilDiv(Contraction.depth(inner.fold()), STEP) * STEP == stage.rows();
    return fits ? inner : null;
  }

  /// The STEPS node.
  OpNode steps() {
    return sink.inputs().stream().filter(node -> node.is(OpCode.STEPS)).findFirst().orElseThrow();
  }

  /// Tiles of a third factor that are of a pair's y at the same time.
  static @Nullable OpNode lender(OpNode stage) {
    return stage.inputs().size() == 1 ? null : stage.input(1);
  }
}
