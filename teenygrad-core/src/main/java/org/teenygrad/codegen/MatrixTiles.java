package org.teenygrad.codegen;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.teenygrad.DType;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.runtime.Program;
import org.teenygrad.runtime.Target;

/// The loops of a sum of products on a GPU: each block of threads computes a tile of sums.
///
/// The loops that only one factor depends on are flattened to rows, those of the other to columns, the summed ones to one inner
/// dimension; all others count separate products. Step by step along the inner dimension, a slab of each factor is brought to shared
/// memory ([Stage]), some steps ahead of the multiplications ([Products]). Then the sums pass through shared memory once more, so
/// that what follows them (bias, activation, residual) runs over whole vectors of neighbours.
final class MatrixTiles implements LoopNest {
  /// Tile rows that are next to one another in time: blocks that run together then share slabs in the second-level cache.
  private static final long GROUP = 8;

  private final Emitter emitter;
  private final Analysis analysis;
  private final List<OpNode> grid;
  private final BlockTile tile;
  private final Products products;
  private final Epilogue epilogue;
  private final OpNode steps;
  private final OpNode leftStage;
  private final OpNode rightStage;
  private final SharedTile left;
  private final SharedTile right;
  private final long m;
  private final long n;
  private final long k;

  /// A contraction's parts: two factors, and the loops that only one of them depends on.
  private record Parts(OpNode fold, OpNode left, OpNode right, List<OpNode> rows, List<OpNode> columns) {
    Parts swapped() {
      return new Parts(fold, right, left, columns, rows);
    }

