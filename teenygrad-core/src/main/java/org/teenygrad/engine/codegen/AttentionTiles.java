package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// A [FusedAttention] tile by tile on a GPU's matrix units: attention and its derivatives, whose queries-by-keys matrix never leaves the registers
/// (Dao, "FlashAttention-2", 2023).
///
/// A block has some rows, whose x stays in registers. It goes through j in steps: y and g come to shared memory asynchronously, products
/// of x and y are a warp's sums, the matrix is computed on them where they are, and is the left factor of the next product as it stands.
/// Steps that a mask hides altogether are left out. Where a row's LOGSUMEXP is reduced along with sums that are proportional to the
/// exponentials, these are taken from the largest element so far ([RowStates]), and everything is scaled down when a larger one comes.
final class AttentionTiles implements LoopNest {
  private static final int STEP = AttentionTiling.STEP;

  /// Sums and products that a thread holds at a time, at most: of its 255 registers, some are for factors and addresses.
  private static final int MOST_SUMS = 160;

  private static final int PARTS_ACROSS = STEP / WarpMatrix.N;

  private final Emitter emitter;
  private final Analysis analysis;
  private final Ir ir;
  private final FusedAttention attention;
  private final BlockTile tile;
  private final WarpMatrix unit;
  private final @Nullable WarpgroupMatrix group;
  private final List<Pair> pairs;
  private final List<Third> thirds;
  private final OpNode steps;
  private final int slotBytes;
  private final @Nullable Epilogue epilogue;
  private final @Nullable AttentionMask mask;
  private final @Nullable RowStates rowStates;
  private final long rowCount;
  private final long stepCount;
  private final int columnTile;

  /// Parts of sixteen rows that each warp has: with two, what is read of y and g is multiplied twice.
  private final int parts;

  /// One of the inner sums of products.
  /// @param place where x's first slab lies in shared memory
  /// @param offset where y's first slab lies in a slot of the ring
  private record Pair(OpNode fold, SharedTile x, OpNode stage, SharedTile y, int slabs, int products, long place, int offset) {}

  /// A third factor.
  /// @param offset where it lies in a slot of the ring, perhaps as some pair's y
  private record Third(FusedAttention.Sum sum, OpNode stage, SharedTile shared, int offset) {}

  /// @param emitter of a SINK of FETCHes, STEPS and STOREs
  /// @param tiling of what they compute
  private AttentionTiles(Emitter emitter, AttentionTiling tiling) {
    this.emitter = emitter;
    attention = tiling.attention();
    analysis = emitter.analysis;
    ir = emitter.ir;
    rowCount = Contraction.count(attention.rows());
    stepCount = Contraction.count(attention.steps());
    tile = tiling.tile();
    parts = tiling.parts();
    columnTile = tile.columns();
    unit = new WarpMatrix(ir, attention.element(), STEP);
    group = tile.rung() == Target.Rung.WARPGROUP ? new WarpgroupMatrix(ir, attention.element()) : null;
    steps = tiling.steps();
    int offset = 0;
    long place = 0;
    pairs = new ArrayList<>();
    for (FusedAttention.Inner inner : attention.inner()) {
      List<OpNode> products = Analysis.foldRanges(inner.fold());
      int count = Math.toIntExact(Contraction.count(products));
      OpNode product = inner.fold().input(0);
      OpNode stage = AttentionTiling.rightStage(product);
      Pair pair = new Pair(inner.fold(), new SharedTile(emitter, product.input(0).input(0), attention.rows(), products, tile.threads()),
          stage, new SharedTile(emitter, stage, attention.steps(), products, tile.threads()),
          Math.ceilDiv(count, STEP), Math.ceilDiv(count, WarpMatrix.K), place, offset);
      pairs.add(pair);
      place += (long) pair.x.bytes() * pair.slabs;
      offset += pair.y.bytes() * pair.slabs;
    }
    thirds = new ArrayList<>();
    for (FusedAttention.Sum sum : attention.sums()) {
      OpNode stage = AttentionTiling.rightStage(sum.fold().input(0));
      SharedTile shared = new SharedTile(emitter, stage, attention.columns(), attention.steps(), tile.threads());
      OpNode lender = AttentionTiling.lender(stage);
      int at = lender == null ? offset : pairs.stream().filter(pair -> pair.stage == lender).findFirst().orElseThrow().offset;
      thirds.add(new Third(sum, stage, shared, at));
      offset += lender == null ? shared.bytes() : 0;
    }
    slotBytes = offset;
    rowStates = attention.rowFold() == null ? null : new RowStates(emitter, attention, 2 * parts);
    List<OpNode> folds = attention.sums().stream().map(FusedAttention.Sum::fold).toList();
    epilogue = folds.isEmpty() ? null : new Epilogue(emitter, folds, attention.rowFold(), attention.rows(), attention.columns(), tile);
    mask = AttentionMask.find(attention, tile.rows());
    if (mask != null) {
      mask.opened().values().forEach(analysis::include);
    }
    emitter.instructions.allowCoarse();
  }

