package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.runtime.Program;
import org.teenygrad.runtime.Target;

/// A reduction over a matrix that is itself made of sums of products, tile by tile on a GPU's matrix units: attention and its
/// derivatives, whose queries-by-keys matrix never leaves the registers (Dao, "FlashAttention-2", 2023).
///
/// The matrix is `f(r, j)`: any function of `x(r) · y(j)` for one or more pairs of x and y, and of whatever else r and j give. What is
/// reduced over j is the matrix itself (the scores' LOGSUMEXP, row by row) or its product with a third factor g(j, c). A block has some
/// rows, whose x stays in registers. It goes through j in steps: y and g come to shared memory asynchronously, products of x and y are
/// a warp's sums, f is computed on them where they are, and the result is the left factor of the next product as it stands.
/// Steps that a mask hides altogether are left out.
final class ChainedTiles implements LoopNest {
  private static final int STEP = 64;
  private static final int MOST_INNER = 128;
  private static final int STAGES = 2;
  private static final double LOG2_E = 1 / Math.log(2);

  private final Emitter emitter;
  private final Analysis analysis;
  private final Ir ir;
  private final OpNode fold;
  private final OpNode matrix;
  private final boolean multiplies;
  private final DType element;
  private final List<Pair> pairs;
  private final List<OpNode> rows;
  private final List<OpNode> steps;
  private final List<OpNode> grid;
  private final BlockTile tile;
  private final WarpMatrix unit;
  private final @Nullable SharedTile third;
  private final @Nullable Epilogue epilogue;
  private final @Nullable Mask mask;
  private final long rowCount;
  private final long stepCount;
  private final int columnTile;

  /// Parts of sixteen rows that each warp has: with two, what is read of y and g is multiplied twice.
  private final int parts;

  /// One of the inner sums of products.
  private record Pair(OpNode fold, SharedTile x, SharedTile y, int slabs, int products) {}

  /// The parts of such a kernel; null where it is none.
  private record Parts(OpNode fold, OpNode matrix, @Nullable OpNode third, List<Inner> inner) {}

  /// A sum of products of x, which changes with the rows, and y, which changes with the steps.
  private record Inner(OpNode fold, OpNode x, OpNode y) {}

  private ChainedTiles(Emitter emitter, Parts parts, DType element, List<OpNode> rows, List<OpNode> columns, int tileRows) {
    this.emitter = emitter;
    this.element = element;
    this.rows = rows;
    analysis = emitter.analysis;
    ir = emitter.ir;
    fold = parts.fold;
    multiplies = parts.third != null;
    matrix = multiplies && isWidened(parts.matrix) ? parts.matrix.input(0) : parts.matrix;
    steps = Analysis.foldRanges(fold);
    grid = analysis.outer.stream().filter(range -> !rows.contains(range) && !columns.contains(range)).toList();
    rowCount = Contraction.count(rows);
    stepCount = Contraction.count(steps);
    columnTile = Contraction.count(columns) <= 64 ? 64 : 128;
    boolean few = parts.inner.size() == 1 && Contraction.depth(parts.inner.getFirst().fold) <= STEP && columnTile == STEP;
    this.parts = few && tileRows == 128 ? 2 : 1;
    tile = new BlockTile(tileRows, columnTile, STEP, STAGES, tileRows * 2 / this.parts, BlockTile.Unit.WARP);
    unit = new WarpMatrix(ir, element, STEP);
    pairs = parts.inner.stream().map(inner -> {
      List<OpNode> products = Analysis.foldRanges(inner.fold);
      int count = Math.toIntExact(Contraction.count(products));
      return new Pair(inner.fold, new SharedTile(emitter, inner.x.input(0), element, rows, products, tileRows, tile),
          new SharedTile(emitter, inner.y.input(0), element, steps, products, STEP, tile),
          Math.ceilDiv(count, STEP), Math.ceilDiv(count, WarpMatrix.K));
    }).toList();
    third = parts.third == null ? null : new SharedTile(emitter, parts.third.input(0), element, columns, steps, columnTile, tile);
    epilogue = third == null ? null : new Epilogue(emitter, fold, rows, columns, tile);
    mask = Mask.find(matrix, fold);
    if (mask != null) {
      analysis.include(mask.opened);
    }
    emitter.instructions.allowCoarse();
  }

