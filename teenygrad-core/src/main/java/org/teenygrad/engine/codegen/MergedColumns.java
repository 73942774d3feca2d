package org.teenygrad.engine.codegen;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.runtime.Target;

/// A contraction whose loops of columns are one loop, as in convolution as implicit GEMM: a row of an image, or of a kernel where
/// its weights' gradient is computed, fills vectors badly, all rows of all images fill them.
///
/// The counters of the loops that were are quotients and remainders of the one that is, so that vectors of columns lie in memory in
/// [Segments].
final class MergedColumns {
  /// Vectors of a loop that is left alone have at most a lane in so many that is not used.
  private static final long MOST_IDLE = 16;

  private MergedColumns() {}

  /// The same contraction with one loop of columns, if that fills vectors better.
  static Contraction of(Contraction plan, Target.Cpu cpu) {
    int lanes = cpu.vectorBytes() / plan.fold().dtype().bytes();
    return canMerge(plan) && !fillsVectors(plan, lanes) ? merged(plan) : plan;
  }

  private static boolean canMerge(Contraction plan) {
    Analysis analysis = plan.analysis();
    if (plan.columns().size() < 2 || !plan.right().is(OpCode.LOAD) || plan.element() == DType.BFLOAT16) {
      return false;
    }
    OpNode last = plan.columns().getLast();
    return plan.columns().stream().allMatch(range -> analysis.stride(plan.right(), range) >= 0)
        && Segments.of(analysis, plan.right().input(1), last).isPresent()
        && analysis.stores().stream().allMatch(store -> store.inputs().size() == 3 && store.payload() == null && analysis.stride(store, last) == 1);
  }

  /// Whether the loop that vectors would run along fills them, or, not the last one, is long and turned in registers where it is copied.
  private static boolean fillsVectors(Contraction plan, int lanes) {
    long size = Analysis.size(plan.column());
    if (plan.column() == plan.columns().getLast()) {
      return Math.ceilDiv(size, (long) lanes) * lanes - size <= size / MOST_IDLE;
    }
    OpNode last = plan.inner().getLast();
    return size >= lanes && Analysis.size(last) >= lanes / 2 && plan.analysis().liesAlong(plan.right(), last, plan.column());
  }

  private static Contraction merged(Contraction plan) {
    IndexAlgebra algebra = new IndexAlgebra();
    OpNode whole = IndexAlgebra.range(plan.columns().getFirst().payload(Range.class).id(), Analysis.count(plan.columns()));
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    OpNode rest = whole;
    for (OpNode range : plan.columns().reversed()) {
      boolean first = range == plan.columns().getFirst();
      changed.put(range, first ? rest : algebra.remainder(rest, Analysis.size(range)));
      rest = algebra.divide(rest, Analysis.size(range));
    }
    for (OpNode node : Graph.topological(List.of(plan.analysis().sink))) {
      if (!changed.containsKey(node)) {
        changed.put(node, algebra.rebuild(node.withInputs(node.inputs().stream().map(input -> Objects.requireNonNull(changed.get(input))).toList())));
      }
    }
    Analysis analysis = new Analysis(Objects.requireNonNull(changed.get(plan.analysis().sink)));
    return plan.over(analysis, changed, List.of(whole));
  }
}
