package org.teenygrad.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.runtime.Target;

/// The loops of a sum of products: matmul, einsum, convolution and attention's two products alike.
///
/// A loop that only the left factor depends on counts rows, one that only the right depends on counts columns; the others are
/// a grid of separate products. Each work item copies its part of the right factor into scratch memory in the order in which
/// it will be read ([Panels]), computing whatever expression the factor is on the way, and then runs over tiles of sums held in
/// registers. What follows the sum (bias, activation, residual) is computed on the tile before it is stored.
final class Contraction implements LoopNest {
  private final Emitter emitter;
  private final Analysis analysis;
  private final OpNode fold;
  private final OpNode left;
  private final OpNode right;
  private final OpNode m;
  private final OpNode n;
  private final List<OpNode> grid;
  private final Tile tile;
  private final long tiles;
  private final long panels;
  private final long itemsDown;
  private final long itemsAcross;
  private final @Nullable Panels staged;

  private Contraction(Emitter emitter, Target.Cpu target, OpNode fold, OpNode left, OpNode right, OpNode m, OpNode n) {
    this.emitter = emitter;
    analysis = emitter.analysis;
    this.fold = fold;
    this.left = left;
    this.right = right;
    this.m = m;
    this.n = n;
    grid = analysis.outer.stream().filter(range -> range != m && range != n).toList();
    long others = grid.stream().mapToLong(Analysis::size).reduce(1, (a, b) -> a * b);
    long k = depth(fold);
    tile = Tile.choose(Analysis.size(m), Analysis.size(n), k, others, fold.dtype().bytes(), target);
    tiles = Analysis.size(m) / tile.rows();
    panels = Analysis.size(n) / tile.width();
    itemsDown = Math.ceilDiv(Math.ceilDiv(Analysis.size(m), tile.rows()), tile.tilesPerItem());
    itemsAcross = Math.ceilDiv(Math.ceilDiv(Analysis.size(n), tile.width()), tile.panelsPerItem());
    boolean plain = right.is(OpCode.LOAD) && analysis.stride(right, n) == 1;
    boolean fits = k * tile.width() * tile.panelsPerItem() * fold.dtype().bytes() <= target.l2Bytes();
    staged = plain && (tile.tilesPerItem() < 4 || !fits) ? null : new Panels(emitter, fold, right, n, tile);
  }

  /// The contraction that a kernel is, if it is one with enough rows and columns for tiles.
  static Optional<Contraction> of(Emitter emitter, Target.Cpu target) {
    Analysis analysis = emitter.analysis;
    List<OpNode> folds = analysis.folds();
    if (folds.size() != 1 || folds.getFirst().payload() != OpCode.ADD) {
      return Optional.empty();
    }
    OpNode fold = folds.getFirst();
    OpNode product = fold.input(0);
    if (!product.is(OpCode.MUL) || fold.dtype() != DType.FLOAT32 && fold.dtype() != DType.FLOAT64) {
      return Optional.empty();
    }
    OpNode a = product.input(0);
    OpNode b = product.input(1);
    OpNode store = analysis.stores().getFirst();
    Predicate<OpNode> onlyA = range -> analysis.dependsOn(a, range) && !analysis.dependsOn(b, range);
    Predicate<OpNode> onlyB = range -> analysis.dependsOn(b, range) && !analysis.dependsOn(a, range);
    List<OpNode> rows = analysis.outer.stream().filter(onlyA).toList();
    List<OpNode> columns = analysis.outer.stream().filter(onlyB).toList();
    boolean complete = analysis.stores().stream().allMatch(s -> analysis.outer.stream().allMatch(r -> analysis.dependsOn(s, r)));
    if (rows.isEmpty() || columns.isEmpty() || !complete || depth(fold) < 4) {
      return Optional.empty();
    }
    boolean swap = rows.stream().anyMatch(range -> analysis.stride(store, range) == 1);
    OpNode m = largest(swap ? columns : rows);
    OpNode n = (swap ? rows : columns).getLast();
    if (Analysis.size(m) < 2 || Analysis.size(n) < 4) {
      return Optional.empty();
    }
    return Optional.of(new Contraction(emitter, target, fold, swap ? b : a, swap ? a : b, m, n));
  }

