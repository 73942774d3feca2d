package org.teenygrad.engine.codegen;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.runtime.Target;

/// A kernel that is one sum of products for each place it stores to: matmul, einsum and convolution alike. On a GPU it may be
/// several sums of products of one factor, whose results meet there: those of a gated perceptron.
///
/// @param fold the sum
/// @param left the factor that changes with the rows
/// @param right the one that changes with the columns, along which results lie in memory if they do along one of both
/// @param rows the loops that only the left factor depends on
/// @param columns those of the right
/// @param element the type to multiply in: that of fewer bits which both factors were widened from, if there is something to multiply it
/// @param others sums of products of the same left factor over the same loops
record Contraction(Analysis analysis, OpNode fold, OpNode left, OpNode right, List<OpNode> rows, List<OpNode> columns, DType element, List<Sum> others) implements Plan {
  /// A sum of products.
  ///
  /// @param right its right factor
  record Sum(OpNode fold, OpNode right) {}

  /// One sum alone.
  private Contraction(Analysis analysis, OpNode fold, OpNode left, OpNode right, List<OpNode> rows, List<OpNode> columns, DType element) {
    this(analysis, fold, left, right, rows, columns, element, List.of());
  }

  /// Of a processor's tiles: products, rows and columns at least.
  private static final int FEWEST_PRODUCTS = 4;
  private static final int FEWEST_ROWS = 2;
  private static final int FEWEST_COLUMNS = 4;

  /// Columns that are worth vectors where other loops have more.
  private static final int FEWEST_OF_VECTOR = 8;

  /// Fewer rows are multiplied where memory is the limit, by [SkinnyContraction] for one, and lose no digits.
  private static final int FEWEST_ROUNDED_ROWS = 65;

  /// What a vector is multiplied by at least; the same as makes a product of four rows one.
  private static final int FEWEST_OF_ONE_ROW = 1 << 10;

  /// Steps of the last inner loop that are worth whole blocks of pairs, and rows that are worth copying both factors.
  private static final int FEWEST_PAIRED_STEPS = 16;

  private static final int FEWEST_PAIRED_ROWS = 16;

  /// Of one left factor.
  private static final int MOST_SUMS = 4;

  /// A GPU's smaller matrices are left to [Blocks].
  private static final int FEWEST_OF_TILE = 8;

  /// For a processor, with enough rows and columns for tiles.
  static Optional<Plan> ofProcessor(Analysis analysis, Target.Cpu cpu) {
    Optional<Contraction> contraction = of(analysis);
    Optional<Plan> quantized = contraction.flatMap(found -> QuantizedContraction.of(found, cpu));
    if (quantized.isPresent()) {
      return quantized;
    }
    return contraction
        .map(found -> MergedColumns.of(found, cpu))
        .map(Contraction::withColumns)
        .flatMap(found -> found.isUnpacked() ? of(new Analysis(Decompositions.fuseProducts(analysis, found.right))) : Optional.of(found))
        .filter(found -> (found.element == DType.FLOAT32 || found.element == DType.FLOAT64) && found.products() >= FEWEST_PRODUCTS
            && !found.columns.isEmpty() && Analysis.size(found.column()) >= FEWEST_COLUMNS
            && (found.isOfOneRow() || !found.rows.isEmpty() && Analysis.size(found.row()) >= FEWEST_ROWS))
        .map(found -> found.inPairs(cpu));
  }

  /// The same of a graph that was rewritten.
  /// @param changed its nodes by those before
  /// @param others the columns' loops there
  Contraction over(Analysis rewritten, Map<OpNode, OpNode> changed, List<OpNode> others) {
    List<OpNode> parts = Stream.of(fold, left, right).map(node -> Objects.requireNonNull(changed.get(node))).toList();
    return new Contraction(rewritten, parts.get(0), parts.get(1), parts.get(2), rows, others, element);
  }

  /// With rows for columns where there are too few of these, as in the gradient of the weights of a convolution of three channels.
  /// Sums over one loop stay: with few columns a row has the same bits whether it is one of few or of many.
  private Contraction withColumns() {
    boolean turned = inner().size() > 1 && !columns.isEmpty() && Analysis.size(column()) < FEWEST_COLUMNS
        && !rows.isEmpty() && Analysis.size(row()) >= FEWEST_COLUMNS;
    return turned ? new Contraction(analysis, fold, right, left, columns, rows, element) : this;
  }

  /// Whether the right factor is computed from bytes, as quantised weights are.
  private boolean isUnpacked() {
    return !right.is(OpCode.LOAD) && Graph.topological(List.of(right)).stream().anyMatch(node -> node.is(OpCode.LOAD) && node.dtype() == DType.UINT8);
  }

  /// Whether it is a matrix times a vector that is in memory: a row that is computed as one of many, with the same bits.
  private boolean isOfOneRow() {
    return rows.isEmpty() && left.is(OpCode.LOAD) && loneRow() < Long.SIZE && products() * Analysis.size(column()) >= FEWEST_OF_ONE_ROW;
  }

