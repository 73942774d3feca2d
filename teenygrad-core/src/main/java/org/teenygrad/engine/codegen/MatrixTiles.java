package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// The loops of a sum of products on a GPU: each block of threads computes a tile of sums.
///
/// The loops that only one factor depends on are flattened to rows, those of the other to columns, the summed ones to one inner
/// dimension; all others count separate products. Step by step along the inner dimension, a slab of each factor is brought to shared
/// memory ([Stage]), some steps ahead of the multiplications ([Products]). Then the sums pass through shared memory once more, so
/// that what follows them (bias, activation, residual) runs over whole vectors of neighbours.
final class MatrixTiles implements LoopNest {
  /// Smaller matrices are left to [Blocks].
  private static final long FEWEST = 8;

  private final Emitter emitter;
  private final Analysis analysis;
  private final Raster raster;
  private final BlockTile tile;
  private final Products products;
  private final Epilogue epilogue;
  private final OpNode steps;
  private final OpNode leftStage;
  private final OpNode rightStage;
  private final SharedTile left;
  private final SharedTile right;
  private final long k;

  /// @param emitter of a SINK of STEPS and STOREs
  /// @param parts of the contraction that they make
  private MatrixTiles(Emitter emitter, Parts parts, BlockTile tile) {
    this.emitter = emitter;
    this.tile = tile;
    analysis = emitter.analysis;
    steps = analysis.sink.input(0);
    OpNode fold = steps.inputs().stream().filter(effect -> effect.is(OpCode.FOLD)).findFirst().orElseThrow();
    leftStage = fold.input(0).input(0);
    rightStage = fold.input(0).input(1);
    raster = new Raster(Contraction.count(parts.rows()), Contraction.count(parts.columns()), parts.grid(analysis), tile.rows(), tile.columns());
    k = Contraction.count(Analysis.foldRanges(fold));
    left = new SharedTile(emitter, leftStage, parts.rows(), Analysis.foldRanges(fold), tile.threads());
    right = new SharedTile(emitter, rightStage, parts.columns(), Analysis.foldRanges(fold), tile.threads());
    epilogue = new Epilogue(emitter, List.of(fold), null, parts.rows(), parts.columns(), tile);
    DType element = leftStage.dtype();
    products = switch (tile.rung()) {
      case NAIVE, SHARED, REGISTERS -> new ScalarProducts(emitter.ir, tile);
      case WARP -> new WarpProducts(emitter.ir, tile, element, left.isInner(), right.isInner());
      case WARPGROUP, TENSOR_MEMORY -> new WarpgroupProducts(emitter.ir, tile, element, left.isInner(), right.isInner());
    };
  }

  /// The nest of a contraction of floats with enough rows and columns.
  static Optional<LoopNest> of(Emitter plain, Target.Gpu target) {
    return Parts.of(plain.analysis)
        .filter(parts -> parts.fold().dtype() == DType.FLOAT32 && Contraction.depth(parts.fold()) >= FEWEST
            && !parts.rows().isEmpty() && Contraction.count(parts.rows()) >= FEWEST && !parts.columns().isEmpty() && Contraction.count(parts.columns()) >= FEWEST)
        .map(parts -> tiled(plain, target, parts));
  }

  /// The type to multiply in: that of 16 bits which both factors were widened from, if there is something to multiply it, else float32.
  private static DType element(OpNode a, OpNode b, Target.Gpu target) {
    boolean widened = FusedAttention.isWidened(a) && FusedAttention.isWidened(b) && a.input(0).dtype() == b.input(0).dtype();
    return widened && target.rung().hasMatrixUnit() ? a.input(0).dtype() : DType.FLOAT32;
  }

  private static OpNode unwidened(OpNode factor, DType element) {
    return element == DType.FLOAT32 ? factor : factor.input(0);
  }

