package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.engine.ir.Alike;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;

/// Products of matrices in several kernels that have one factor in common.
final class SharedFactor {
  private SharedFactor() {}

  /// Whether a factor of the first product of one kernel is one of all products of both.
  /// @param renamed the loops of `a` by name in `b`; those of the sums are added
  static boolean isShared(KernelGraph a, KernelGraph b, Map<OpNode, OpNode> renamed) {
    List<OpNode> others = products(b);
    return products(a).stream().allMatch(product -> product.inputs().stream()
        .anyMatch(factor -> others.stream().allMatch(other -> other.inputs().stream()
            .anyMatch(same -> Alike.match(factor, same, renamed)))));
  }

  private static List<OpNode> products(KernelGraph kernel) {
    return kernel.nodes().stream().filter(node -> node.is(OpCode.FOLD) && node.input(0).is(OpCode.MUL)).map(fold -> fold.input(0)).toList();
  }

  /// The iterations of a kernel's last loop.
  static long columns(KernelGraph kernel) {
    return kernel.ranges().isEmpty() ? 1 : size(kernel.ranges().getLast());
  }

  /// Those of all others together.
  static long rows(KernelGraph kernel) {
    return kernel.ranges().stream().limit(Math.max(0, kernel.ranges().size() - 1)).mapToLong(SharedFactor::size).reduce(1, (x, y) -> x * y);
  }

  private static long size(OpNode range) {
    return range.payload(Range.class).size();
  }

  /// The kernel with its last loop in pieces of so many iterations, what belongs to each written out; as it is if that is not even.
  static KernelGraph inPieces(KernelGraph kernel, long iterations) {
    long pieces = columns(kernel) / iterations;
    if (pieces == 1 || columns(kernel) % iterations != 0) {
      return kernel;
    }
    OpNode last = kernel.ranges().getLast();
    int number = 1 + kernel.nodes().stream().filter(node -> node.is(OpCode.RANGE))
        .mapToInt(node -> node.payload(Range.class).id()).max().orElse(0);
    OpNode piece = IndexAlgebra.range(number, iterations);
    List<OpNode> stores = new ArrayList<>();
    for (long i = 0; i < pieces; i++) {
      Map<OpNode, OpNode> moved = new IdentityHashMap<>();
      moved.put(last, new IndexAlgebra().add(piece, IndexAlgebra.constant(i * iterations)));
      stores.addAll(Ranges.substitute(kernel.stores(), moved));
    }
    List<OpNode> ranges = new ArrayList<>(kernel.ranges().subList(0, kernel.ranges().size() - 1));
    ranges.add(piece);
    return new KernelGraph(stores, ranges, kernel.contraction(), kernel.rematerializing());
  }
}