  /// The nest of a kernel that reduces matrices of sums of products, if it is one.
  static Optional<AttentionTiles> of(Emitter plain, Target.Gpu target) {
    FusedAttention attention = FusedAttention.find(plain.analysis).orElse(null);
    if (attention == null) {
      return Optional.empty();
    }
    Target.Rung unit = target.rung().includes(Target.Rung.WARPGROUP) ? Target.Rung.WARPGROUP : Target.Rung.WARP;
    for (int tileRows : tileRows(attention, unit)) {
      AttentionTiling tiling = AttentionTiling.of(plain, attention, tileRows, unit);
      AttentionTiles nest = new AttentionTiles(Generator.forGpu(tiling.sink()), tiling);
      if (nest.launch().scratchBytes() <= target.sharedBytes() && (attention.sums().size() < 2 || nest.sumsHeld() <= MOST_SUMS)) {
        return Optional.of(nest);
      }
    }
    return Optional.empty();
  }

  /// How many rows a block may have, the best first. Four warps that multiply together have 64; of blocks no larger several share a multiprocessor, and
  /// some multiply while others wait.
  private static int[] tileRows(FusedAttention attention, Target.Rung unit) {
    boolean small = unit == Target.Rung.WARPGROUP || Contraction.count(attention.rows()) <= WarpgroupMatrix.M;
    return small ? new int[] {WarpgroupMatrix.M} : new int[] {2 * WarpgroupMatrix.M, WarpgroupMatrix.M};
  }

  private int sumsHeld() {
    return parts * (attention.sums().size() * columnTile / 2 + attention.inner().size() * STEP / 2);
  }

  @Override
  public Emitter emitter() {
    return emitter;
  }

  @Override
  public String kind() {
    return "attention";
  }

  private long fixedBytes() {
    return pairs.stream().mapToLong(pair -> (long) pair.x.bytes() * pair.slabs).sum();
  }

  private long tiles() {
    return Math.ceilDiv(rowCount, tile.rows());
  }

  @Override
  public Program.Launch launch() {
    long bytes = Math.max(fixedBytes() + tile.stages() * (long) slotBytes, epilogue == null ? 0 : epilogue.bytes());
    return new Program.Launch(Contraction.count(attention.grid()) * tiles(), tile.threads(), bytes);
  }

  @Override
  public void emit() {
    SharedTile.declare(ir);
    String block = Threads.block(ir);
    // The last rows first: under a causal mask they are the longest.
    String row = ir.value("mul i64 " + ir.value("sub i64 " + (tiles() - 1) + ", " + ir.remainder(block, tiles())) + ", " + tile.rows());
    emitter.unflatten(ir.quotient(block, tiles()), attention.grid(), () -> {
      List<String> results = reduce(row);
      if (epilogue == null) {
        Objects.requireNonNull(rowStates).finish(results).forEach(half -> storeRow(row, half, false));
      } else {
        Threads.barrier(ir);
        finish(row, epilogue, results);
      }
    });
  }

  /// Brings the sums to shared memory, and computes and stores what follows them.
  private void finish(String row, Epilogue after, List<String> results) {
    List<RowStates.Half> halves = rowStates == null ? List.of() : rowStates.finish(results);
    int first = rowStates == null ? 0 : rowStates.count();
    int across = columnTile / WarpMatrix.N;
    for (int s = 0; s < thirds.size(); s++) {
      for (int i = 0; i < parts * across; i++) {
        List<String> four = new ArrayList<>(results.subList(first, first + 4));
        if (!halves.isEmpty()) {
          for (int e = 0; e < 4; e++) {
            four.set(e, binary(OpCode.MUL, four.get(e), halves.get(i / across * 2 + e / 2).scale()));
          }
        }
        String part = ir.plus(ownRow("0"), (long) (i / across) * WarpMatrix.M);
        WarpMatrix.store(ir, four, part, Integer.toString(i % across * WarpMatrix.N), after.pitch(), after.offset(s));
        first += 4;
      }
    }
    for (RowStates.Half half : halves) {
      String own = ir.plus(laneRow("0"), half.number() * 8L);
      emitter.branch(half.leader(), () -> after.putRow(own, half.value()));
      storeRow(row, half, true);
    }
    Threads.barrier(ir);
    after.emit(row, "0", analysis.nodes.stream().filter(node -> !node.is(OpCode.STORE) || !attention.isRowStore(analysis, node)).toList());
  }

