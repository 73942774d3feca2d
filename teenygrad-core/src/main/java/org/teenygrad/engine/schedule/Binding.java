package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Semantics;

/// A kernel apart from the memory that it works on, so that kernels that do the same to different data are the same node and are
/// compiled once.
///
/// PARAMs are renumbered from 0. Constant offsets into them become part of the arguments: the steps of a recurrent network, each of
/// which reads its own slice of one buffer, share their kernels.
///
/// @param sink the stores, over PARAM slots from 0
/// @param arguments what these slots stand for
/// @param kernel as it was, over the schedule's slots
record Binding(OpNode sink, List<Argument> arguments, KernelGraph kernel) {
  /// The memory of a slot of the schedule, from an offset on.
  ///
  /// @param offset in bytes, a multiple of [#ALIGNMENT]
  record Argument(int slot, long offset) {}

  /// In bytes. Kernels rely on addresses that vectors of 64 bytes can be read from.
  private static final int ALIGNMENT = 64;

  /// Renumbers the PARAMs of a kernel: those that are written first, then the others as they occur.
  static Binding of(KernelGraph kernel) {
    Set<Integer> order = new LinkedHashSet<>(kernel.writes());
    Map<Integer, Long> offsets = new HashMap<>();
    for (OpNode node : kernel.nodes()) {
      if (node.is(OpCode.PARAM)) {
        order.add(node.payload(Param.class).slot());
      } else if (node.is(OpCode.LOAD) || node.is(OpCode.STORE)) {
        // A load under a mask reads the first element where the mask is false: there must be one.
        long last = Math.max(0, node.input(0).payload(Param.class).shape().elements() - 1);
        offsets.merge(KernelGraph.slot(node), Math.min(last, constantTerm(node.input(1))), Math::min);
      }
    }
    List<Integer> slots = List.copyOf(order);
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    long[] bytes = new long[slots.size()];
    for (OpNode node : kernel.nodes()) {
      List<OpNode> inputs = new ArrayList<>(node.inputs().size());
      for (OpNode input : node.inputs()) {
        inputs.add(Objects.requireNonNull(changed.get(input)));
      }
      if (node.is(OpCode.LOAD) || node.is(OpCode.STORE)) {
        int unit = ALIGNMENT / node.input(0).dtype().bytes();
        long offset = Math.max(0, Objects.requireNonNull(offsets.get(KernelGraph.slot(node)))) / unit * unit;
        bytes[slots.indexOf(KernelGraph.slot(node))] = offset * node.input(0).dtype().bytes();
        inputs.set(1, before(inputs.get(1), offset));
      }
      changed.put(node, node.is(OpCode.PARAM) ? renumbered(node, slots) : node.withInputs(inputs));
    }
    List<Argument> arguments = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      arguments.add(new Argument(slots.get(i), bytes[i]));
    }
    List<OpNode> stores = kernel.stores().stream().map(store -> Objects.requireNonNull(changed.get(store))).toList();
    return new Binding(OpNode.of(OpCode.SINK, null, stores), arguments, kernel);
  }

  private static OpNode renumbered(OpNode node, List<Integer> slots) {
    Param param = node.payload(Param.class);
    return OpNode.create(OpCode.PARAM, node.dtype(), List.of(), new Param(slots.indexOf(param.slot()), param.shape()));
  }

  /// The constant of an index, which [IndexAlgebra] puts last.
  private static long constantTerm(OpNode index) {
    if (index.is(OpCode.CONST)) {
      return Semantics.toLong(index.payload(Object.class));
    }
    return index.is(OpCode.ADD) && index.input(1).is(OpCode.CONST) ? Semantics.toLong(index.input(1).payload(Object.class)) : 0;
  }

  /// An index that counts from `offset` on.
  private static OpNode before(OpNode index, long offset) {
    if (offset == 0) {
      return index;
    }
    OpNode rest = IndexAlgebra.constant(constantTerm(index) - offset);
    if (index.is(OpCode.CONST)) {
      return rest;
    }
    return rest == IndexAlgebra.ZERO ? index.input(0) : OpNode.of(OpCode.ADD, index.input(0), rest);
  }

  /// The schedule's slots in the order of the kernel's.
  List<Integer> slots() {
    return arguments.stream().map(Argument::slot).toList();
  }
}