  /// For a GPU: in tiles where there are enough rows and columns, but for the rung that has none.
  static Optional<Plan> ofGpu(Analysis analysis, Target.Gpu gpu) {
    Optional<Contraction> found = of(analysis).filter(one -> one.element == DType.FLOAT32);
    if (gpu.rung() == Target.Rung.NAIVE) {
      return found.map(Plan.class::cast);
    }
    return found.map(one -> one.narrow(gpu)).filter(Contraction::isTileable)
        .map(one -> MatmulTiling.of(one.wide(gpu), gpu)).map(Plan.class::cast)
        .or(() -> ofOneFactor(analysis, gpu).flatMap(one -> MatmulTiling.byTensorMaps(one, gpu)));
  }

  /// One or several sums of products of one factor of 16 bits, which may be made of reductions.
  private static Optional<Contraction> ofOneFactor(Analysis analysis, Target.Gpu gpu) {
    List<OpNode> folds = analysis.lastFolds();
    if (analysis.folds().size() < 2 || folds.size() > MOST_SUMS || gpu.rung() != Target.Rung.TENSOR_MEMORY) {
      return Optional.empty();
    }
    List<Contraction> all = folds.stream().flatMap(fold -> of(analysis, fold).stream()).map(one -> one.narrow(gpu)).toList();
    boolean together = all.size() == folds.size() && all.stream().allMatch(all.getFirst()::hasTheFactorOf);
    return together ? Optional.of(all.getFirst().with(all.subList(1, all.size()))) : Optional.empty();
  }

  private boolean hasTheFactorOf(Contraction other) {
    boolean alike = other.inner().equals(inner()) && other.rows.equals(rows) && other.columns.equals(columns);
    return alike && element.isHalf() && isTileable() && other.left == left && other.element == element;
  }

  private Contraction with(List<Contraction> more) {
    List<Sum> further = more.stream().map(one -> new Sum(one.fold, one.right)).toList();
    return new Contraction(analysis, fold, left, right, rows, columns, element, further);
  }

  /// Whether the left factor is made of reductions of its rows, as what a norm gives is.
  boolean reducesRows() {
    return analysis.folds().size() > sums().size();
  }

  /// All sums.
  List<Sum> sums() {
    return Stream.concat(Stream.of(new Sum(fold, right)), others.stream()).toList();
  }

  /// Of 16-bit factors few rows are enough: their bits are those of many, which depend on the order along the inner dimension alone.
  private boolean isTileable() {
    long fewest = Math.min(Analysis.count(rows), Analysis.count(columns));
    long most = Math.max(Analysis.count(rows), Analysis.count(columns));
    return products() >= FEWEST_OF_TILE && (fewest >= FEWEST_OF_TILE || element.isHalf() && fewest > 1 && most >= BlockTile.NARROWEST);
  }

  /// With few columns rather than few rows, where blocks may have as few. Where tiles of the other factor's rows are fewer than
  /// multiprocessors, it stays the right one: tiles may have as few of its columns as it takes.
  private Contraction wide(Target.Gpu gpu) {
    boolean turned = element.isHalf() && gpu.rung() == Target.Rung.TENSOR_MEMORY
        && Analysis.count(rows) < BlockTile.NARROWEST && Analysis.count(columns) >= BlockTile.NARROWEST
        && (!isAlongInner() || !BlockTile.leavesIdle(Analysis.count(columns), Analysis.count(grid()), gpu));
    return turned ? new Contraction(analysis, fold, right, left, columns, rows, element) : this;
  }

  private static Optional<Contraction> of(Analysis analysis) {
    List<OpNode> folds = analysis.folds();
    return folds.size() == 1 ? of(analysis, folds.getFirst()) : Optional.empty();
  }

  private static Optional<Contraction> of(Analysis analysis, OpNode fold) {
    if (fold.payload() != OpCode.ADD || !fold.input(0).is(OpCode.MUL) || !fold.dtype().isFloating()) {
      return Optional.empty();
    }
    boolean complete = analysis.stores().stream()
        .allMatch(store -> analysis.outer.stream().allMatch(range -> analysis.dependsOn(store, range)));
    if (!complete) {
      return Optional.empty();
    }
    OpNode a = fold.input(0).input(0);
    OpNode b = fold.input(0).input(1);
    List<OpNode> ofA = only(analysis, a, b);
    List<OpNode> ofB = only(analysis, b, a);
    OpNode store = analysis.stores().getFirst();
    boolean swap = ofA.stream().anyMatch(range -> analysis.stride(store, range) == 1);
    return Optional.of(swap ? new Contraction(analysis, fold, b, a, ofB, ofA, fold.dtype())
        : new Contraction(analysis, fold, a, b, ofA, ofB, fold.dtype()));
  }