  /// The nest of a kernel that reduces a matrix of sums of products, if it is one.
  static Optional<ChainedTiles> of(Emitter emitter, Target.Gpu target) {
    Analysis analysis = emitter.analysis;
    List<OpNode> outermost = analysis.folds().stream().filter(analysis::isOutermost).toList();
    if (outermost.size() != 1 || analysis.folds().size() < 2) {
      return Optional.empty();
    }
    OpNode fold = outermost.getFirst();
    OpNode body = fold.input(0);
    Parts parts = null;
    if (fold.payload() == OpCode.ADD && body.is(OpCode.MUL)) {
      parts = parts(analysis, fold, body.input(0), body.input(1));
      parts = parts == null ? parts(analysis, fold, body.input(1), body.input(0)) : parts;
    }
    if (parts == null) {
      parts = parts(analysis, fold, body, null);
    }
    return parts == null ? Optional.empty() : nest(emitter, target, parts);
  }

  private static @Nullable Parts parts(Analysis analysis, OpNode fold, OpNode matrix, @Nullable OpNode third) {
    long steps = Analysis.foldMask(fold);
    List<Inner> inner = new ArrayList<>();
    if (third != null && (containsFold(third) || !isWidened(third) || !isRounded(analysis, matrix, third.input(0).dtype()))) {
      return null;
    }
    for (OpNode node : Graph.topological(List.of(matrix))) {
      if (node.is(OpCode.FOLD)) {
        OpNode product = node.input(0);
        if (node.payload() != OpCode.ADD || !product.is(OpCode.MUL) || !isWidened(product.input(0)) || !isWidened(product.input(1)) || containsFold(product)) {
          return null;
        }
        boolean second = (analysis.dependencies(product.input(1)) & steps) != 0;
        boolean first = (analysis.dependencies(product.input(0)) & steps) != 0;
        if (first == second || Contraction.depth(node) > MOST_INNER) {
          return null;
        }
        inner.add(new Inner(node, product.input(second ? 0 : 1), product.input(second ? 1 : 0)));
      }
    }
    return inner.isEmpty() ? null : new Parts(fold, matrix, third, inner);
  }

  /// Whether the matrix has, or may have, no more digits than the third factor: what is kept of the result has no more either.
  private static boolean isRounded(Analysis analysis, OpNode matrix, DType narrow) {
    return isWidened(matrix) ? matrix.input(0).dtype() == narrow : analysis.stores().stream().allMatch(store -> store.input(0).dtype() == narrow);
  }

  private static boolean containsFold(OpNode node) {
    return Graph.topological(List.of(node)).stream().anyMatch(n -> n.is(OpCode.FOLD));
  }

  private static boolean isWidened(OpNode node) {
    return node.is(OpCode.CAST) && node.dtype() == DType.FLOAT32 && node.input(0).dtype().isFloating() && node.input(0).dtype().bytes() == 2;
  }

  private static Optional<ChainedTiles> nest(Emitter emitter, Target.Gpu target, Parts parts) {
    Analysis analysis = emitter.analysis;
    long left = parts.inner.stream().mapToLong(inner -> analysis.dependencies(inner.x)).reduce(0, (a, b) -> a | b);
    long right = parts.inner.stream().mapToLong(inner -> analysis.dependencies(inner.y)).reduce(0, (a, b) -> a | b);
    List<OpNode> rows = analysis.outer.stream().filter(range -> (left & Analysis.bit(range)) != 0 && (right & Analysis.bit(range)) == 0).toList();
    OpNode third = parts.third;
    List<OpNode> columns = third == null ? List.of()
        : analysis.outer.stream().filter(range -> analysis.dependsOn(third, range) && !analysis.dependsOn(parts.matrix, range)).toList();
    Set<DType> elements = new HashSet<>();
    parts.inner.forEach(inner -> elements.addAll(List.of(inner.x.input(0).dtype(), inner.y.input(0).dtype())));
    if (third != null) {
      elements.add(third.input(0).dtype());
    }
    boolean complete = analysis.stores().stream().allMatch(store -> analysis.outer.stream().allMatch(range -> analysis.dependsOn(store, range)));
    boolean fits = !rows.isEmpty() && elements.size() == 1 && complete && (third == null || !columns.isEmpty() && Contraction.count(columns) <= MOST_INNER
        && rows.stream().noneMatch(range -> analysis.dependsOn(third, range)));
    if (!fits) {
      return Optional.empty();
    }
    for (int tileRows : Contraction.count(rows) <= 64 ? new int[] {64} : new int[] {128, 64}) {
      ChainedTiles nest = new ChainedTiles(emitter, parts, elements.iterator().next(), rows, columns, tileRows);
      if (nest.launch().scratchBytes() <= target.sharedBytes()) {
        return Optional.of(nest);
      }
    }
    return Optional.empty();
  }

