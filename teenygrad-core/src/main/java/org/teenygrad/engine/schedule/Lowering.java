package org.teenygrad.engine.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;

/// Turns a group of tensor-level nodes into a kernel: what was an element of a tensor becomes a scalar expression of loop
/// counters, with LOADs at the group's borders and FOLDs for its reductions.
final class Lowering {
  private final Group group;
  private final ToIntFunction<OpNode> slots;
  private final Map<Value, OpNode> lowered = new HashMap<>();

  private Lowering(Group group, ToIntFunction<OpNode> slots) {
    this.group = group;
    this.slots = slots;
  }

  /// The kernels of a group: one, or two for a SCATTER (its base, then the source).
  /// @param slots the number of the buffer of every node that has one
  static List<KernelGraph> kernels(Group group, ToIntFunction<OpNode> slots) {
    Lowering lowering = new Lowering(group, slots);
    Value root = group.value(group.computed, group.ranges, IndexAlgebra.TRUE);
    lowering.lower(root);
    return lowering.stores(root);
  }

  private List<KernelGraph> stores(Value root) {
    OpNode target = param(group.root);
    OpNode offset = Group.offset(group.algebra, group.computed.shape(), group.ranges);
    List<OpNode> loops = group.ranges.stream().filter(range -> range.is(OpCode.RANGE)).toList();
    if (!group.computed.is(OpCode.SCATTER)) {
      OpNode value = Objects.requireNonNull(lowered.get(root));
      return List.of(finish(List.of(OpNode.of(OpCode.STORE, target, offset, value)), loops));
    }
    OpNode base = Objects.requireNonNull(lowered.get(root.inputs.get(0)));
    Scatter scatter = group.computed.payload(Scatter.class);
    OpNode position = OpNode.create(OpCode.CAST, DType.INT64, List.of(Objects.requireNonNull(lowered.get(root.inputs.get(1)))), null);
    OpNode valid = inBounds(position, group.root.shape().size(scatter.axis()));
    List<OpNode> index = new ArrayList<>(root.foldRanges);
    index.set(scatter.axis(), OpNode.of(OpCode.WHERE, valid, position, IndexAlgebra.ZERO));
    OpNode at = Group.offset(group.algebra, group.root.shape(), index);
    OpNode source = Objects.requireNonNull(lowered.get(root.inputs.get(2)));
    List<OpNode> used = Graph.topological(List.of(at, source, valid));
    List<OpNode> sourceLoops = new ArrayList<>(root.foldRanges.stream().filter(range -> range.is(OpCode.RANGE)).toList());
    List<OpNode> repetitions = sourceLoops.stream().filter(range -> !used.contains(range)).toList();
    if (scatter.combine() != null && !repetitions.isEmpty()) {
      // The same element to the same place, several times.
      source = OpNode.of(OpCode.FOLD, scatter.combine(), Stream.concat(Stream.of(source), repetitions.stream()).toList());
      sourceLoops.removeAll(repetitions);
    }
    OpNode store = OpNode.of(OpCode.STORE, scatter.combine(), List.of(target, at, source, valid));
    return List.of(finish(List.of(OpNode.of(OpCode.STORE, target, offset, base)), loops), finish(List.of(store), sourceLoops));
  }

  private static OpNode inBounds(OpNode position, long size) {
    OpNode notNegative = OpNode.of(OpCode.LT, IndexAlgebra.constant(-1), position);
    return OpNode.of(OpCode.AND, notNegative, OpNode.of(OpCode.LT, position, IndexAlgebra.constant(size)));
  }

  /// Puts the elements in for the stand-ins of data-dependent indices, until none is left: an element may contain another.
  private KernelGraph finish(List<OpNode> stores, List<OpNode> loops) {
    List<OpNode> before;
    List<OpNode> result = stores;
    do {
      before = result;
      for (Map.Entry<OpNode, Value> entry : group.dataIndices.entrySet()) {
        OpNode placeholder = entry.getKey();
        OpNode element = lowered.get(entry.getValue());
        if (element != null) {
          OpNode position = element.dtype() == DType.INT64 ? element : OpNode.create(OpCode.CAST, DType.INT64, List.of(element), null);
          Map<OpNode, OpNode> replacements = new IdentityHashMap<>();
          replacements.put(DataIndex.inRange(placeholder), inBounds(position, placeholder.payload(Range.class).size()));
          replacements.put(placeholder, position);
          result = result.stream().map(store -> Graph.substitute(store, replacements)).toList();
        }
      }
    } while (!result.equals(before));
    return new KernelGraph(result, loops, group.contraction != null, group.rematerializes ? Set.of(group.root) : Set.of());
  }