  /// Puts the factors into STAGEs and what is done with them into STEPS.
  private static LoopNest tiled(Emitter plain, Target.Gpu target, Parts parts) {
    DType element = element(parts.left(), parts.right(), target);
    BlockTile tile = BlockTile.choose(
        Contraction.count(parts.rows()), Contraction.count(parts.columns()), Contraction.depth(parts.fold()), Contraction.count(parts.grid(plain.analysis)), element, target);
    List<OpNode> inner = parts.inner();
    OpNode left = Stage.of(plain, unwidened(parts.left(), element), parts.rows(), inner, tile.rows(), tile.depth(), tile.stages(), tile.rung());
    OpNode right = Stage.of(plain, unwidened(parts.right(), element), parts.columns(), inner, tile.columns(), tile.depth(), tile.stages(), tile.rung());
    if (tile.rung() != Target.Rung.TENSOR_MEMORY) {
      OpNode sink = steps(plain, parts, left, right, tile.rung(), fold -> Pipeline.steps(List.of(left, right), List.of(fold), tile.rung() == Target.Rung.WARPGROUP));
      return new MatrixTiles(Generator.shortened(Generator.forGpu(sink)), parts, tile);
    }
    Optional<BulkTile> leftBulk = BulkTile.of(plain, left, parts.rows(), inner);
    Optional<BulkTile> rightBulk = BulkTile.of(plain, right, parts.columns(), inner);
    if (leftBulk.isEmpty() || rightBulk.isEmpty()) {
      return tiled(plain, target.on(Target.Rung.WARPGROUP), parts);
    }
    OpNode leftMapped = leftBulk.get().stage(left);
    OpNode rightMapped = rightBulk.get().stage(right);
    OpNode sink = steps(plain, parts, leftMapped, rightMapped, Target.Rung.WARPGROUP, fold -> WarpSpecializedPipeline.steps(List.of(leftMapped, rightMapped), List.of(fold)));
    return new PersistentTiles(Generator.shortened(Generator.forGpu(sink)), parts, tile, leftBulk.get(), rightBulk.get(), target);
  }

  private static OpNode steps(Emitter plain, Parts parts, OpNode left, OpNode right, Target.Rung unit, UnaryOperator<OpNode> order) {
    var changed = Tiling.withProducts(plain.analysis.sink, Map.of(parts.fold(), same -> Tiling.product(unit, left, right)));
    OpNode fold = Objects.requireNonNull(changed.get(parts.fold()));
    return Tiling.sink(List.of(), order.apply(fold), plain.analysis.stores().stream().map(changed::get).toList());
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "contract";
  }

  /// Two blocks of threads that multiply by themselves: one does while the other waits for its slabs.
  @Override
  public int residentBlocks() {
    return tile.rung() == Target.Rung.REGISTERS ? 2 : 0;
  }

  @Override
  public Program.Launch launch() {
    long stages = (long) tile.stages() * (left.bytes() + right.bytes());
    return new Program.Launch(raster.tiles(), tile.threads(), Math.max(stages, epilogue.bytes()));
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    SharedTile.declare(ir);
    raster.at(emitter, Threads.block(ir), (row, column) -> {
      List<Ir.Carried> sums = sums(row, column);
      Threads.barrier(ir);
      products.store(sums, epilogue.pitch());
      Threads.barrier(ir);
      epilogue.emit(row, column, analysis.nodes);
    });
  }

  /// All steps along the inner dimension.
  private List<Ir.Carried> sums(String row, String column) {
    Ir ir = emitter.ir;
    Pipeline.Mover fetchLeft = (step, slot, exists) -> left.fetched(row, step, slot, exists);
    Pipeline.Mover fetchRight = (step, slot, exists) -> right.fetched(column, step, ir.plus(slot, left.bytes()), exists);
    Pipeline pipeline = new Pipeline(ir, steps, Map.of(leftStage, fetchLeft, rightStage, fetchRight), 0, (long) left.bytes() + right.bytes(), new MatmulStep(ir, products, left.bytes()));
    String count = Long.toString(Math.ceilDiv(k, tile.depth()));
    pipeline.fill("0", count);
    return pipeline.run("0", count, products.zero());
  }
}
