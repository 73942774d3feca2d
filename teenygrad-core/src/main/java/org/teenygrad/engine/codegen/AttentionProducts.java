package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Target;

/// The products of a step of a [FusedAttention]: a warp's inner sums, of x and y; and the products of the matrices with the third
/// factors, of which they are the left factors as they stand in registers ([AttentionMatrices]).
///
/// The nests that make steps of it differ in how tiles come to shared memory and in what overlaps.
final class AttentionProducts {
  private static final int STEP = AttentionTiling.STEP;
  private static final int PARTS_ACROSS = STEP / MatrixUnit.COLUMNS;
  private static final int PRODUCTS = STEP / AttentionTiling.DEPTH;

  final FusedAttention attention;
  final BlockTile tile;
  final List<Pair> pairs;
  final List<Third> thirds;

  /// Parts of sixteen rows that each warp has: with two, what is read of y and g is multiplied twice.
  final int parts;

  private final Emitter emitter;
  private final Ir ir;
  private final WarpMatrix unit;
  private final @Nullable WarpgroupMatrix group;
  private final boolean keepsX;
  private List<List<List<String>>> x = List.of();

  /// One of the inner sums of products.
  /// @param place where x's first slab lies in shared memory
  /// @param offset where y's first slab lies in a slot of the ring
  record Pair(OpNode fold, SharedTile x, OpNode stage, SharedTile y, int slabs, int products, long place, int offset) {}

  /// A third factor.
  /// @param offset where it lies in a slot of the ring, perhaps as some pair's y
  record Third(FusedAttention.Sum sum, OpNode stage, SharedTile shared, int offset) {}