  @Override
  public String kind() {
    return "chain";
  }

  private long fixedBytes() {
    return pairs.stream().mapToLong(pair -> (long) pair.x.bytes() * pair.slabs).sum();
  }

  private long slotBytes() {
    return pairs.stream().mapToLong(pair -> (long) pair.y.bytes() * pair.slabs).sum() + (third == null ? 0 : third.bytes());
  }

  private long tiles() {
    return Math.ceilDiv(rowCount, tile.rows());
  }

  @Override
  public Program.Launch launch() {
    long bytes = Math.max(fixedBytes() + STAGES * slotBytes(), epilogue == null ? 0 : epilogue.bytes());
    return new Program.Launch(Contraction.count(grid) * tiles(), tile.threads(), bytes);
  }

  @Override
  public void emit() {
    SharedTile.declare(ir);
    String block = Team.block(ir);
    // The last rows first: under a causal mask they are the longest.
    String row = ir.value("mul i64 " + ir.value("sub i64 " + (tiles() - 1) + ", " + ir.remainder(block, tiles())) + ", " + tile.rows());
    emitter.unflatten(ir.quotient(block, tiles()), grid, () -> {
      List<String> results = reduce(row);
      if (epilogue == null) {
        storeRows(row, results);
      } else {
        Team.barrier(ir);
        int across = columnTile / WarpMatrix.N;
        for (int i = 0; i < parts * across; i++) {
          String part = ir.plus(ownRow("0"), (long) (i / across) * WarpMatrix.M);
          WarpMatrix.store(ir, results.subList(4 * i, 4 * i + 4), part, Integer.toString(i % across * WarpMatrix.N), epilogue.pitch());
        }
        Team.barrier(ir);
        epilogue.emit(row, "0");
      }
    });
  }

  /// The first of a warp's rows.
  private String ownRow(String row) {
    return emitter.sum(row, ir.value("mul i64 " + WarpMatrix.warp(ir) + ", " + WarpMatrix.M * parts));
  }

  private List<String> reduce(String row) {
    long count = Math.ceilDiv(stepCount, STEP);
    long offset = 0;
    for (Pair pair : pairs) {
      for (int slab = 0; slab < pair.slabs; slab++) {
        fetchNow(pair.x, row, slab, Long.toString(offset));
        offset += pair.x.bytes();
      }
    }
    long ring = fixedBytes();
    fetchStep("0", Long.toString(ring), "true");
    SharedTile.commit(ir);
    SharedTile.await(ir, 0);
    Team.barrier(ir);
    List<List<List<String>>> x = fragments();
    List<Ir.Carried> carried = new ArrayList<>(neutral());
    int states = carried.size();
    carried.add(new Ir.Carried("i64", Long.toString(ring)));
    List<Ir.Carried> results = ir.loop("0", Long.toString(count), 1, carried, (step, values) -> {
      String current = values.get(states).value();
      String next = ir.value("sub i64 " + (2 * ring + slotBytes()) + ", " + current);
      SharedTile.await(ir, 0);
      Team.barrier(ir);
      String later = ir.plus(step, 1);
      List<Runnable> put = fetchStep(later, next, ir.value("icmp slt i64 " + later + ", " + count));
      SharedTile.commit(ir);
      List<Ir.Carried> before = values.subList(0, states);
      List<Ir.Carried> after = mask == null ? step(row, step, current, x, before, matrix) : masked(mask, row, step, current, x, before);
      put.forEach(Runnable::run);
      List<Ir.Carried> all = new ArrayList<>(after);
      all.add(new Ir.Carried("i64", next));
      return all;
    });
    SharedTile.await(ir, 0);
    return results.subList(0, states).stream().map(Ir.Carried::value).toList();
  }

