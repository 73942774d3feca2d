package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;

/// Leaves out kernels that do nothing but put tensors one behind the other, such as the gradients of queries, keys and values for
/// the layer that made all three: each tensor is computed where it belongs in the whole.
final class Concatenation {
  private Concatenation() {}

  /// Where a buffer belongs.
  ///
  /// @param whole the buffer that it is a part of
  /// @param offset its first element there
  private record Place(OpNode whole, long offset) {}

  /// A buffer behind the elements before it.
  ///
  /// @param first its first element in the whole
  /// @param count its elements
  private record Part(int slot, long first, long count) {}

  /// @param kernels in canonical form
  /// @param movable whether a buffer may be a part of another
  /// @return the kernels that are left
  static List<KernelGraph> apply(List<KernelGraph> kernels, IntPredicate movable) {
    Map<Integer, Place> places = new HashMap<>();
    Set<KernelGraph> leftOut = new HashSet<>();
    Set<Integer> fixed = fixed(kernels);
    for (KernelGraph kernel : kernels) {
      List<Part> parts = kernel.collective() == null ? parts(kernel) : List.of();
      OpNode whole = kernel.stores().getFirst().input(0);
      Set<Integer> slots = parts.stream().map(Part::slot).collect(Collectors.toSet());
      boolean free = slots.stream().allMatch(slot -> movable.test(slot) && !fixed.contains(slot) && !places.containsKey(slot));
      if (parts.size() > 1 && slots.size() == parts.size() && free && !places.containsKey(KernelGraph.number(whole))) {
        parts.forEach(part -> places.put(part.slot, new Place(whole, part.first)));
        // A whole is no part of another: its own parts would have to move once more.
        fixed.add(KernelGraph.number(whole));
        leftOut.add(kernel);
      }
    }
    return places.isEmpty() ? kernels : kernels.stream().filter(kernel -> !leftOut.contains(kernel)).map(kernel -> moved(kernel, places)).toList();
  }

  /// The buffers that have to stay apart: those that other ranks take part in, and those that several kernels read, of which one
  /// may have to run before another part is written.
  private static Set<Integer> fixed(List<KernelGraph> kernels) {
    Set<Integer> fixed = new HashSet<>();
    Set<Integer> read = new HashSet<>();
    for (KernelGraph kernel : kernels) {
      kernel.reads().stream().filter(slot -> kernel.collective() != null || !read.add(slot)).forEach(fixed::add);
      if (kernel.collective() != null) {
        fixed.addAll(kernel.writes());
      }
    }
    return fixed;
  }

  /// The parts in order that a kernel copies; none if it does anything else.
  private static List<Part> parts(KernelGraph kernel) {
    OpNode store = kernel.stores().getFirst();
    boolean combines = store.input(2).is(OpCode.ADD) || store.input(2).is(OpCode.WHERE);
    if (kernel.stores().size() > 1 || store.inputs().size() != 3 || store.payload() != null || !combines || kernel.ranges().isEmpty()) {
      return List.of();
    }
    Copies copies = new Copies(store, kernel.ranges().getFirst());
    return copies.areKnown(store.input(2), new Steps(0, copies.steps)) ? copies.inOrder() : List.of();
  }

  /// Steps of a loop.
  private record Steps(long from, long below) {
    Steps and(Steps other) {
      return new Steps(Math.max(from, other.from), Math.min(below, other.below));
    }

    boolean isEmpty() {
      return from >= below;
    }
  }

  /// What a store copies at which steps of its outermost loop.
  private static final class Copies {
    private final IndexAlgebra algebra = new IndexAlgebra();
    private final OpNode store;
    private final OpNode outer;
    private final long steps;
    private final long stride;
    private final List<Part> parts = new ArrayList<>();

    Copies(OpNode store, OpNode outer) {
      this.store = store;
      this.outer = outer;
      steps = outer.payload(Range.class).size();
      stride = algebra.sum(store.input(1)).factor(outer);
    }

    /// Those that follow one another from the first element to the last, or none.
    List<Part> inOrder() {
      parts.sort(Comparator.comparingLong(Part::first));
      long end = 0;
      for (Part part : parts) {
        if (part.first != end) {
          return List.of();
        }
        end += part.count;
      }
      boolean all = end == stride * steps && end == store.input(0).payload(Param.class).shape().elements() && algebra.sum(store.input(1)).constant() == 0;
      return all ? parts : List.of();
    }