  /// The first of a warp's rows.
  private String ownRow(String row) {
    return emitter.sum(row, ir.value("mul i64 " + WarpMatrix.warp(ir) + ", " + WarpMatrix.M * parts));
  }

  /// The first of a lane's rows; its others are eight apart.
  private String laneRow(String row) {
    return emitter.sum(ownRow(row), ir.value("lshr i64 " + WarpMatrix.lane(ir) + ", 2"));
  }

  private List<String> reduce(String row) {
    for (Pair pair : pairs) {
      for (int slab = 0; slab < pair.slabs; slab++) {
        pair.x.fetched(row, Integer.toString(slab), Long.toString(pair.place + (long) slab * pair.x.bytes()), "true").forEach(Runnable::run);
      }
    }
    long count = Math.ceilDiv(stepCount, STEP);
    MaskedSteps.Interval visible = mask == null ? new MaskedSteps.Interval("0", Long.toString(count)) : masked(mask).visible(row, count);
    Reducing work = new Reducing(row);
    Pipeline pipeline = new Pipeline(ir, steps, movers(), fixedBytes(), slotBytes, work);
    pipeline.fill(visible.from(), visible.below());
    SharedTile.await(ir, 0);
    Threads.barrier(ir);
    work.x = fragments();
    return pipeline.run(visible.from(), visible.below(), neutral()).stream().map(Ir.Carried::value).toList();
  }

  private Map<OpNode, Pipeline.Mover> movers() {
    Map<OpNode, Pipeline.Mover> movers = new HashMap<>();
    for (Pair pair : pairs) {
      movers.put(pair.stage, (step, slot, exists) -> {
        List<Runnable> landing = new ArrayList<>();
        String start = ir.value("mul i64 " + step + ", " + STEP);
        for (int slab = 0; slab < pair.slabs; slab++) {
          landing.addAll(pair.y.fetched(start, Integer.toString(slab), ir.plus(slot, pair.offset + (long) slab * pair.y.bytes()), exists));
        }
        return landing;
      });
    }
    for (Third third : thirds) {
      movers.put(third.stage, (step, slot, exists) -> third.shared.fetched("0", step, ir.plus(slot, third.offset), exists));
    }
    return movers;
  }

  private final class Reducing implements Pipeline.Work {
    private final String row;
    private List<List<List<String>>> x = List.of();

    Reducing(String row) {
      this.row = row;
    }

    @Override
    public List<Ir.Carried> fold(List<OpNode> folds, String step, String slot, List<Ir.Carried> states) {
      return mask == null || !mask.exact() ? step(row, step, slot, x, states, null) : masked(mask, row, step, slot, x, states);
    }

    @Override
    public List<Ir.Carried> settle(List<Ir.Carried> states) {
      return states;
    }

    @Override
    public void fence() {
      if (group != null) {
        group.fence();
      }
    }
  }

  private MaskedSteps masked(AttentionMask by) {
    return new MaskedSteps(emitter, attention, by, tile.rows(), STEP);
  }

  /// A step under a mask, which is not looked at where it hides nothing.
  private List<Ir.Carried> masked(AttentionMask by, String row, String step, String slot, List<List<List<String>>> x, List<Ir.Carried> before) {
    String all = masked(by).showsAll(row, step);
    List<Ir.Carried> after = ir.when(all, before, () -> step(row, step, slot, x, before, by));
    return ir.when(ir.value("xor i1 " + all + ", true"), after, () -> step(row, step, slot, x, after, null));
  }

  /// Sixteen rows and products of a pair's x.
  private List<String> fragment(Pair pair, int part, int product) {
    int perSlab = STEP / WarpMatrix.K;
    String row = ir.plus(ownRow("0"), (long) part * WarpMatrix.M);
    return unit.left(Long.toString(pair.place + (long) product / perSlab * pair.x.bytes()), pair.x.isInner(), row, product % perSlab);
  }