  private static List<OpNode> only(Analysis analysis, OpNode one, OpNode other) {
    Predicate<OpNode> fits = range -> analysis.dependsOn(one, range) && !analysis.dependsOn(other, range);
    return analysis.outer.stream().filter(fits).toList();
  }

  /// The same by a processor's instructions for pairs of bfloat16, if both factors are, or may be rounded to it, and there are
  /// enough of them.
  private Contraction inPairs(Target.Cpu cpu) {
    long steps = Analysis.size(inner().getLast());
    long height = Analysis.size(row());
    if (cpu.pairs() == Target.Pairs.NONE || steps < FEWEST_PAIRED_STEPS) {
      return this;
    }
    if (isPaired(left) && isPaired(right) && height >= FEWEST_PAIRED_ROWS) {
      return new Contraction(analysis, fold, left.input(0), right.input(0), rows, columns, DType.BFLOAT16);
    }
    boolean isRounded = cpu.precision() == MatmulPrecision.MEDIUM && fold.dtype() == DType.FLOAT32 && height >= FEWEST_ROUNDED_ROWS;
    return isRounded ? new Contraction(analysis, fold, left, right, rows, columns, DType.BFLOAT16) : this;
  }

  private static boolean isPaired(OpNode factor) {
    return Analysis.isWidened(factor) && factor.input(0).dtype() == DType.BFLOAT16;
  }

  /// The same by matrix units that multiply numbers of 16 or 8 bits, if both factors are.
  private Contraction narrow(Target.Gpu gpu) {
    boolean widened = Analysis.isWidenedNarrow(left) && Analysis.isWidenedNarrow(right);
    return widened && MatrixUnit.multiplies(gpu, left.input(0).dtype(), right.input(0).dtype())
        ? new Contraction(analysis, fold, left.input(0), right.input(0), rows, columns, left.input(0).dtype()) : this;
  }

  /// All other loops: each of their iterations is a product of its own.
  List<OpNode> grid() {
    return analysis.outer.stream().filter(range -> !rows.contains(range) && !columns.contains(range)).toList();
  }

  /// The summed loops.
  List<OpNode> inner() {
    return Analysis.foldRanges(fold);
  }

  /// Whether both factors lie along the inner dimension in memory.
  boolean isAlongInner() {
    return Stage.liesAlongInner(analysis, left, rows, inner())
        && sums().stream().allMatch(sum -> Stage.liesAlongInner(analysis, sum.right, columns, inner()));
  }

  /// Whether both factors are the same numbers, as in `x xᵀ`: what is added up above the diagonal is below it, too.
  boolean isSymmetric() {
    if (!others.isEmpty() || !rows.stream().map(Analysis::size).toList().equals(columns.stream().map(Analysis::size).toList())) {
      return false;
    }
    Map<OpNode, OpNode> turned = IntStream.range(0, rows.size()).boxed().collect(Collectors.toMap(rows::get, columns::get));
    return Graph.substitute(left, turned) == right;
  }

  /// Whether lines of a factor's tiles begin in the middle of the caches' lines, as rows of 3,000 numbers do: two of these are then
  /// read for one.
  boolean splitsLines() {
    return factors().filter(factor -> factor.is(OpCode.LOAD)).anyMatch(factor -> {
      LongStream strides = Stream.of(rows, columns, inner()).flatMap(List::stream).mapToLong(loop -> analysis.stride(factor, loop));
      return strides.anyMatch(stride -> stride > 1 && stride * factor.dtype().bytes() % SharedTile.LINE != 0);
    });
  }

  private Stream<OpNode> factors() {
    return Stream.concat(Stream.of(left), sums().stream().map(Sum::right));
  }

  /// Whether a mask says of some elements of a factor that they are 0.
  boolean isMasked() {
    return factors().anyMatch(factor -> factor.is(OpCode.LOAD) && factor.inputs().size() > 2);
  }

  long products() {
    return Analysis.depth(fold);
  }

  /// The loop that a processor's tiles have rows of: of a single row one that nothing depends on.
  OpNode row() {
    return rows.isEmpty() ? OpNode.create(OpCode.RANGE, DType.INT64, List.of(), new Range(loneRow(), 1)) : largest(rows);
  }

  /// A number that no loop of the kernel has.
  private int loneRow() {
    return 1 + analysis.nodes.stream().filter(node -> node.is(OpCode.RANGE))
        .mapToInt(node -> node.payload(Range.class).id()).max().orElse(-1);
  }

  /// The loop that a processor's tiles have columns of. Along the last one whole vectors are stored. The few positions of a kernel,
  /// last in the gradient of a convolution's weight, fill none: channels do.
  OpNode column() {
    return Analysis.size(columns.getLast()) < FEWEST_OF_VECTOR ? largest(columns) : columns.getLast();
  }

  private static OpNode largest(List<OpNode> ranges) {
    OpNode best = ranges.getLast();
    for (OpNode range : ranges) {
      best = Analysis.size(range) > Analysis.size(best) ? range : best;
    }
    return best;
  }
}
