package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Semantics;

/// Gives a kernel the loops that suit its indices: a loop whose counter is divided is split so that every index becomes a
/// sum, loops that together run over consecutive elements become one, and all are numbered in one way. Kernels that do the same
/// then are the same node, and are compiled once.
final class Ranges {
  private Ranges() {}

  /// The stores of `a` with its ranges renamed to those of `b`, and its other ranges to numbers that `b` does not use.
  static List<OpNode> rename(KernelGraph a, KernelGraph b, Map<OpNode, OpNode> outer) {
    Map<OpNode, OpNode> renamed = new IdentityHashMap<>(outer);
    int next = 0;
    for (OpNode node : b.nodes()) {
      if (node.is(OpCode.RANGE)) {
        next = Math.max(next, node.payload(Range.class).id() + 1);
      }
    }
    for (OpNode node : a.nodes()) {
      if (node.is(OpCode.RANGE) && !renamed.containsKey(node)) {
        Range range = node.payload(Range.class);
        renamed.put(node, IndexAlgebra.range(next++, range.size()));
      }
    }
    return substitute(a.stores(), renamed);
  }

  /// The canonical form of a kernel.
  static KernelGraph canonical(KernelGraph kernel) {
    return renumber(merge(inMemoryOrder(split(kernel))));
  }

