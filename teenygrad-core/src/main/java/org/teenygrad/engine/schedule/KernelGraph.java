package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Totals;

/// One kernel on the level of loops: stores over ranges, whose PARAM slots are numbers of the schedule's buffers.
///
/// @param stores what it writes, each over the first of `ranges` or all of them
/// @param ranges the outer loops, outermost first, without those of one iteration
/// @param contraction whether it is built around a matrix product
/// @param rematerializing roots of the groups that compute sums of products which no memory is to hold
/// @param nodes all that the stores are made of, inputs before users
/// @param writes the buffers that it writes
/// @param reads the buffers that it reads, in place combination included
record KernelGraph(
    List<OpNode> stores, List<OpNode> ranges, boolean contraction, Set<OpNode> rematerializing, List<OpNode> nodes, Set<Integer> writes, Set<Integer> reads) {

  /// What follows from the stores is kept: merging asks each kernel for it many times.
  KernelGraph(List<OpNode> stores, List<OpNode> ranges, boolean contraction, Set<OpNode> rematerializing) {
    this(stores, ranges, contraction, rematerializing, Graph.topological(stores), new LinkedHashSet<>(), new LinkedHashSet<>());
    stores.forEach(store -> writes.add(slot(store)));
    for (OpNode node : nodes) {
      if (node.is(OpCode.LOAD) || node.is(OpCode.STORE) && isScattered(node)) {
        reads.add(slot(node));
      }
    }
  }

  boolean hasFold() {
    return nodes.stream().anyMatch(node -> node.is(OpCode.FOLD));
  }

  /// Whether it writes where data says, so that its loops have an order.
  boolean scatters() {
    return stores.stream().anyMatch(KernelGraph::isScattered);
  }

  /// Whether it takes rows as a whole, so that it has to itself the threads that share one.
  boolean takesRows() {
    return nodes.stream().anyMatch(node -> node.op().group() == OpCode.Group.ROW);
  }

  /// What it does with other ranks, or null if it is a kernel of this one alone.
  @Nullable Collective collective() {
    return stores.getFirst().input(2).op().group() == OpCode.Group.COLLECTIVE ? stores.getFirst().input(2).payload(Collective.class) : null;
  }

  private static boolean isScattered(OpNode store) {
    return !Totals.is(store) && (store.payload() != null || store.inputs().size() > 3);
  }

  List<Long> sizes() {
    List<Long> sizes = new ArrayList<>();
    ranges.forEach(range -> sizes.add(range.payload(Range.class).size()));
    return sizes;
  }

  /// The number of the buffer behind a LOAD or STORE.
  static int slot(OpNode access) {
    return number(access.input(0));
  }

  /// The number of a buffer.
  static int number(OpNode param) {
    return param.payload(Param.class).slot();
  }
}