  /// @param emitter of a SINK of FETCHes, STEPS and STOREs
  /// @param tiling of what they compute
  /// @param keepsX whether x stays in registers; otherwise it is read from shared memory for each step, by a warp, or by the tensor
  ///     cores that four warps use together
  AttentionProducts(Emitter emitter, AttentionTiling tiling, boolean keepsX) {
    this.emitter = emitter;
    this.keepsX = keepsX;
    attention = tiling.attention();
    ir = emitter.ir;
    tile = tiling.tile();
    parts = tiling.parts();
    unit = new WarpMatrix(ir, MatrixUnit.of(Target.Rung.WARP, attention.element()), STEP);
    group = tile.rung().includes(Target.Rung.WARPGROUP) ? new WarpgroupMatrix(ir, MatrixUnit.of(Target.Rung.WARPGROUP, attention.element())) : null;
    int offset = 0;
    long place = 0;
    pairs = new ArrayList<>();
    for (FusedAttention.Inner inner : attention.inner()) {
      List<OpNode> products = Analysis.foldRanges(inner.fold());
      int count = Math.toIntExact(Analysis.count(products));
      OpNode product = inner.fold().input(0);
      OpNode stage = AttentionTiling.rightStage(product);
      Pair pair = new Pair(inner.fold(), new SharedTile(emitter, product.input(0).input(0), attention.rows(), products, tile.threads()),
          stage, new SharedTile(emitter, stage, attention.steps(), products, tile.threads()),
          AttentionTiling.slabs(inner), Math.ceilDiv(count, AttentionTiling.DEPTH), place, offset);
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
  }

  /// Starts to bring a block's rows of x to shared memory.
  void fetchRows(String row) {
    for (Pair pair : pairs) {
      for (int slab = 0; slab < pair.slabs; slab++) {
        pair.x.fetched(row, Integer.toString(slab), Long.toString(pair.place + (long) slab * pair.x.bytes()), "true").forEach(Runnable::run);
      }
    }
  }

  /// Takes x from shared memory, where it is now, to registers, if there is room for it beside the sums.
  void keepRows() {
    x = Ir.times(pairs.size(), p -> keepsX ? Ir.times(parts * pairs.get(p).products, i -> fragment(pairs.get(p), i / pairs.get(p).products, i % pairs.get(p).products)) : List.of());
  }

  /// Makes what ordinary instructions wrote to shared memory visible to tensor cores that read it by themselves; a barrier follows.
  void fence() {
    if (group != null) {
      group.fence();
    }
  }

  /// Before the first step: the sums of each product with a third factor.
  List<Ir.Carried> neutralSums() {
    return Ir.times(thirds.size() * parts * tile.columns() / MatrixUnit.COLUMNS * 4, i -> new Ir.Carried("float", "0.0"));
  }

  /// Sixteen rows and products of a pair's x.
  private List<String> fragment(Pair pair, int part, int product) {
    String row = ir.plus(AttentionMatrices.ownRow(emitter, "0", parts), (long) part * MatrixUnit.ROWS);
    return unit.left(Long.toString(pair.place + (long) product / PRODUCTS * pair.x.bytes()), pair.x.isInner(), row, product % PRODUCTS);
  }

  /// The inner sums of all pairs; four warps together only start to make them, and [#settle] follows.
  List<String> scores(String slot) {
    return scoresBeside(slot, List.of(), List.of(), slot).getFirst();
  }

  /// Adds the products of the matrices and their third factors to the sums; four warps together only start to, and [#settle] follows.
  /// @param words of the matrices
  List<String> multiply(List<String> sums, List<Ir.Carried> words, String slot) {
    if (thirds.isEmpty()) {
      return List.of();
    }
    List<String> left = words.stream().map(Ir.Carried::value).toList();
    return group != null ? joined(group.multiply(groupProducts(group, sums, left, slot)))
        : joined(Ir.times(thirds.size(), t -> warpProducts(thirds.get(t), ofThird(sums, t), ofThird(left, t), slot)));
  }

  /// Both at once: inner sums of one step, and products of an earlier step's matrices.
  /// @return the inner sums, then those of the products
  List<List<String>> scoresBeside(String slot, List<String> sums, List<Ir.Carried> words, String earlier) {
    if (group == null) {
      List<String> scores = joined(Ir.times(pairs.size(), p -> warpScores(pairs.get(p), slot, x.get(p))));
      return List.of(scores, words.isEmpty() ? List.of() : multiply(sums, words, earlier));
    }
    List<WarpgroupMatrix.Products> all = new ArrayList<>(Ir.times(pairs.size(), p -> groupScores(group, pairs.get(p), slot, x.get(p))));
    if (!words.isEmpty()) {
      all.addAll(groupProducts(group, sums, words.stream().map(Ir.Carried::value).toList(), earlier));
    }
    List<List<String>> started = group.multiply(all);
    return List.of(joined(started.subList(0, pairs.size())), joined(started.subList(pairs.size(), started.size())));
  }

  private static List<String> joined(List<List<String>> lists) {
    return lists.stream().flatMap(List::stream).toList();
  }

  private <T> List<T> ofThird(List<T> all, int number) {
    int size = all.size() / thirds.size();
    return all.subList(number * size, (number + 1) * size);
  }

  /// Waits for what has been started before, but for the newest products.
  List<String> settle(List<String> pending, int newest) {
    return group == null || pending.isEmpty() ? pending : group.settle(pending, newest);
  }

  private List<String> warpScores(Pair pair, String slot, List<List<String>> rows) {
    String y = ir.plus(slot, pair.offset);
    List<List<String>> sums = new ArrayList<>(Ir.times(parts * PARTS_ACROSS, i -> List.of("0.0", "0.0", "0.0", "0.0")));
    for (int product = 0; product < pair.products; product++) {
      String slab = ir.plus(y, (long) product / PRODUCTS * pair.y.bytes());
      int number = product;
      List<List<String>> left = Ir.times(parts, i -> keepsX ? rows.get(i * pair.products + number) : fragment(pair, i, number));
      for (int part = 0; part < PARTS_ACROSS; part += 2) {
        List<List<String>> right = unit.right(slab, pair.y.isInner(), Integer.toString(part * MatrixUnit.COLUMNS), product % PRODUCTS);
        for (int i = 0; i < 2 * parts; i++) {
          int at = i / 2 * PARTS_ACROSS + part + i % 2;
          sums.set(at, unit.multiply(left.get(i / 2), right.get(i % 2), sums.get(at)));
        }
      }
    }
    return sums.stream().flatMap(List::stream).toList();
  }

  private WarpgroupMatrix.Products groupScores(WarpgroupMatrix by, Pair pair, String slot, List<List<String>> rows) {
    List<String> left = keepsX ? List.of() : rowsInMemory(by, pair);
    List<WarpgroupMatrix.Step> products = Ir.times(pair.products, i -> {
      String y = by.descriptor(ir.plus(slot, pair.offset + (long) i / PRODUCTS * pair.y.bytes()), pair.y.isInner(), 0);
      return new WarpgroupMatrix.Step(keepsX ? rows.get(i) : List.of(by.further(left.get(i / PRODUCTS), pair.x.isInner(), i % PRODUCTS)), by.further(y, pair.y.isInner(), i % PRODUCTS));
    });
    return new WarpgroupMatrix.Products(null, STEP, products, !pair.x.isInner(), !pair.y.isInner());
  }

  /// Where a group's 64 rows of the slabs of x lie: as many lines, or one panel.
  private List<String> rowsInMemory(WarpgroupMatrix by, Pair pair) {
    int panel = STEP * SharedTile.LINE;
    String group = ir.value("lshr i64 " + Threads.thread(ir) + ", 7");
    String own = ir.value("mul i64 " + group + ", " + (pair.x.isInner() ? WarpgroupMatrix.M * SharedTile.LINE : panel));
    String first = by.anew(by.descriptor(own, pair.x.isInner(), panel));
    return Ir.times(pair.slabs, slab -> by.furtherBytes(first, pair.place + (long) slab * pair.x.bytes()));
  }

  private List<WarpgroupMatrix.Products> groupProducts(WarpgroupMatrix by, List<String> sums, List<String> words, String slot) {
    return Ir.times(thirds.size(), t -> groupProducts(by, thirds.get(t), ofThird(sums, t), ofThird(words, t), slot));
  }

  private WarpgroupMatrix.Products groupProducts(WarpgroupMatrix by, Third third, List<String> sums, List<String> words, String slot) {
    boolean alongInner = third.shared.isInner();
    String right = by.descriptor(ir.plus(slot, third.offset), alongInner, STEP * SharedTile.LINE);
    List<WarpgroupMatrix.Step> products = Ir.times(PRODUCTS, i -> new WarpgroupMatrix.Step(words.subList(4 * i, 4 * i + 4), by.further(right, alongInner, i)));
    return new WarpgroupMatrix.Products(sums, tile.columns(), products, false, !alongInner);
  }

  /// Starts to make the inner sums of one pair, by four warps together.
  List<String> startScores(int pair, String slot) {
    WarpgroupMatrix by = Objects.requireNonNull(group);
    return by.multiply(List.of(groupScores(by, pairs.get(pair), slot, x.get(pair)))).getFirst();
  }

  /// Starts to add the products of one matrix and its third factor to their sums, by four warps together.
  List<String> startSums(int third, List<String> sums, List<String> words, String slot) {
    WarpgroupMatrix by = Objects.requireNonNull(group);
    return by.multiply(List.of(groupProducts(by, thirds.get(third), sums, words, slot))).getFirst();
  }

  private List<String> warpProducts(Third third, List<String> before, List<String> words, String slot) {
    String at = ir.plus(slot, third.offset);
    List<String> sums = new ArrayList<>(before);
    for (int product = 0; product < PRODUCTS; product++) {
      int first = product * parts * 4;
      for (int part = 0; part < tile.columns() / MatrixUnit.COLUMNS; part += 2) {
        List<List<String>> right = unit.right(at, third.shared.isInner(), Integer.toString(part * MatrixUnit.COLUMNS), product);
        for (int i = 0; i < 2 * parts; i++) {
          int sum = 4 * (i / 2 * (tile.columns() / MatrixUnit.COLUMNS) + part + i % 2);
          List<String> results = unit.multiply(words.subList(first + i / 2 * 4, first + i / 2 * 4 + 4), right.get(i % 2), sums.subList(sum, sum + 4));
          for (int e = 0; e < 4; e++) {
            sums.set(sum + e, results.get(e));
          }
        }
      }
    }
    return sums;
  }
}