  /// Replaces ranges by expressions and simplifies every index again.
  static List<OpNode> substitute(List<OpNode> stores, Map<OpNode, OpNode> ranges) {
    IndexAlgebra algebra = new IndexAlgebra();
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(stores)) {
      OpNode replacement = ranges.get(node);
      if (replacement != null) {
        changed.put(node, replacement);
      } else if (node.is(OpCode.FOLD)) {
        changed.put(node, fold(node, changed));
      } else {
        List<OpNode> inputs = new ArrayList<>(node.inputs().size());
        node.inputs().forEach(input -> inputs.add(changed.get(input)));
        changed.put(node, algebra.rebuild(node.withInputs(inputs)));
      }
    }
    return stores.stream().map(changed::get).toList();
  }

  /// A FOLD over the ranges that its own ranges' replacements are made of.
  private static OpNode fold(OpNode fold, Map<OpNode, OpNode> changed) {
    List<OpNode> inputs = new ArrayList<>();
    inputs.add(changed.get(fold.input(0)));
    Set<OpNode> ranges = new TreeSet<>(Comparator.comparingInt(range -> range.payload(Range.class).id()));
    for (OpNode range : fold.inputs().subList(1, fold.inputs().size())) {
      Graph.topological(List.of(changed.get(range))).stream().filter(n -> n.is(OpCode.RANGE)).forEach(ranges::add);
    }
    inputs.addAll(ranges);
    return fold.withInputs(inputs);
  }

  private static KernelGraph split(KernelGraph kernel) {
    Map<OpNode, TreeSet<Long>> cuts = new HashMap<>();
    // Loops that stay whole: rows, and those that data may end (LoopEnds).
    Set<OpNode> rows = new HashSet<>();
    kernel.nodes().stream().filter(node -> node.op().group() == OpCode.Group.ROW).forEach(node -> rows.add(node.input(1)));
    kernel.nodes().stream().filter(Ranges::comparesWithData)
        .forEach(node -> countersOf(node).filter(range -> !kernel.ranges().contains(range)).forEach(rows::add));
    for (OpNode node : kernel.nodes()) {
      boolean divided = node.is(OpCode.IDIV) || node.is(OpCode.MOD) || node.is(OpCode.LT);
      if (divided && node.input(0).is(OpCode.RANGE) && !rows.contains(node.input(0)) && node.input(1).is(OpCode.CONST)) {
        long by = Semantics.toLong(node.input(1).payload(Object.class));
        long size = node.input(0).payload(Range.class).size();
        if (by > 1 && by < size && size % by == 0 && (!node.is(OpCode.LT) || by % 16 == 0)) {
          cuts.computeIfAbsent(node.input(0), range -> new TreeSet<>()).add(by);
        }
      }
    }
    if (cuts.isEmpty()) {
      return kernel;
    }
    Map<OpNode, OpNode> pieces = new IdentityHashMap<>();
    List<OpNode> ranges = new ArrayList<>();
    IndexAlgebra algebra = new IndexAlgebra();
    Map<OpNode, List<OpNode>> parts = new HashMap<>();
    int next = 1 + kernel.nodes().stream().filter(n -> n.is(OpCode.RANGE)).mapToInt(n -> n.payload(Range.class).id()).max().orElse(0);
    for (Map.Entry<OpNode, TreeSet<Long>> entry : cuts.entrySet()) {
      long below = 1;
      List<Long> strides = new ArrayList<>(List.of(1L));
      for (long cut : entry.getValue()) {
        if (cut % below == 0) {
          strides.add(cut);
          below = cut;
        }
      }
      long above = entry.getKey().payload(Range.class).size();
      OpNode sum = IndexAlgebra.ZERO;
      List<OpNode> own = new ArrayList<>();
      for (long stride : strides.reversed()) {
        OpNode piece = IndexAlgebra.range(next++, above / stride);
        above = stride;
        own.add(piece);
        sum = algebra.add(sum, algebra.multiply(piece, stride));
      }
      pieces.put(entry.getKey(), sum);
      parts.put(entry.getKey(), own);
    }
    for (OpNode range : kernel.ranges()) {
      ranges.addAll(parts.getOrDefault(range, List.of(range)));
    }
    KernelGraph result = new KernelGraph(substitute(kernel.stores(), pieces), ranges, kernel.contraction(), kernel.rematerializing());
    return split(result);
  }

  private static boolean comparesWithData(OpNode node) {
    return node.is(OpCode.LT) && node.input(0).dtype().isInteger()
        && Graph.topological(List.of(node)).stream().anyMatch(below -> below.is(OpCode.LOAD));
  }

  /// The loop counters in an expression but those of what it loads.
  private static Stream<OpNode> countersOf(OpNode node) {
    return Graph.topological(List.of(node), below -> !below.is(OpCode.LOAD)).stream().filter(below -> below.is(OpCode.RANGE));
  }

  /// Turns the loops of reductions so that the innermost runs over neighbours in memory: those of a transposed matrix then go
  /// through it as it lies, and often become one. Those of a contraction stay as they are, but where a factor is unpacked from
  /// bytes: its loops were split.
  private static KernelGraph inMemoryOrder(KernelGraph kernel) {
    boolean unpacks = kernel.nodes().stream().anyMatch(node -> node.is(OpCode.LOAD) && node.dtype() == DType.UINT8);
    if (kernel.contraction() && !unpacks || kernel.scatters()) {
      return kernel;
    }
    Map<OpNode, OpNode> turned = new IdentityHashMap<>();
    Set<List<OpNode>> nests = new LinkedHashSet<>();
    kernel.nodes().stream().filter(node -> node.is(OpCode.FOLD)).forEach(fold -> nests.add(fold.inputs().subList(1, fold.inputs().size())));
    for (List<OpNode> nest : nests) {
      boolean alone = nests.stream().noneMatch(other -> other != nest && other.stream().anyMatch(nest::contains));
      OpNode largest = alone && nest.size() > 1 ? largestLoad(kernel, nest) : null;
      if (largest != null) {
        IndexAlgebra.Sum sum = new IndexAlgebra().sum(largest.input(1));
        List<OpNode> order = nest.stream().sorted(Comparator.comparingLong((OpNode range) -> -Math.abs(sum.factor(range)))).toList();
        for (int i = 0; i < order.size(); i++) {
          turned.put(order.get(i), IndexAlgebra.range(nest.get(i).payload(Range.class).id(), order.get(i).payload(Range.class).size()));
        }
      }
    }
    return turned.isEmpty() ? kernel
        : new KernelGraph(substitute(kernel.stores(), turned), kernel.ranges(), kernel.contraction(), kernel.rematerializing());
  }

  /// The load that reads most elements of those that change in each of the loops, or null.
  private static @Nullable OpNode largestLoad(KernelGraph kernel, List<OpNode> nest) {
    OpNode largest = null;
    long most = 0;
    for (OpNode node : kernel.nodes()) {
      if (node.is(OpCode.LOAD)) {
        List<OpNode> ranges = Graph.topological(List.of(node.input(1))).stream().filter(n -> n.is(OpCode.RANGE)).toList();
        long reads = ranges.stream().mapToLong(range -> range.payload(Range.class).size()).reduce(1, (x, y) -> x * y);
        if (ranges.containsAll(nest) && reads > most) {
          most = reads;
          largest = node;
        }
      }
    }
    return largest;
  }

  private static KernelGraph merge(KernelGraph kernel) {
    KernelGraph result = kernel;
    boolean changed = !kernel.scatters();
    while (changed) {
      changed = false;
      for (List<OpNode> nest : nests(result)) {
        for (int i = nest.size() - 1; i > 0 && !changed; i--) {
          if (canMerge(result, nest.get(i - 1), nest.get(i))) {
            result = merge(result, nest.get(i - 1), nest.get(i));
            changed = true;
          }
        }
        if (changed) {
          break;
        }
      }
    }
    return result;
  }

  private static List<List<OpNode>> nests(KernelGraph kernel) {
    List<List<OpNode>> nests = new ArrayList<>();
    nests.add(kernel.ranges());
    for (OpNode node : kernel.nodes()) {
      if (node.is(OpCode.FOLD)) {
        nests.add(node.inputs().subList(1, node.inputs().size()));
      }
    }
    return nests;
  }

  /// Whether the two only ever occur as `inner size * outer + inner`.
  private static boolean canMerge(KernelGraph kernel, OpNode outer, OpNode inner) {
    IndexAlgebra algebra = new IndexAlgebra();
    long size = inner.payload(Range.class).size();
    Set<OpNode> linear = new HashSet<>();
    for (OpNode node : kernel.nodes()) {
      if (node.is(OpCode.LOAD) || node.is(OpCode.STORE)) {
        IndexAlgebra.Sum sum = algebra.sum(node.input(1));
        if (sum.factor(outer) != size * sum.factor(inner)) {
          return false;
        }
        linear.addAll(Graph.topological(List.of(node.input(1)), n -> n.is(OpCode.ADD) || n.is(OpCode.MUL)));
      } else if (node.is(OpCode.FOLD) && node.inputs().contains(outer) != node.inputs().contains(inner)) {
        return false;
      }
    }
    // Each of the two may occur only in sums that are indices: anything else that uses them must see both apart.
    for (OpNode node : kernel.nodes()) {
      boolean uses = node.inputs().contains(outer) || node.inputs().contains(inner);
      boolean index = linear.contains(node) || node.is(OpCode.FOLD)
          || (node.is(OpCode.LOAD) || node.is(OpCode.STORE)) && node.input(0) != inner;
      if (uses && !index) {
        return false;
      }
    }
    for (OpNode node : kernel.nodes()) {
      if (!linear.contains(node) && !node.is(OpCode.FOLD) && !node.is(OpCode.LOAD) && !node.is(OpCode.STORE)) {
        for (OpNode input : node.inputs()) {
          if (linear.contains(input) && (algebra.sum(input).factor(outer) != 0 || algebra.sum(input).factor(inner) != 0)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static KernelGraph merge(KernelGraph kernel, OpNode outer, OpNode inner) {
    long size = inner.payload(Range.class).size();
    OpNode whole = IndexAlgebra.range(outer.payload(Range.class).id(), outer.payload(Range.class).size() * size);
    IndexAlgebra algebra = new IndexAlgebra();
    Map<OpNode, OpNode> pieces = new IdentityHashMap<>();
    pieces.put(outer, algebra.divide(whole, size));
    pieces.put(inner, algebra.remainder(whole, size));
    List<OpNode> ranges = new ArrayList<>();
    for (OpNode range : kernel.ranges()) {
      if (range == outer) {
        ranges.add(whole);
      } else if (range != inner) {
        ranges.add(range);
      }
    }
    return new KernelGraph(substitute(kernel.stores(), pieces), ranges, kernel.contraction(), kernel.rematerializing());
  }

  /// Numbers the outer loops from 0, then those of each FOLD from there on: loops of folds that do not contain one another share
  /// numbers where they have the same sizes.
  private static KernelGraph renumber(KernelGraph kernel) {
    Map<OpNode, OpNode> numbered = new IdentityHashMap<>();
    int next = 0;
    List<OpNode> ranges = new ArrayList<>();
    for (OpNode range : kernel.ranges()) {
      OpNode renamed = IndexAlgebra.range(next++, range.payload(Range.class).size());
      numbered.put(range, renamed);
      ranges.add(renamed);
    }
    Map<List<Object>, Integer> shared = new HashMap<>();
    for (OpNode node : kernel.nodes()) {
      if (node.is(OpCode.FOLD)) {
        List<OpNode> own = node.inputs().subList(1, node.inputs().size());
        if (own.stream().allMatch(numbered::containsKey)) {
          continue;
        }
        List<Object> key = new ArrayList<>();
        own.forEach(range -> key.add(range.payload(Range.class).size()));
        key.add(containsFold(node));
        Integer first = shared.get(key);
        if (first == null) {
          first = next;
          next += own.size();
          shared.put(key, first);
        }
        for (int i = 0; i < own.size(); i++) {
          numbered.put(own.get(i), IndexAlgebra.range(first + i, own.get(i).payload(Range.class).size()));
        }
      }
    }
    return new KernelGraph(substitute(kernel.stores(), numbered), ranges, kernel.contraction(), kernel.rematerializing());
  }

  /// How deep other folds over inner loops nest in this one's body.
  private static int containsFold(OpNode fold) {
    Set<OpNode> own = new HashSet<>(fold.inputs().subList(1, fold.inputs().size()));
    int depth = 0;
    for (OpNode node : Graph.topological(List.of(fold.input(0)))) {
      if (node.is(OpCode.FOLD) && Graph.topological(List.of(node.input(0))).stream().anyMatch(own::contains)) {
        depth++;
      }
    }
    return depth;
  }
}
