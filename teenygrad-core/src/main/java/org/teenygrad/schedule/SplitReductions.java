package org.teenygrad.schedule;

import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Shape;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Reduction;

/// Reduces a large tensor to one number in two steps, so that the first has work for every core.
final class SplitReductions {
  private static final long LARGE = 1 << 15;
  private static final int MOST_PARTS = 256;

  private SplitReductions() {}

  static List<OpNode> apply(List<OpNode> roots) {
    var changed = Graph.map(roots, SplitReductions::split);
    return roots.stream().map(changed::get).toList();
  }

  private static OpNode split(OpNode node) {
    if (!node.is(OpCode.REDUCE) || node.shape().elements() != 1 || node.input(0).shape().elements() < LARGE) {
      return node;
    }
    OpCode combine = node.payload(Reduction.class).combine();
    long size = node.input(0).shape().elements();
    int parts = IntStream.iterate(MOST_PARTS, p -> p > 1, p -> p - 1).filter(p -> size % p == 0).findFirst().orElse(1);
    if (parts == 1 || size / parts > Integer.MAX_VALUE) {
      return node;
    }
    OpNode rows = OpNode.of(OpCode.RESHAPE, Shape.of(parts, (int) (size / parts)), List.of(node.input(0)));
    OpNode partial = OpNode.of(OpCode.REDUCE, new Reduction(combine, List.of(1)), List.of(rows));
    OpNode whole = OpNode.of(OpCode.REDUCE, new Reduction(combine, List.of(0)), List.of(partial));
    return OpNode.of(OpCode.RESHAPE, node.shape(), List.of(whole));
  }
}