  /// A step under a mask: nothing where all is hidden, no look at the mask where nothing is.
  private List<Ir.Carried> masked(Mask mask, String row, String step, String slot, List<List<List<String>>> x, List<Ir.Carried> before) {
    List<String> corners = corners(mask, row, step);
    String any = corners.stream().reduce((a, b) -> ir.value("or i1 " + a + ", " + b)).orElseThrow();
    String all = corners.stream().reduce((a, b) -> ir.value("and i1 " + a + ", " + b)).orElseThrow();
    String some = ir.value("and i1 " + any + ", " + ir.value("xor i1 " + all + ", true"));
    List<Ir.Carried> after = ir.when(all, before, () -> step(row, step, slot, x, before, mask.opened));
    return ir.when(some, after, () -> step(row, step, slot, x, after, matrix));
  }

  private void fetchNow(SharedTile shared, String row, int slab, String at) {
    shared.put(shared.fetch(row, Integer.toString(slab), at, "true"), at);
  }

  /// Starts to bring y and g of a step.
  /// @return what remains to be done when the step before is computed
  private List<Runnable> fetchStep(String step, String slot, String exists) {
    List<Runnable> put = new ArrayList<>();
    String start = ir.value("mul i64 " + step + ", " + STEP);
    String at = slot;
    for (Pair pair : pairs) {
      for (int slab = 0; slab < pair.slabs; slab++) {
        put.add(fetch(pair.y, start, Integer.toString(slab), at, exists));
        at = ir.plus(at, pair.y.bytes());
      }
    }
    if (third != null) {
      put.add(fetch(third, "0", step, at, exists));
    }
    if (step.equals("0")) {
      put.forEach(Runnable::run);
    }
    return put;
  }

  private static Runnable fetch(SharedTile shared, String row, String step, String at, String exists) {
    List<String> values = shared.fetch(row, step, at, exists);
    return () -> shared.put(values, at);
  }

  /// Each pair's x in registers, sixteen rows and products at a time.
  private List<List<List<String>>> fragments() {
    List<List<List<String>>> all = new ArrayList<>();
    long offset = 0;
    for (Pair pair : pairs) {
      List<List<String>> own = new ArrayList<>();
      for (int i = 0; i < parts * pair.products; i++) {
        int product = i % pair.products;
        int perSlab = STEP / WarpMatrix.K;
        String row = ir.plus(ownRow("0"), (long) (i / pair.products) * WarpMatrix.M);
        own.add(unit.left(Long.toString(offset + (long) product / perSlab * pair.x.bytes()), pair.x.isInner(), row, product % perSlab));
      }
      all.add(own);
      offset += (long) pair.x.bytes() * pair.slabs;
    }
    return all;
  }

  private List<Ir.Carried> neutral() {
    if (multiplies) {
      return Ir.times(parts * columnTile / WarpMatrix.N * 4, i -> new Ir.Carried("float", "0.0"));
    }
    OpCode combine = fold.payload(OpCode.class);
    List<Ir.Carried> states = new ArrayList<>();
    for (int half = 0; half < 2 * parts; half++) {
      states.add(new Ir.Carried("float", Instructions.neutral(combine == OpCode.LOGSUMEXP ? OpCode.MAX : combine, DType.FLOAT32, 1)));
      if (combine == OpCode.LOGSUMEXP) {
        states.add(new Ir.Carried("float", "0.0"));
      }
    }
    return states;
  }

  /// One step: the inner sums, the matrix on them, and what it is reduced to.
  private List<Ir.Carried> step(String row, String step, String slot, List<List<List<String>>> x, List<Ir.Carried> states, OpNode matrix) {
    List<List<List<String>>> sums = new ArrayList<>();
    String at = slot;
    for (int p = 0; p < pairs.size(); p++) {
      sums.add(products(pairs.get(p), at, x.get(p)));
      at = ir.plus(at, (long) pairs.get(p).y.bytes() * pairs.get(p).slabs);
    }
    String lane = WarpMatrix.lane(ir);
    String first = ir.value("add i64 " + ownRow(row) + ", " + ir.value("lshr i64 " + lane + ", 2"));
    String column = ir.value("add i64 " + ir.value("mul i64 " + step + ", " + STEP) + ", " + ir.value("mul i64 " + ir.value("and i64 " + lane + ", 3") + ", 2"));
    // Two neighbours of a row for each of its halves and each eight columns.
    List<List<String>> values = new ArrayList<>();
    for (int part = 0; part < STEP / WarpMatrix.N; part++) {
      List<String> halves = new ArrayList<>();
      for (int half = 0; half < 2 * parts; half++) {
        int h = 2 * (half % 2);
        int p = half / 2 * (STEP / WarpMatrix.N) + part;
        Sum two = pair -> pair(sums.get(pair).get(p).get(h), sums.get(pair).get(p).get(h + 1));
        halves.add(value(matrix, ir.plus(first, half * 8L), ir.plus(column, (long) part * WarpMatrix.N), two, i -> pair -> sums.get(pair).get(p).get(h + i)));
      }
      values.add(halves);
    }
    return multiplies ? multiplied(at, values, states) : combined(column, values, states);
  }