  /// Each pair's x in registers, where there is room for it beside the sums.
  private List<List<List<String>>> fragments() {
    return Ir.times(pairs.size(), p -> keepsX() ? Ir.times(parts * pairs.get(p).products, i -> fragment(pairs.get(p), i / pairs.get(p).products, i % pairs.get(p).products)) : List.of());
  }

  private boolean keepsX() {
    return parts == 1;
  }

  /// Before the first step: the rows' states, then the sums of each product with a third factor.
  private List<Ir.Carried> neutral() {
    List<Ir.Carried> states = new ArrayList<>(rowStates == null ? List.of() : rowStates.neutral());
    states.addAll(Ir.times(thirds.size() * parts * columnTile / WarpMatrix.N * 4, i -> new Ir.Carried("float", "0.0")));
    return states;
  }

  /// One step: the inner sums, the matrices on them, and what they are reduced to.
  /// @param opened the mask that hides nothing in this step, if one is known to
  private List<Ir.Carried> step(String row, String step, String slot, List<List<List<String>>> x, List<Ir.Carried> states, @Nullable AttentionMask opened) {
    List<List<List<String>>> sums = group == null ? Ir.times(pairs.size(), p -> products(pairs.get(p), slot, x.get(p))) : products(group, slot, x);
    String first = laneRow(row);
    String column = ir.value("add i64 " + ir.value("mul i64 " + step + ", " + STEP) + ", "
        + ir.value("mul i64 " + ir.value("and i64 " + WarpMatrix.lane(ir) + ", 3") + ", 2"));
    // Two neighbours of a row for each eight columns and each of a warp's halves of sixteen rows.
    Tile known = new Tile();
    for (int part = 0; part < PARTS_ACROSS; part++) {
      for (int half = 0; half < 2 * parts; half++) {
        int h = 2 * (half % 2);
        int at = half / 2 * PARTS_ACROSS + part;
        Map<OpNode, List<String>> two = new LinkedHashMap<>();
        for (int p = 0; p < pairs.size(); p++) {
          two.put(pairs.get(p).fold, sums.get(p).get(at).subList(h, h + 2));
        }
        known.put(part, half, new Place(ir.plus(first, half * 8L), ir.plus(column, (long) part * WarpMatrix.N), two));
      }
    }
    List<Ir.Carried> next = new ArrayList<>();
    int from = 0;
    if (rowStates != null) {
      from = rowStates.count();
      next.addAll(reduceRows(rowStates, known, states.subList(0, from), opened));
    }
    List<List<String>> results = new ArrayList<>();
    for (Third third : thirds) {
      int size = parts * columnTile / WarpMatrix.N * 4;
      List<String> own = new ArrayList<>(states.subList(from, from + size).stream().map(Ir.Carried::value).toList());
      if (rowStates != null) {
        rowStates.rescale(own);
      }
      String at = ir.plus(slot, third.offset);
      results.add(group == null ? multiply(third, at, known, own, opened) : multiply(group, third, at, known, own, opened));
      from += size;
    }
    List<String> all = results.stream().flatMap(List::stream).toList();
    (group == null || all.isEmpty() ? all : group.settle(all)).forEach(value -> next.add(new Ir.Carried("float", value)));
    return next;
  }

  /// Where a lane's two neighbours of the matrix are, and what is known of them by node.
  private record Place(String row, String column, Map<OpNode, List<String>> values) {}

  /// A lane's places of a step, by parts of eight columns and halves of sixteen rows.
  private static final class Tile {
    private final Map<Integer, Place> places = new HashMap<>();

    void put(int part, int half, Place place) {
      places.put(part * 16 + half, place);
    }

    Place at(int part, int half) {
      return Objects.requireNonNull(places.get(part * 16 + half));
    }
  }