    /// Whether nothing but copies and zeros is added up, or chosen from, at some steps; notes the copies.
    boolean areKnown(OpNode value, Steps at) {
      if (at.isEmpty()) {
        return true;
      }
      return switch (value.op()) {
        case ADD -> areKnown(value.input(0), at) && areKnown(value.input(1), at);
        case WHERE -> {
          Steps chosen = within(value.input(0));
          boolean first = chosen != null && chosen.from == 0;
          yield chosen != null && (first || chosen.below == steps)
              && areKnown(value.input(1), at.and(chosen)) && areKnown(value.input(2), at.and(first ? new Steps(chosen.below, steps) : new Steps(0, chosen.from)));
        }
        case CONST -> value.isConstant(0);
        case LOAD -> {
          Steps shown = value.inputs().size() == 2 ? at : within(value.input(2));
          yield shown != null && isPart(value, at.and(shown));
        }
        default -> false;
      };
    }

    /// Whether a load brings all of a buffer in its own order.
    private boolean isPart(OpNode load, Steps at) {
      IndexAlgebra.Sum distance = algebra.sum(algebra.subtract(store.input(1), load.input(1)));
      long each = distance.factor(outer);
      boolean same = distance.factors().keySet().stream().allMatch(term -> term == outer) && (each == 0 || at.below - at.from == 1);
      Part part = new Part(KernelGraph.slot(load), at.from * stride, (at.below - at.from) * stride);
      parts.add(part);
      return same && distance.constant() + each * at.from == part.first && load.input(0).payload(Param.class).shape().elements() == part.count && load.dtype() == store.input(0).dtype();
    }

    /// At which steps a condition holds; null if it is about anything else.
    private @Nullable Steps within(OpNode condition) {
      if (condition.is(OpCode.WHERE) && condition.input(1) == IndexAlgebra.TRUE && condition.input(2) == IndexAlgebra.FALSE) {
        return within(condition.input(0));
      }
      if (condition.is(OpCode.AND)) {
        Steps one = within(condition.input(0));
        Steps two = within(condition.input(1));
        return one == null || two == null ? null : one.and(two);
      }
      return condition.is(OpCode.LT) && condition.input(1).is(OpCode.CONST) ? below(algebra.sum(condition.input(0)), condition.input(1).payload(Number.class).longValue()) : null;
    }

    /// At which steps a sum of loops is below a limit, if all of a step's elements agree.
    private @Nullable Steps below(IndexAlgebra.Sum sum, long limit) {
      long factor = sum.factor(outer);
      long least = sum.constant() - limit;
      long most = least;
      for (Map.Entry<OpNode, Long> term : sum.factors().entrySet()) {
        if (!term.getKey().is(OpCode.RANGE)) {
          return null;
        }
        long last = term.getKey() == outer ? 0 : term.getValue() * (term.getKey().payload(Range.class).size() - 1);
        least += Math.min(0, last);
        most += Math.max(0, last);
      }
      if (factor > 0) {
        long all = Math.floorDiv(-1 - most, factor) + 1;
        return all == Math.ceilDiv(-least, factor) ? new Steps(0, Math.clamp(all, 0, steps)) : null;
      }
      long all = factor < 0 ? Math.floorDiv(most, -factor) + 1 : 0;
      return factor < 0 && all == Math.floorDiv(least, -factor) + 1 ? new Steps(Math.clamp(all, 0, steps), steps) : null;
    }
  }

  private static KernelGraph moved(KernelGraph kernel, Map<Integer, Place> places) {
    if (kernel.nodes().stream().noneMatch(node -> node.is(OpCode.PARAM) && places.containsKey(KernelGraph.number(node)))) {
      return kernel;
    }
    IndexAlgebra algebra = new IndexAlgebra();
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : kernel.nodes()) {
      List<OpNode> inputs = new ArrayList<>(node.inputs().size());
      node.inputs().forEach(input -> inputs.add(Objects.requireNonNull(changed.get(input))));
      Place place = node.is(OpCode.LOAD) || node.is(OpCode.STORE) ? places.get(KernelGraph.slot(node)) : null;
      if (place != null) {
        inputs.set(0, place.whole);
        inputs.set(1, algebra.add(inputs.get(1), place.offset));
      }
      changed.put(node, node.withInputs(inputs));
    }
    List<OpNode> stores = kernel.stores().stream().map(store -> Objects.requireNonNull(changed.get(store))).toList();
    return new KernelGraph(stores, kernel.ranges(), kernel.contraction(), kernel.rematerializing());
  }
}