  /// A pair's sums of a step: for each sixteen rows and eight columns, a lane's four.
  private List<List<String>> products(Pair pair, String slot, List<List<String>> x) {
    int across = STEP / WarpMatrix.N;
    List<List<String>> sums = new ArrayList<>(Ir.times(parts * across, i -> List.of("0.0", "0.0", "0.0", "0.0")));
    int perSlab = STEP / WarpMatrix.K;
    for (int product = 0; product < pair.products; product++) {
      String slab = ir.plus(slot, (long) product / perSlab * pair.y.bytes());
      for (int part = 0; part < STEP / WarpMatrix.N; part += 2) {
        List<List<String>> y = unit.right(slab, pair.y.isInner(), Integer.toString(part * WarpMatrix.N), product % perSlab);
        for (int i = 0; i < 2 * parts; i++) {
          int at = i / 2 * across + part + i % 2;
          sums.set(at, unit.multiply(x.get(i / 2 * pair.products + product), y.get(i % 2), sums.get(at)));
        }
      }
    }
    return sums;
  }

  /// Two neighbours of the matrix.
  private String value(OpNode matrix, String row, String column, Sum both, IntFunction<Sum> one) {
    String ownRow = rowCount % tile.rows() == 0 ? row : smallest(row, rowCount - 1);
    boolean exact = stepCount % STEP == 0;
    if (Analysis.size(steps.getLast()) % 2 == 0) {
      String ownColumn = exact ? column : smallest(column, stepCount - 2);
      return evaluated(matrix, ownRow, ownColumn, 2, both);
    }
    List<String> two = Ir.times(2, i -> evaluated(matrix, ownRow, smallest(ir.plus(column, i), stepCount - 1), 1, one.apply(i)));
    return pair(two.get(0), two.get(1));
  }

  private interface Sum {
    String of(int pair);
  }

  private String evaluated(OpNode matrix, String row, String column, int lanes, Sum sum) {
    String[] result = new String[1];
    emitter.unflatten(row, rows, () -> SharedTile.unflatten(emitter, column, steps, lanes, () -> {
      for (int p = 0; p < pairs.size(); p++) {
        emitter.define(pairs.get(p).fold, emitter.loops.zeroSteps(), sum.of(p));
      }
      result[0] = emitter.operand(matrix, emitter.loops.zeroSteps(), lanes);
    }));
    return result[0];
  }

  private String pair(String a, String b) {
    return ir.value("insertelement <2 x float> " + ir.value("insertelement <2 x float> poison, float " + a + ", i64 0") + ", float " + b + ", i64 1");
  }

  private String smallest(String value, long limit) {
    ir.declare("declare i64 @llvm.smin.i64(i64, i64)");
    return ir.value("call i64 @llvm.smin.i64(i64 " + value + ", i64 " + limit + ")");
  }

  private List<Ir.Carried> multiplied(String slot, List<List<String>> values, List<Ir.Carried> states) {
    List<String> now = new ArrayList<>(states.stream().map(Ir.Carried::value).toList());
    for (int product = 0; product < STEP / WarpMatrix.K; product++) {
      List<List<String>> left = new ArrayList<>();
      for (int rows = 0; rows < parts; rows++) {
        int half = 2 * rows;
        int first = 2 * product;
        left.add(Ir.times(4, i -> word(values.get(first + i / 2).get(half + i % 2))));
      }
      for (int part = 0; part < columnTile / WarpMatrix.N; part += 2) {
        List<List<String>> right = unit.right(slot, Objects.requireNonNull(third).isInner(), Integer.toString(part * WarpMatrix.N), product);
        for (int i = 0; i < 2 * parts; i++) {
          int at = 4 * (i / 2 * (columnTile / WarpMatrix.N) + part + i % 2);
          List<String> own = now.subList(at, at + 4);
          List<String> results = unit.multiply(left.get(i / 2), right.get(i % 2), own);
          for (int e = 0; e < 4; e++) {
            own.set(e, results.get(e));
          }
        }
      }
    }
    return now.stream().map(value -> new Ir.Carried("float", value)).toList();
  }