  private void lower(Value root) {
    ArrayDeque<Value> stack = new ArrayDeque<>();
    stack.push(root);
    while (!stack.isEmpty()) {
      Value value = stack.peek();
      if (lowered.containsKey(value)) {
        stack.pop();
        continue;
      }
      boolean ready = true;
      for (Value input : value.inputs) {
        if (!lowered.containsKey(input)) {
          stack.push(input);
          ready = false;
        }
      }
      if (ready) {
        lowered.put(value, expression(value));
        stack.pop();
      }
    }
  }

  private OpNode param(OpNode node) {
    return OpNode.create(OpCode.PARAM, node.dtype(), List.of(), new Param(slots.applyAsInt(node), node.shape()));
  }

  private OpNode expression(Value value) {
    OpNode node = value.node;
    return switch (node.op()) {
      case CONST -> node;
      case ARANGE -> OpNode.create(OpCode.CAST, node.dtype(), List.of(value.index.getFirst()), null);
      case PAD, GATHER -> {
        if (value.inputs.isEmpty()) {
          yield value.inside == IndexAlgebra.FALSE ? OpNode.constant(node.dtype(), 0) : load(value);
        }
        OpNode zero = OpNode.constant(node.dtype(), 0);
        OpNode inner = input(value, value.inputs.size() - 1);
        boolean masked = value.inside == IndexAlgebra.TRUE || inner.is(OpCode.LOAD);
        yield masked ? inner : OpNode.of(OpCode.WHERE, value.inside, inner, zero);
      }
      default -> {
        if (value.inputs.isEmpty()) {
          yield load(value);
        }
        yield switch (node.op().group()) {
          case MOVEMENT, MEMORY -> input(value, 0);
          case REDUCE -> fold(value);
          case ROW -> row(value);
          case INDEX -> input(value, 0);
          case COLLECTIVE -> OpNode.of(node.op(), node.payload(), List.of(input(value, 0)));
          default -> OpNode.create(node.op(), node.dtype(), value.inputs.stream().map(lowered::get).toList(), node.payload());
        };
      }
    };
  }

  private OpNode input(Value value, int i) {
    return Objects.requireNonNull(lowered.get(value.inputs.get(i)));
  }

  private OpNode load(Value value) {
    OpNode offset = Group.offset(group.algebra, value.node.shape(), value.index);
    return value.valid == IndexAlgebra.TRUE
        ? OpNode.of(OpCode.LOAD, param(value.node), offset)
        : OpNode.of(OpCode.LOAD, param(value.node), offset, value.valid);
  }

  private OpNode row(Value value) {
    boolean scans = value.node.is(OpCode.SCAN);
    int axis = scans ? value.node.payload(Reduction.class).axes().getFirst() : value.index.size() - 1;
    OpNode range = value.index.get(axis);
    Object payload = scans ? value.node.payload(Reduction.class).combine() : value.node.payload(Order.class);
    return range.is(OpCode.RANGE) ? OpNode.of(value.node.op(), payload, List.of(input(value, 0), range)) : input(value, 0);
  }

  private OpNode fold(Value value) {
    OpCode combine = value.node.is(OpCode.LOGSUMEXP) ? OpCode.LOGSUMEXP : value.node.payload(Reduction.class).combine();
    OpNode body = input(value, 0);
    if (value.foldRanges.isEmpty()) {
      return body;
    }
    List<OpNode> inputs = new ArrayList<>();
    inputs.add(body);
    inputs.addAll(value.foldRanges);
    return OpNode.of(OpCode.FOLD, combine, inputs);
  }
}
