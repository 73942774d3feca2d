package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpNode;

/// One element of a tensor-level node as a kernel needs it: at which index, and where that index means anything.
///
/// The values of a group form the graph that [Lowering] turns into the kernel's body.
final class Value {
  final OpNode node;
  /// One INT64 expression of the kernel's ranges for each axis.
  final List<OpNode> index;
  /// Where false, the index may be outside the tensor and the element counts as 0.
  final OpNode valid;
  final Group group;
  /// What the element is computed from; empty for an element that is loaded.
  final List<Value> inputs = new ArrayList<>();
  /// The loops of a REDUCE.
  List<OpNode> foldRanges = List.of();
  /// What is true where a PAD's or GATHER's element comes from its input and is not 0.
  OpNode inside = IndexAlgebra.TRUE;

  Value(OpNode node, List<OpNode> index, OpNode valid, Group group) {
    this.node = node;
    this.index = index;
    this.valid = valid;
    this.group = group;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Value that && node == that.node && group == that.group && valid == that.valid && index.equals(that.index);
  }

  @Override
  public int hashCode() {
    return Objects.hash(node, index, valid);
  }
}