  /// Reduces the rows themselves; exponentials that sums are made of become known.
  private List<Ir.Carried> reduceRows(RowStates rows, Tile known, List<Ir.Carried> states, @Nullable AttentionMask opened) {
    OpNode body = opened == null ? rows.body() : opened.open(rows.body());
    RowStates.Scaled scaled = RowStates.scaled(body);
    analysis.include(scaled.value());
    List<Ir.Carried> next = new ArrayList<>();
    for (int half = 0; half < 2 * parts; half++) {
      List<String> elements = new ArrayList<>();
      for (int part = 0; part < PARTS_ACROSS; part++) {
        Place place = known.at(part, half);
        String two = value(scaled.value(), place);
        for (int i = 0; i < 2; i++) {
          String one = ir.value("extractelement <2 x float> " + two + ", i64 " + i);
          elements.add(stepCount % STEP == 0 ? one : inside(ir.plus(place.column, i), one, rows));
        }
      }
      next.addAll(rows.add(half, states, elements, scaled.factor(), tile.threads()));
      if (attention.weight() != null) {
        OpNode weight = opened == null ? attention.weight() : opened.open(attention.weight());
        for (int part = 0; part < PARTS_ACROSS; part++) {
          known.at(part, half).values.put(weight, rows.exponentials(half).subList(2 * part, 2 * part + 2));
        }
      }
    }
    return next;
  }

  private String inside(String column, String value, RowStates rows) {
    return ir.value("select i1 " + ir.value("icmp slt i64 " + column + ", " + stepCount) + ", float " + value + ", float " + rows.neutralElement());
  }

  /// A pair's sums of a step: for each sixteen rows and eight columns, a lane's four.
  private List<List<String>> products(Pair pair, String slot, List<List<String>> x) {
    String y = ir.plus(slot, pair.offset);
    List<List<String>> sums = new ArrayList<>(Ir.times(parts * PARTS_ACROSS, i -> List.of("0.0", "0.0", "0.0", "0.0")));
    int perSlab = STEP / WarpMatrix.K;
    for (int product = 0; product < pair.products; product++) {
      String slab = ir.plus(y, (long) product / perSlab * pair.y.bytes());
      int number = product;
      List<List<String>> left = Ir.times(parts, i -> keepsX() ? x.get(i * pair.products + number) : fragment(pair, i, number));
      for (int part = 0; part < PARTS_ACROSS; part += 2) {
        List<List<String>> right = unit.right(slab, pair.y.isInner(), Integer.toString(part * WarpMatrix.N), product % perSlab);
        for (int i = 0; i < 2 * parts; i++) {
          int at = i / 2 * PARTS_ACROSS + part + i % 2;
          sums.set(at, unit.multiply(left.get(i / 2), right.get(i % 2), sums.get(at)));
        }
      }
    }
    return sums;
  }

  /// All pairs' sums of a step, made by four warps together.
  private List<List<List<String>>> products(WarpgroupMatrix by, String slot, List<List<List<String>>> x) {
    List<String> pending = new ArrayList<>();
    for (int p = 0; p < pairs.size(); p++) {
      Pair pair = pairs.get(p);
      List<List<String>> left = x.get(p);
      List<WarpgroupMatrix.Step> products = Ir.times(pair.products, i -> {
        int perSlab = STEP / WarpgroupMatrix.K;
        String slab = by.descriptor(ir.plus(slot, pair.offset + (long) i / perSlab * pair.y.bytes()), pair.y.isInner(), 0);
        return new WarpgroupMatrix.Step(left.get(i), by.further(slab, pair.y.isInner(), i % perSlab));
      });
      pending.addAll(by.multiply(null, STEP, products, false, !pair.y.isInner()));
    }
    List<String> sums = by.settle(pending);
    return Ir.times(pairs.size(), p -> Ir.times(PARTS_ACROSS, part -> sums.subList((p * PARTS_ACROSS + part) * 4, (p * PARTS_ACROSS + part + 1) * 4)));
  }

  /// A warp's rows of a matrix as the left factors of a step's products.
  private List<List<String>> words(OpNode matrix, Tile known, int product) {
    return Ir.times(parts, rows -> Ir.times(4, i -> word(value(matrix, known.at(2 * product + i / 2, 2 * rows + i % 2)))));
  }

  private List<String> multiply(WarpgroupMatrix by, Third third, String slot, Tile known, List<String> sums, @Nullable AttentionMask opened) {
    OpNode matrix = opened == null ? third.sum.matrix() : opened.open(third.sum.matrix());
    boolean alongInner = third.shared.isInner();
    String right = by.descriptor(slot, alongInner, STEP * SharedTile.LINE);
    List<WarpgroupMatrix.Step> products = Ir.times(STEP / WarpgroupMatrix.K, i -> new WarpgroupMatrix.Step(words(matrix, known, i).getFirst(), by.further(right, alongInner, i)));
    return by.multiply(sums, columnTile, products, false, !alongInner);
  }