  private static OpNode largest(List<OpNode> ranges) {
    OpNode best = ranges.getLast();
    for (OpNode range : ranges) {
      best = Analysis.size(range) > Analysis.size(best) ? range : best;
    }
    return best;
  }

  static long depth(OpNode fold) {
    return Analysis.foldRanges(fold).stream().mapToLong(Analysis::size).reduce(1, (a, b) -> a * b);
  }

  @Override
  public String kind() {
    return "contract";
  }

  @Override
  public long items() {
    return grid.stream().mapToLong(Analysis::size).reduce(1, (a, b) -> a * b) * itemsAcross * itemsDown;
  }

  @Override
  public long scratchBytes() {
    return staged == null ? 0 : staged.bytes();
  }

  @Override
  public void emit() {
    Ir ir = emitter.ir;
    emitter.ir.loop("%begin", "%end", 1, List.of(), (item, none) -> {
      String down = itemsDown == 1 ? "0" : ir.value("urem i64 " + item + ", " + itemsDown);
      String rest = itemsDown == 1 ? item : ir.value("udiv i64 " + item + ", " + itemsDown);
      String across = itemsAcross == 1 ? "0" : ir.value("urem i64 " + rest + ", " + itemsAcross);
      String others = itemsAcross == 1 ? rest : ir.value("udiv i64 " + rest + ", " + itemsAcross);
      emitter.unflatten(others, grid, () -> emitItem(item, down, across));
      return none;
    });
  }

  private void emitItem(String item, String down, String across) {
    Ir ir = emitter.ir;
    emitter.emitReady(analysis.nodes.stream().filter(this::belongsToFold).toList());
    if (staged != null) {
      if (itemsDown == 1) {
        stage(across);
      } else {
        String first = ir.value("icmp eq i64 " + item + ", %begin");
        String top = ir.value("icmp eq i64 " + down + ", 0");
        ir.branch(ir.value("or i1 " + first + ", " + top), () -> stage(across), () -> {});
      }
    }
    blocks(down, itemsDown, tile.tilesPerItem(), tiles, tile.rows(), Analysis.size(m), (row, count) ->
        emitter.within(m, row, Axis.unrolled(m, Math.toIntExact(count)), () -> {
          emitter.emitReady(analysis.nodes.stream().filter(this::belongsToFold).toList());
          panels(across, this::emitTile);
          return true;
        }));
  }

  private boolean belongsToFold(OpNode node) {
    return !node.is(OpCode.STORE) && !node.is(OpCode.FOLD) && !Graph.topological(List.of(node)).contains(fold) && operands().contains(node);
  }

  private @Nullable List<OpNode> operandNodes;

  private List<OpNode> operands() {
    if (operandNodes == null) {
      operandNodes = Graph.topological(staged == null ? List.of(left, right) : List.of(left));
    }
    return operandNodes;
  }

  private void stage(String across) {
    panels(across, (column, width) -> java.util.Objects.requireNonNull(staged).fill(column, width, indexInItem(column, across)));
  }

  /// The number of a panel among those of its work item.
  private String indexInItem(String column, String across) {
    Ir ir = emitter.ir;
    String first = itemsAcross == 1 ? "0" : ir.value("mul i64 " + across + ", " + tile.panelsPerItem() * tile.width());
    return ir.value("sub i64 " + column + ", " + first);
  }

  private void panels(String across, Part part) {
    blocks(across, itemsAcross, tile.panelsPerItem(), panels, tile.width(), Analysis.size(n), part);
  }

  /// A piece of a loop: where it starts and how long it is.
  private interface Part {
    void emit(String from, long count);
  }

