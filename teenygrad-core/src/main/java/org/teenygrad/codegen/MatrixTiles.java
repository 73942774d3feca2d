package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.List;
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
/// memory ([SharedTile]), some steps ahead of the multiplications ([Products]). Then the sums pass through shared memory once more, so
/// that what follows them (bias, activation, residual) runs over whole vectors of neighbours.
final class MatrixTiles implements LoopNest {
  /// Tile rows that are next to one another in time: blocks that run together then share slabs in the second-level cache.
  private static final long GROUP = 8;

  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode fold;
  private final List<OpNode> rows;
  private final List<OpNode> columns;
  private final List<OpNode> grid;
  private final BlockTile tile;
  private final Products products;
  private final Epilogue epilogue;
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
  }

  private MatrixTiles(Emitter emitter, Target.Gpu target, Parts parts) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    fold = parts.fold;
    rows = parts.rows;
    columns = parts.columns;
    grid = analysis.outer.stream().filter(range -> !rows.contains(range) && !columns.contains(range)).toList();
    m = Contraction.count(rows);
    n = Contraction.count(columns);
    k = Contraction.depth(fold);
    DType element = element(parts.left, parts.right);
    tile = BlockTile.choose(m, n, k, Contraction.count(grid), element, target);
    left = new SharedTile(emitter, unwidened(parts.left, element), element, rows, Analysis.foldRanges(fold), tile.rows(), tile);
    right = new SharedTile(emitter, unwidened(parts.right, element), element, columns, Analysis.foldRanges(fold), tile.columns(), tile);
    epilogue = new Epilogue(emitter, List.of(fold), null, rows, columns, tile);
    products = switch (tile.unit()) {
      case SCALAR -> new ScalarProducts(emitter.ir, tile);
      case WARP -> new WarpProducts(emitter.ir, tile, element, left.isInner(), right.isInner());
      case WARPGROUP -> new WarpgroupProducts(emitter.ir, tile, element, left.isInner(), right.isInner());
    };
  }

  /// The contraction that a kernel is, if it is one of floats with enough rows and columns.
  static Optional<MatrixTiles> of(Emitter emitter, Target.Gpu target) {
    Analysis analysis = emitter.analysis;
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
    return Optional.of(new MatrixTiles(emitter, target, swap ? parts.swapped() : parts));
  }

  private static List<OpNode> only(Analysis analysis, OpNode one, OpNode other) {
    Predicate<OpNode> fits = range -> analysis.dependsOn(one, range) && !analysis.dependsOn(other, range);
    return analysis.outer.stream().filter(fits).toList();
  }

  /// The type to multiply in: that of 16 bits which both factors were widened from, else float32.
  private static DType element(OpNode a, OpNode b) {
    boolean widened = a.is(OpCode.CAST) && b.is(OpCode.CAST) && a.input(0).dtype() == b.input(0).dtype();
    DType narrow = widened ? a.input(0).dtype() : DType.FLOAT32;
    return narrow == DType.BFLOAT16 || narrow == DType.FLOAT16 ? narrow : DType.FLOAT32;
  }

  private static OpNode unwidened(OpNode factor, DType element) {
    return element == DType.FLOAT32 ? factor : factor.input(0);
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
    ir.declare("declare i64 @llvm.smin.i64(i64, i64)");
    String height = ir.value("call i64 @llvm.smin.i64(i64 " + ir.value("sub i64 " + tilesDown() + ", " + first) + ", i64 " + GROUP + ")");
    String down = ir.value("add i64 " + first + ", " + ir.dynamic("urem", inGroup, height));
    String across = ir.dynamic("udiv", inGroup, height);
    String row = ir.value("mul i64 " + down + ", " + tile.rows());
    String column = ir.value("mul i64 " + across + ", " + tile.columns());
    emitter.unflatten(other, grid, () -> {
      List<Ir.Carried> sums = steps(row, column);
      Team.barrier(ir);
      products.store(sums, epilogue.pitch());
      Team.barrier(ir);
      epilogue.emit(row, column, analysis.nodes);
    });
  }

  /// All steps along the inner dimension: at each, the slabs of a later step are fetched while those at hand are multiplied.
  private List<Ir.Carried> steps(String row, String column) {
    Ir ir = emitter.ir;
    long steps = Math.ceilDiv(k, tile.depth());
    int ahead = tile.stages() - 1;
    long slot = (long) left.bytes() + right.bytes();
    for (int step = 0; step < ahead; step++) {
      String at = Long.toString(step * slot);
      List<String> fetchedLeft = left.fetch(row, Long.toString(step), at, step < steps ? "true" : "false");
      List<String> fetchedRight = right.fetch(column, Long.toString(step), ir.plus(at, left.bytes()), step < steps ? "true" : "false");
      left.put(fetchedLeft, at);
      right.put(fetchedRight, ir.plus(at, left.bytes()));
      SharedTile.commit(ir);
    }
    List<Ir.Carried> carried = new ArrayList<>(products.zero());
    int sums = carried.size();
    carried.add(new Ir.Carried("i64", "0"));
    carried.add(new Ir.Carried("i64", Long.toString(ahead * slot)));
    List<Ir.Carried> results = ir.loop("0", Long.toString(steps), 1, carried, (step, values) -> {
      String current = values.get(sums).value();
      String next = values.get(sums + 1).value();
      SharedTile.await(ir, ahead - 1);
      products.fence();
      Team.barrier(ir);
      String later = ir.plus(step, ahead);
      String exists = ir.value("icmp slt i64 " + later + ", " + steps);
      String nextRight = ir.plus(next, left.bytes());
      List<String> fetchedLeft = new ArrayList<>();
      List<String> fetchedRight = new ArrayList<>();
      List<Ir.Carried> after = new ArrayList<>(products.multiply(values.subList(0, sums), current, ir.plus(current, left.bytes()), () -> {
        fetchedLeft.addAll(left.fetch(row, later, next, exists));
        fetchedRight.addAll(right.fetch(column, later, nextRight, exists));
        SharedTile.commit(ir);
      }));
      left.put(fetchedLeft, next);
      right.put(fetchedRight, nextRight);
      after.add(new Ir.Carried("i64", following(current, slot)));
      after.add(new Ir.Carried("i64", following(next, slot)));
      return after;
    });
    SharedTile.await(ir, 0);
    return results.subList(0, sums);
  }

  /// The place in the ring of slabs after this one.
  private String following(String place, long slot) {
    Ir ir = emitter.ir;
    String more = ir.plus(place, slot);
    String end = ir.value("icmp eq i64 " + more + ", " + tile.stages() * slot);
    return ir.value("select i1 " + end + ", i64 0, i64 " + more);
  }
}