  /// Adds the products of a matrix and its third factor to the sums.
  private List<String> multiply(Third third, String slot, Tile known, List<String> sums, @Nullable AttentionMask opened) {
    OpNode matrix = opened == null ? third.sum.matrix() : opened.open(third.sum.matrix());
    for (int product = 0; product < STEP / WarpMatrix.K; product++) {
      List<List<String>> left = words(matrix, known, product);
      for (int part = 0; part < columnTile / WarpMatrix.N; part += 2) {
        List<List<String>> right = unit.right(slot, third.shared.isInner(), Integer.toString(part * WarpMatrix.N), product);
        for (int i = 0; i < 2 * parts; i++) {
          int at = 4 * (i / 2 * (columnTile / WarpMatrix.N) + part + i % 2);
          List<String> own = sums.subList(at, at + 4);
          List<String> results = unit.multiply(left.get(i / 2), right.get(i % 2), own);
          for (int e = 0; e < 4; e++) {
            own.set(e, results.get(e));
          }
        }
      }
    }
    return sums;
  }

  /// Two neighbours of a matrix.
  private String value(OpNode matrix, Place place) {
    String row = rowCount % tile.rows() == 0 ? place.row : ir.smallest(place.row, Long.toString(rowCount - 1));
    boolean exact = stepCount % STEP == 0;
    if (Analysis.size(attention.steps().getLast()) % 2 == 0) {
      Map<OpNode, String> both = new LinkedHashMap<>();
      place.values.forEach((node, two) -> both.put(node, pair(two.get(0), two.get(1))));
      return evaluated(matrix, row, exact ? place.column : ir.smallest(place.column, Long.toString(stepCount - 2)), 2, both);
    }
    List<String> two = Ir.times(2, i -> {
      Map<OpNode, String> one = new LinkedHashMap<>();
      place.values.forEach((node, values) -> one.put(node, values.get(i)));
      return evaluated(matrix, row, ir.smallest(ir.plus(place.column, i), Long.toString(stepCount - 1)), 1, one);
    });
    return pair(two.get(0), two.get(1));
  }

  private String evaluated(OpNode matrix, String row, String column, int lanes, Map<OpNode, String> known) {
    String[] result = new String[1];
    emitter.unflatten(row, attention.rows(), () -> emitter.unflatten(column, attention.steps(), Axis.ofLanes(attention.steps(), lanes), () -> {
      known.forEach((node, value) -> emitter.define(node, emitter.loops.zeroSteps(), value));
      result[0] = emitter.operand(matrix, emitter.loops.zeroSteps(), lanes);
    }));
    return result[0];
  }

  private String pair(String a, String b) {
    return ir.value("insertelement <2 x float> " + ir.value("insertelement <2 x float> poison, float " + a + ", i64 0") + ", float " + b + ", i64 1");
  }

  /// Two neighbours, rounded, as the word of a fragment.
  private String word(String value) {
    List<String> two = Ir.times(2, i -> ir.value("extractelement <2 x float> " + value + ", i64 " + i));
    String type = attention.element() == DType.FLOAT16 ? "f16" : "bf16";
    return ir.value("call i32 asm \"cvt.rn." + type + "x2.f32 $0, $2, $1;\", \"=r,f,f\"(float " + two.get(0) + ", float " + two.get(1) + ")");
  }

  private String binary(OpCode op, String a, String b) {
    return emitter.instructions.binary(op, DType.FLOAT32, 1, a, b);
  }

  /// Stores what follows a row's reduction, by one of the four lanes that have the row.
  private void storeRow(String row, RowStates.Half half, boolean onlyRowStores) {
    String own = ir.plus(laneRow(row), half.number() * 8L);
    String guard = ir.value("and i1 " + half.leader() + ", " + ir.value("icmp slt i64 " + own + ", " + rowCount));
    String clamped = rowCount % tile.rows() == 0 ? own : ir.smallest(own, Long.toString(rowCount - 1));
    List<OpNode> stores = analysis.stores().stream().filter(store -> !onlyRowStores || attention.isRowStore(analysis, store)).toList();
    if (!stores.isEmpty()) {
      emitter.unflatten(clamped, attention.rows(), () -> emitter.shared(null, guard, () -> {
        emitter.define(Objects.requireNonNull(attention.rowFold()), emitter.loops.zeroSteps(), half.value());
        emitter.emitReady(Graph.topological(stores).stream().filter(node -> !node.is(OpCode.FOLD)).toList());
      }));
    }
  }
}
