package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.runtime.Target;

/// Splits a long SCAN by "reduce, then scan": the totals of blocks, a SCAN of those, and a SCAN of each block whose first element takes in
/// the total of all blocks before. Everything is read twice and written once, all blocks at the same time.
final class SplitScans {
  /// Elements of a block that a GPU's block of threads scans; longer rows than a few of these are split where rows alone do not
  /// fill the machine.
  private static final int BLOCK = 2048;

  private static final int LONG_ROW = 4 * BLOCK;

  /// The same where each row is scanned in order: no more elements than float32 sums without losing digits.
  private static final int SEQUENTIAL_BLOCK = 256;

  /// On a GPU a thread waits for memory every few elements: the more of them there are, the better.
  private static final int SEQUENTIAL_BLOCK_ON_GPU = 64;

  private final Target target;

  private SplitScans(Target target) {
    this.target = target;
  }

  static List<OpNode> apply(List<OpNode> roots, Target target) {
    SplitScans pass = new SplitScans(target);
    var changed = Graph.map(roots, node -> node.is(OpCode.SCAN) ? pass.split(node) : node);
    return roots.stream().map(changed::get).toList();
  }

  private OpNode split(OpNode node) {
    int axis = node.payload(Reduction.class).axes().getFirst();
    int size = node.shape().size(axis);
    boolean alongRows = IntStream.range(axis + 1, node.shape().rank()).allMatch(after -> node.shape().size(after) == 1);
    if (node.shape().elements() == 0 || target instanceof Target.Graphs) {
      return node;
    }
    if (target instanceof Target.Gpu gpu && alongRows) {
      long rows = node.shape().elements() / size;
      return size <= LONG_ROW || rows >= 4L * gpu.processors() ? node : split(node, axis, block(size, BLOCK));
    }
    int block = target instanceof Target.Gpu ? SEQUENTIAL_BLOCK_ON_GPU : SEQUENTIAL_BLOCK;
    return size <= 2 * block ? node : split(node, axis, block(size, block));
  }

  /// A number of elements near the wanted one of which the axis has a multiple; else the wanted one.
  private static int block(int size, int wanted) {
    return IntStream.iterate(2 * wanted, block -> block >= wanted / 2, block -> block - 4)
        .filter(block -> size % block == 0).findFirst().orElse(wanted);
  }

  private OpNode split(OpNode node, int axis, int block) {
    OpCode combine = node.payload(Reduction.class).combine();
    Shape shape = node.shape();
    int size = shape.size(axis);
    int blocks = Math.ceilDiv(size, block);
    // Zeros behind the last element are combined with nothing that is kept.
    Expr blocked = new Expr(node.input(0)).padded(axis, 0, blocks * block - size).reshape(cut(shape, axis, blocks, block));
    Expr totals = blocked.reduce(combine, List.of(axis + 1));
    Expr before = new Expr(split(totals.reshape(shape.with(axis, blocks)).scan(new Reduction(combine, List.of(axis))).node()));
    before = before.part(axis, 0, blocks - 1).padded(axis, 1, 0).reshape(totals.shape()).expand(blocked.shape());
    Expr begins = blocked.positions(axis + 1).eq(0).and(blocked.positions(axis).eq(0).not());
    Expr begun = begins.where(new Expr(OpNode.of(combine, before.node(), blocked.node())), blocked);
    return begun.scan(new Reduction(combine, List.of(axis + 1))).reshape(shape.with(axis, blocks * block)).part(axis, 0, size).node();
  }

  private static Shape cut(Shape shape, int axis, int blocks, int block) {
    List<Integer> sizes = new ArrayList<>(shape.stream().boxed().toList());
    sizes.set(axis, block);
    sizes.add(axis, blocks);
    return Shape.of(sizes);
  }
}