    List<OpNode> grid(Analysis analysis) {
      return analysis.outer.stream().filter(range -> !rows.contains(range) && !columns.contains(range)).toList();
    }
  }

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
    grid = parts.grid(analysis);
    m = Contraction.count(parts.rows);
    n = Contraction.count(parts.columns);
    k = Contraction.count(Analysis.foldRanges(fold));
    left = new SharedTile(emitter, leftStage, parts.rows, Analysis.foldRanges(fold), tile.threads());
    right = new SharedTile(emitter, rightStage, parts.columns, Analysis.foldRanges(fold), tile.threads());
    epilogue = new Epilogue(emitter, List.of(fold), null, parts.rows, parts.columns, tile);
    DType element = leftStage.dtype();
    products = switch (tile.rung()) {
      case NAIVE, SHARED, REGISTERS -> new ScalarProducts(emitter.ir, tile);
      case WARP -> new WarpProducts(emitter.ir, tile, element, left.isInner(), right.isInner());
      case WARPGROUP -> new WarpgroupProducts(emitter.ir, tile, element, left.isInner(), right.isInner());
    };
  }

  /// The contraction that a kernel is, if it is one of floats with enough rows and columns.
  static Optional<MatrixTiles> of(Emitter plain, Target.Gpu target) {
    Analysis analysis = plain.analysis;
    List<OpNode> folds = analysis.folds();
    if (folds.size() != 1 || folds.getFirst().payload() != OpCode.ADD) {
      return Optional.empty();
    }
    OpNode fold = folds.getFirst();
    OpNode product = fold.input(0);
    if (!product.is(OpCode.MUL) || fold.dtype() != DType.FLOAT32) {
      return Optional.empty();
    }
    OpNode a = product.input(0);
    OpNode b = product.input(1);
    Parts parts = new Parts(fold, a, b, only(analysis, a, b), only(analysis, b, a));
    boolean complete = analysis.stores().stream().allMatch(s -> analysis.outer.stream().allMatch(r -> analysis.dependsOn(s, r)));
    if (parts.rows.isEmpty() || parts.columns.isEmpty() || !complete || Contraction.depth(fold) < 8
        || Contraction.count(parts.rows) < 8 || Contraction.count(parts.columns) < 8) {
      return Optional.empty();
    }
    OpNode store = analysis.stores().getFirst();
    boolean swap = parts.rows.stream().anyMatch(range -> analysis.stride(store, range) == 1);
    return Optional.of(tiled(plain, target, swap ? parts.swapped() : parts));
  }

  private static List<OpNode> only(Analysis analysis, OpNode one, OpNode other) {
    Predicate<OpNode> fits = range -> analysis.dependsOn(one, range) && !analysis.dependsOn(other, range);
    return analysis.outer.stream().filter(fits).toList();
  }

  /// The type to multiply in: that of 16 bits which both factors were widened from, if there is something to multiply it, else float32.
  private static DType element(OpNode a, OpNode b, Target.Gpu target) {
    boolean widened = Chain.isWidened(a) && Chain.isWidened(b) && a.input(0).dtype() == b.input(0).dtype();
    return widened && target.rung().hasMatrixUnit() ? a.input(0).dtype() : DType.FLOAT32;
  }

  private static OpNode unwidened(OpNode factor, DType element) {
    return element == DType.FLOAT32 ? factor : factor.input(0);
  }

  /// Puts the factors into STAGEs and what is done with them into STEPS.
  private static MatrixTiles tiled(Emitter plain, Target.Gpu target, Parts parts) {
    DType element = element(parts.left, parts.right, target);
    long m = Contraction.count(parts.rows);
    long n = Contraction.count(parts.columns);
    BlockTile tile = BlockTile.choose(m, n, Contraction.depth(parts.fold), Contraction.count(parts.grid(plain.analysis)), element, target);
    List<OpNode> inner = Analysis.foldRanges(parts.fold);
    OpNode left = Stage.of(plain, unwidened(parts.left, element), parts.rows, inner, tile.rows(), tile.depth(), tile.stages(), tile.rung());
    OpNode right = Stage.of(plain, unwidened(parts.right, element), parts.columns, inner, tile.columns(), tile.depth(), tile.stages(), tile.rung());
    var changed = Tiling.withProducts(plain.analysis.sink, Map.of(parts.fold, same -> Tiling.product(tile.rung(), left, right)));
    OpNode fold = Objects.requireNonNull(changed.get(parts.fold));
    OpNode steps = Pipeline.steps(List.of(left, right), List.of(fold), tile.rung() == Target.Rung.WARPGROUP);
    OpNode sink = Tiling.sink(List.of(), steps, plain.analysis.stores().stream().map(changed::get).toList());
    return new MatrixTiles(Generator.forGpu(sink), parts, tile);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "contract";
  }

  private long tilesDown() {
    return Math.ceilDiv(m, tile.rows());
  }

  private long tilesAcross() {
    return Math.ceilDiv(n, tile.columns());
  }

  @Override
  public Program.Launch launch() {
    long stages = (long) tile.stages() * (left.bytes() + right.bytes());
    return new Program.Launch(Contraction.count(grid) * tilesDown() * tilesAcross(), tile.threads(), Math.max(stages, epilogue.bytes()));
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    SharedTile.declare(ir);
    String block = Team.block(ir);
    long tiles = tilesDown() * tilesAcross();
    String number = grid.isEmpty() ? block : ir.remainder(block, tiles);
    String other = grid.isEmpty() ? "0" : ir.quotient(block, tiles);
    long width = GROUP * tilesAcross();
    String group = ir.quotient(number, width);
    String inGroup = ir.remainder(number, width);
    String first = ir.value("mul i64 " + group + ", " + GROUP);
    String height = ir.smallest(ir.value("sub i64 " + tilesDown() + ", " + first), Long.toString(GROUP));
    String down = ir.value("add i64 " + first + ", " + ir.dynamic("urem", inGroup, height));
    String across = ir.dynamic("udiv", inGroup, height);
    String row = ir.value("mul i64 " + down + ", " + tile.rows());
    String column = ir.value("mul i64 " + across + ", " + tile.columns());
    emitter.unflatten(other, grid, () -> {
      List<Ir.Carried> sums = sums(row, column);
      Team.barrier(ir);
      products.store(sums, epilogue.pitch());
      Team.barrier(ir);
      epilogue.emit(row, column, analysis.nodes);
    });
  }

  /// All steps along the inner dimension.
  private List<Ir.Carried> sums(String row, String column) {
    Ir ir = emitter.ir;
    Pipeline.Mover fetchLeft = (step, slot, exists) -> left.fetched(row, step, slot, exists);
    Pipeline.Mover fetchRight = (step, slot, exists) -> right.fetched(column, step, ir.plus(slot, left.bytes()), exists);
    Pipeline pipeline = new Pipeline(ir, steps, Map.of(leftStage, fetchLeft, rightStage, fetchRight), 0, (long) left.bytes() + right.bytes(), new Multiplying());
    String count = Long.toString(Math.ceilDiv(k, tile.depth()));
    pipeline.fill("0", count);
    return pipeline.run("0", count, products.zero());
  }

  private final class Multiplying implements Pipeline.Work {
    @Override
    public List<Ir.Carried> fold(List<OpNode> folds, String step, String slot, List<Ir.Carried> states) {
      return products.multiply(states, slot, emitter.ir.plus(slot, left.bytes()));
    }

    @Override
    public List<Ir.Carried> settle(List<Ir.Carried> states) {
      return products.settle(states);
    }

    @Override
    public void fence() {
      products.fence();
    }
  }
}