  /// Two neighbours as the word of a fragment.
  private String word(String value) {
    String memory = emitter.instructions.toMemory(value, element, 2);
    return ir.value("bitcast " + Ir.memoryType(element, 2) + " " + memory + " to i32");
  }

  private List<Ir.Carried> combined(String column, List<List<String>> values, List<Ir.Carried> states) {
    OpCode combine = fold.payload(OpCode.class);
    List<Ir.Carried> next = new ArrayList<>();
    for (int half = 0; half < 2 * parts; half++) {
      List<String> elements = new ArrayList<>();
      for (int part = 0; part < values.size(); part++) {
        for (int i = 0; i < 2; i++) {
          String one = ir.value("extractelement <2 x float> " + values.get(part).get(half) + ", i64 " + i);
          elements.add(stepCount % STEP == 0 ? one : inside(ir.plus(column, (long) part * WarpMatrix.N + i), one, combine));
        }
      }
      if (combine == OpCode.LOGSUMEXP) {
        String before = states.get(2 * half).value();
        String largest = before;
        for (String one : elements) {
          largest = binary(OpCode.MAX, largest, one);
        }
        String shift = finite(largest);
        String sum = binary(OpCode.MUL, states.get(2 * half + 1).value(), exponential(before, shift));
        for (String one : elements) {
          sum = binary(OpCode.ADD, sum, exponential(one, shift));
        }
        next.add(new Ir.Carried("float", largest));
        next.add(new Ir.Carried("float", sum));
      } else {
        String sum = states.get(half).value();
        for (String one : elements) {
          sum = binary(combine, sum, one);
        }
        next.add(new Ir.Carried("float", sum));
      }
    }
    return next;
  }

  private String inside(String column, String value, OpCode combine) {
    String neutral = Instructions.neutral(combine == OpCode.LOGSUMEXP ? OpCode.MAX : combine, DType.FLOAT32, 1);
    return ir.value("select i1 " + ir.value("icmp slt i64 " + column + ", " + stepCount) + ", float " + value + ", float " + neutral);
  }

  private String binary(OpCode op, String a, String b) {
    return emitter.instructions.binary(op, DType.FLOAT32, 1, a, b);
  }

  /// e to the distance of a value from another.
  private String exponential(String value, String from) {
    String distance = binary(OpCode.MUL, binary(OpCode.SUB, value, from), Ir.constant(DType.FLOAT32, LOG2_E, 1));
    return ir.value("call float asm \"ex2.approx.f32 $0, $1;\", \"=f,f\"(float " + distance + ")");
  }

  /// A largest element to measure distances from: 0 where there is none.
  private String finite(String largest) {
    String none = ir.value("fcmp oeq float " + largest + ", " + Ir.constant(DType.FLOAT32, Double.NEGATIVE_INFINITY, 1));
    return ir.value("select i1 " + none + ", float 0.0, float " + largest);
  }

  /// Four lanes have a row's parts: all get the whole, one stores what follows.
  private void storeRows(String row, List<String> states) {
    OpCode combine = fold.payload(OpCode.class);
    Team team = new Team(ir, 4, tile.threads(), true);
    String lane = WarpMatrix.lane(ir);
    String first = ir.value("add i64 " + ownRow(row) + ", " + ir.value("lshr i64 " + lane + ", 2"));
    String leader = ir.value("icmp eq i64 " + team.rank() + ", 0");
    for (int half = 0; half < 2 * parts; half++) {
      String result;
      if (combine == OpCode.LOGSUMEXP) {
        String largest = team.combine(OpCode.MAX, DType.FLOAT32, 1, states.get(2 * half));
        String shift = finite(largest);
        String own = binary(OpCode.MUL, states.get(2 * half + 1), exponential(states.get(2 * half), shift));
        String sum = team.combine(OpCode.ADD, DType.FLOAT32, 1, own);
        ir.declare("declare float @llvm.nvvm.lg2.approx.f(float)");
        String log = ir.value("call float @llvm.nvvm.lg2.approx.f(float " + sum + ")");
        result = binary(OpCode.ADD, binary(OpCode.MUL, log, Ir.constant(DType.FLOAT32, Math.log(2), 1)), shift);
      } else {
        result = team.combine(combine, DType.FLOAT32, 1, states.get(half));
      }
      String own = ir.plus(first, half * 8L);
      String guard = ir.value("and i1 " + leader + ", " + ir.value("icmp slt i64 " + own + ", " + rowCount));
      String clamped = rowCount % tile.rows() == 0 ? own : smallest(own, rowCount - 1);
      emitter.unflatten(clamped, rows, () -> emitter.shared(null, guard, () -> {
        emitter.define(fold, emitter.loops.zeroSteps(), result);
        emitter.emitReady(analysis.nodes.stream().filter(this::followsFold).toList());
      }));
    }
  }

