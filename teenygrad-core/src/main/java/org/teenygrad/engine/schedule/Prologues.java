package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;

/// What a kernel makes of few rows for products alone, such as a norm of a text's newest token, is computed by the products
/// themselves where their plans can: a few thousand operations for each block take less than a launch that others wait for.
final class Prologues {
  private final List<KernelGraph> kernels;
  private final Set<Integer> wanted;
  private final Plans plans;

  private Prologues(List<KernelGraph> kernels, Set<Integer> wanted, Plans plans) {
    this.kernels = kernels;
    this.wanted = wanted;
    this.plans = plans;
  }

  /// The kernels without those that all of their readers compute.
  /// @param wanted the buffers that somebody outside reads
  static List<KernelGraph> apply(List<KernelGraph> kernels, Set<Integer> wanted, Plans plans) {
    Prologues prologues = new Prologues(new ArrayList<>(kernels), wanted, plans);
    kernels.stream().filter(prologues::isOfFewRows).forEach(prologues::compute);
    return prologues.kernels;
  }

  private boolean isOfFewRows(KernelGraph kernel) {
    boolean alone = kernel.stores().size() == 1 && kernel.hasFold() && !kernel.contraction()
        && kernel.collective() == null && !kernel.scatters() && !kernel.takesRows();
    return alone && !kernel.ranges().isEmpty() && !wanted.contains(slot(kernel)) && rows(kernel) <= plans.mostComputedRows();
  }

  private static long rows(KernelGraph kernel) {
    return kernel.ranges().subList(0, kernel.ranges().size() - 1).stream()
        .mapToLong(range -> range.payload(Range.class).size()).reduce(1, (x, y) -> x * y);
  }

  private static int slot(KernelGraph kernel) {
    return KernelGraph.slot(kernel.stores().getFirst());
  }

  private void compute(KernelGraph rows) {
    List<KernelGraph> readers = kernels.stream().filter(kernel -> kernel.reads().contains(slot(rows))).toList();
    List<KernelGraph> computing = readers.stream().map(reader -> computing(reader, rows)).filter(Objects::nonNull).toList();
    if (!readers.isEmpty() && computing.size() == readers.size()) {
      for (int i = 0; i < readers.size(); i++) {
        kernels.set(kernels.indexOf(readers.get(i)), computing.get(i));
      }
      kernels.remove(rows);
    }
  }

  /// A product that computes the rows; null if it cannot.
  private @Nullable KernelGraph computing(KernelGraph product, KernelGraph rows) {
    List<OpNode> loads = product.nodes().stream().filter(node -> node.is(OpCode.LOAD) && KernelGraph.slot(node) == slot(rows)).toList();
    Map<OpNode, OpNode> loops = product.contraction() && loads.size() == 1 ? StoredElements.loopsOfLoad(rows, loads.getFirst()) : null;
    if (loops == null) {
      return null;
    }
    Map<OpNode, OpNode> values = new IdentityHashMap<>();
    values.put(loads.getFirst(), Ranges.rename(rows, product, loops).getFirst().input(2));
    List<OpNode> stores = product.stores().stream().map(store -> Graph.substitute(store, values)).toList();
    KernelGraph joined = new KernelGraph(stores, product.ranges(), true, product.rematerializing());
    return plans.computesRows(Binding.of(Ranges.canonical(joined)).sink()) ? joined : null;
  }
}
