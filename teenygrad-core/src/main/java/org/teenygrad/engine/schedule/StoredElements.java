package org.teenygrad.engine.schedule;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;

/// What a kernel without reductions stores, as a function of the offset: a kernel that goes through all of it stores it on the way,
/// and where a reduction of that kernel reads it, it is computed once more. So a reduction has the loops, and its sums the order,
/// that it has where nobody wants its elements in memory.
final class StoredElements {
  private StoredElements() {}

  /// What the loops of a kernel are in those of another that reads each of its elements by its outer loops; null if none does.
  static @Nullable Map<OpNode, OpNode> loopsOfReader(KernelGraph kernel, KernelGraph reader) {
    return reader.nodes().stream()
        .filter(node -> reads(node, kernel) && isRowMajor(node.input(1), reader.ranges())
            && count(reader.ranges()) == count(kernel.ranges()))
        .findFirst().map(load -> loopsAt(kernel, load.input(1))).orElse(null);
  }

  /// The value of a LOAD, computed; null if the kernel's loops do not follow from the offset.
  static @Nullable OpNode at(KernelGraph kernel, OpNode load) {
    Map<OpNode, OpNode> loops = loopsOfLoad(kernel, load);
    return loops == null ? null : Ranges.substitute(kernel.stores(), loops).stream()
        .filter(store -> KernelGraph.slot(store) == KernelGraph.slot(load)).findFirst().orElseThrow().input(2);
  }

  /// What the loops of a kernel are where a LOAD reads what it stores; null if they do not follow from the offset.
  static @Nullable Map<OpNode, OpNode> loopsOfLoad(KernelGraph kernel, OpNode load) {
    return load.inputs().size() > 2 ? null : loopsAt(kernel, load.input(1));
  }

  /// Whether each reduction in a kernel reads an element of another's at most once, as sums of rows do and products of matrices do not.
  static boolean foldsReadOnce(KernelGraph reader, KernelGraph kernel) {
    return reader.nodes().stream().filter(node -> node.is(OpCode.FOLD)).map(fold -> Graph.topological(List.of(fold.input(0))))
        .filter(body -> body.stream().anyMatch(node -> reads(node, kernel)))
        .allMatch(body -> count(body.stream().filter(node -> node.is(OpCode.RANGE)).toList()) <= count(kernel.ranges()));
  }

  private static boolean reads(OpNode node, KernelGraph kernel) {
    return node.is(OpCode.LOAD) && kernel.writes().contains(KernelGraph.slot(node));
  }

  private static @Nullable Map<OpNode, OpNode> loopsAt(KernelGraph kernel, OpNode offset) {
    OpNode own = kernel.stores().getFirst().input(1);
    if (!isRowMajor(own, kernel.ranges()) || kernel.stores().stream().anyMatch(store -> store.input(1) != own)) {
      return null;
    }
    IndexAlgebra algebra = new IndexAlgebra();
    Map<OpNode, OpNode> loops = new IdentityHashMap<>();
    for (OpNode range : kernel.ranges()) {
      loops.put(range, algebra.remainder(algebra.divide(offset, algebra.sum(own).factor(range)), range.payload(Range.class).size()));
    }
    return loops;
  }

  /// Whether an offset takes each value from 0 on once, as the loops run.
  private static boolean isRowMajor(OpNode offset, List<OpNode> ranges) {
    IndexAlgebra.Sum sum = new IndexAlgebra().sum(offset);
    long below = 1;
    for (OpNode range : ranges.reversed()) {
      if (sum.factor(range) != below) {
        return false;
      }
      below *= range.payload(Range.class).size();
    }
    return sum.constant() == 0 && sum.factors().size() == ranges.size();
  }

  private static long count(List<OpNode> ranges) {
    return ranges.stream().mapToLong(range -> range.payload(Range.class).size()).reduce(1, (x, y) -> x * y);
  }
}