  /// Whether a node is no part of the matrix, whose inner sums are known only step by step.
  private boolean followsFold(OpNode node) {
    return !node.is(OpCode.FOLD);
  }

  /// Whether a mask lets the corners of a step through: being affine, it is the same everywhere if it is so there.
  private List<String> corners(Mask mask, String row, String step) {
    String lastRow = smallest(ir.plus(row, tile.rows() - 1L), rowCount - 1);
    String start = ir.value("mul i64 " + step + ", " + STEP);
    String lastColumn = smallest(ir.plus(start, STEP - 1L), stepCount - 1);
    List<String> corners = new ArrayList<>();
    for (String r : List.of(row, lastRow)) {
      for (String c : List.of(start, lastColumn)) {
        String[] corner = new String[1];
        emitter.unflatten(r, rows, () -> emitter.unflatten(c, steps, () -> corner[0] = emitter.value(mask.condition, emitter.loops.zeroSteps())));
        corners.add(mask.hides ? ir.value("xor i1 " + corner[0] + ", true") : corner[0]);
      }
    }
    return corners;
  }

  /// A condition on loop counters under which elements of the matrix add nothing.
  ///
  /// @param hides whether it is so where the condition is true; otherwise where it is false
  /// @param opened the matrix where nothing is hidden
  private record Mask(OpNode condition, boolean hides, OpNode opened) {
    static @Nullable Mask find(OpNode matrix, OpNode fold) {
      boolean extreme = fold.payload() == OpCode.LOGSUMEXP || fold.payload() == OpCode.MAX;
      OpNode masked = extreme ? chosen(matrix, Double.NEGATIVE_INFINITY) : fold.payload() == OpCode.ADD ? zeroed(matrix) : null;
      if (masked == null) {
        return null;
      }
      OpNode condition = masked.input(0);
      boolean hides = masked.input(1).is(OpCode.CONST);
      int shown = hides ? 2 : 1;
      var opened = Graph.map(List.of(matrix), node -> node.is(OpCode.WHERE) && node.input(0) == condition ? node.input(shown) : node);
      return new Mask(condition, hides, Objects.requireNonNull(opened.get(matrix)));
    }

    /// A choice under a condition on loop counters, one side of which is a constant.
    private static @Nullable OpNode chosen(OpNode node, double constant) {
      boolean fits = node.is(OpCode.WHERE) && isAffine(node.input(0)) && (isConstant(node.input(1), constant) || isConstant(node.input(2), constant));
      return fits ? node : null;
    }

    private static boolean isConstant(OpNode node, double value) {
      return node.is(OpCode.CONST) && node.payload() instanceof Double number && number == value;
    }

    /// The choice that makes a product 0: of 0 for one of its factors, or of e to the power of -infinity.
    private static @Nullable OpNode zeroed(OpNode node) {
      return switch (node.op()) {
        case CAST, NEG -> zeroed(node.input(0));
        case MUL -> {
          OpNode first = zeroed(node.input(0));
          yield first != null ? first : zeroed(node.input(1));
        }
        case WHERE -> chosen(node, 0);
        case EXP -> chosen(node.input(0).is(OpCode.SUB) ? node.input(0).input(0) : node.input(0), Double.NEGATIVE_INFINITY);
        default -> null;
      };
    }

    private static boolean isAffine(OpNode condition) {
      OpNode compared = condition.is(OpCode.NOT) ? condition.input(0) : condition;
      return compared.is(OpCode.LT) && Graph.topological(compared.inputs()).stream().allMatch(node -> switch (node.op()) {
        case RANGE, CONST, ADD, SUB, MUL, CAST, NEG -> !node.dtype().isFloating();
        default -> false;
      });
    }
  }
}