  /// Runs over one block of a loop in steps, the last block also over what is left after the last whole step.
  private void blocks(String block, long blocks, long stepsPerBlock, long steps, long step, long size, Part part) {
    Ir ir = emitter.ir;
    long left = size - steps * step;
    if (blocks == 1) {
      if (steps > 0) {
        ir.loop("0", Long.toString(steps * step), step, List.of(), (at, none) -> {
          part.emit(at, step);
          return none;
        });
      }
      if (left > 0) {
        part.emit(Long.toString(steps * step), left);
      }
      return;
    }
    String from = ir.value("mul i64 " + block + ", " + stepsPerBlock * step);
    ir.declare("declare i64 @llvm.smin.i64(i64, i64)");
    String below = ir.value("call i64 @llvm.smin.i64(i64 " + ir.value("add i64 " + from + ", " + stepsPerBlock * step) + ", i64 " + steps * step + ")");
    ir.branch(ir.value("icmp slt i64 " + from + ", " + below), () -> ir.loop(from, below, step, List.of(), (at, none) -> {
      part.emit(at, step);
      return none;
    }), () -> {});
    if (left > 0) {
      ir.branch(ir.value("icmp eq i64 " + block + ", " + (blocks - 1)), () -> part.emit(Long.toString(steps * step), left), () -> {});
    }
  }

  private void emitTile(String column, long width) {
    Axis axis = Axis.vectors(n, width, tile.lanes());
    emitter.within(n, column, axis, () -> {
      String panel = staged == null ? "" : staged.panel(column, Analysis.size(n), itemsAcross, tile.panelsPerItem());
      List<List<Integer>> instances = emitter.instances(fold);
      List<Ir.Carried> sums = new ArrayList<>();
      for (List<Integer> steps : instances) {
        int lanes = staged == null ? emitter.lanes(fold, steps) : tile.lanes();
        sums.add(new Ir.Carried(Ir.type(fold.dtype(), lanes), Instructions.neutral(OpCode.ADD, fold.dtype(), lanes)));
      }
      List<Ir.Carried> results = inner(0, sums, instances, panel, axis, "0");
      for (int i = 0; i < instances.size(); i++) {
        int lanes = emitter.lanes(fold, instances.get(i));
        emitter.define(fold, instances.get(i), narrowed(results.get(i), staged == null ? lanes : tile.lanes(), lanes));
      }
      emitter.emitReady(analysis.nodes);
      return true;
    });
  }

  /// The first lanes of a sum that was computed over a panel padded with zeros.
  private String narrowed(Ir.Carried sum, int from, int lanes) {
    if (from == lanes) {
      return sum.value();
    }
    if (lanes == 1) {
      return emitter.ir.value("extractelement " + sum.type() + " " + sum.value() + ", i64 0");
    }
    String mask = String.join(", ", Ir.times(lanes, lane -> "i32 " + lane));
    return emitter.ir.value("shufflevector " + sum.type() + " " + sum.value() + ", " + sum.type() + " poison, <" + lanes + " x i32> <" + mask + ">");
  }

  private List<Ir.Carried> inner(int depth, List<Ir.Carried> sums, List<List<Integer>> instances, String panel, Axis axis, String row) {
    List<OpNode> ranges = Analysis.foldRanges(fold);
    OpNode range = ranges.get(depth);
    return emitter.ir.loop("0", Long.toString(Analysis.size(range)), 1, sums, (counter, carried) ->
        emitter.within(range, counter, null, () -> {
          String next = depth == 0 ? counter : emitter.sum(emitter.ir.value("mul i64 " + row + ", " + Analysis.size(range)), counter);
          emitter.emitReady(operands());
          return depth < ranges.size() - 1
              ? inner(depth + 1, carried, instances, panel, axis, next)
              : multiply(carried, instances, panel, axis, next);
        }));
  }

  private List<Ir.Carried> multiply(List<Ir.Carried> carried, List<List<Integer>> instances, String panel, Axis axis, String row) {
    List<String> columns = new ArrayList<>();
    if (staged != null) {
      for (int step = 0; step < axis.count(); step++) {
        columns.add(staged.load(panel, row, axis, step));
      }
    }
    OpNode fused = OpNode.of(OpCode.FMA, left, right, fold.input(0));
    List<Ir.Carried> next = new ArrayList<>();
    for (int i = 0; i < instances.size(); i++) {
      List<Integer> steps = instances.get(i);
      int lanes = staged == null ? emitter.lanes(fold, steps) : tile.lanes();
      String b = staged == null ? emitter.operand(right, steps, lanes) : columns.get(emitter.step(axis, steps));
      String a = emitter.operand(left, steps, lanes);
      next.add(new Ir.Carried(carried.get(i).type(), emitter.instructions.emit(fused, lanes, List.of(a, b, carried.get(i).value()))));
    }
    return next;
  }
}
