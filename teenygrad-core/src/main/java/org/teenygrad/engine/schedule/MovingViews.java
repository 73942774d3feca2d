package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Slices whose offset changes from step to step, such as `x.slice(0, i * 64, (i + 1) * 64)`: the offset becomes data that a kernel
/// reads, so that one schedule serves them all.
///
/// A [GraphKey] leaves the offsets of SHRINKs and PADs out. The first schedule of a structure has them as constants; a step that
/// differs from it in some has another one made, in which those are elements of a vector and the views GATHERs.
final class MovingViews {
  /// The views with offsets, in the order of the key's offsets: as many as the view has axes each.
  private final List<OpNode> views;
  private final BitSet moving;
  private final OpNode offsets;

  /// @param moving the places among all offsets that are data
  /// @param offsets int64 (as many as are moving)
  MovingViews(List<OpNode> views, BitSet moving, OpNode offsets) {
    this.views = views;
    this.moving = moving;
    this.offsets = offsets;
  }

  /// Whether a node has offsets that may move.
  static boolean hasOffsets(OpNode node) {
    return node.is(OpCode.SHRINK) || node.is(OpCode.PAD);
  }

  /// The graphs with GATHERs in place of views that move. A node that is rebuilt keeps what is known of its value.
  List<OpNode> replaced(List<OpNode> roots) {
    Map<OpNode, Integer> first = new IdentityHashMap<>();
    int place = 0;
    for (OpNode view : views) {
      first.put(view, place);
      place += view.shape().rank();
    }
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(roots, GraphKey::derivativesGoThrough)) {
      OpNode rebuilt = node;
      if (GraphKey.derivativesGoThrough(node)) {
        rebuilt = node.withInputs(node.inputs().stream().map(input -> Objects.requireNonNull(changed.get(input))).toList());
        Integer begin = first.get(node);
        rebuilt = begin == null ? rebuilt : view(node, rebuilt.input(0), begin);
        OpNode buffer = Realizer.computed(node);
        if (rebuilt != node && buffer != null && Realizer.computed(rebuilt) == null) {
          rebuilt.realizedAs(buffer);
        }
      }
      changed.put(node, rebuilt);
    }
    return roots.stream().map(root -> Objects.requireNonNull(changed.get(root))).toList();
  }

  private OpNode view(OpNode view, OpNode input, int begin) {
    Bounds bounds = view.payload(Bounds.class);
    boolean pads = view.is(OpCode.PAD);
    List<Integer> still = new ArrayList<>(); // where the view does not move
    List<Integer> stillEnd = new ArrayList<>();
    for (int axis = 0; axis < bounds.rank(); axis++) {
      boolean moves = moving.get(begin + axis);
      still.add(moves ? 0 : bounds.first(axis));
      stillEnd.add(!moves ? bounds.second(axis) : pads ? 0 : input.shape().size(axis));
    }
    OpNode result = OpNode.of(view.op(), new Bounds(still, stillEnd), List.of(input));
    for (int axis = 0; axis < bounds.rank(); axis++) {
      if (moving.get(begin + axis)) {
        Shape shape = result.shape().with(axis, view.shape().size(axis));
        OpNode own = OpNode.create(OpCode.ARANGE, DType.INT64, List.of(), view.shape().size(axis));
        OpNode index = OpNode.of(pads ? OpCode.SUB : OpCode.ADD, along(own, axis, shape), along(offset(begin + axis), axis, shape));
        result = OpNode.of(OpCode.GATHER, axis, List.of(result, index));
      }
    }
    return result;
  }

  /// A vector of int64 along an axis of a shape.
  private static OpNode along(OpNode vector, int axis, Shape shape) {
    int[] alone = new int[shape.rank()];
    Arrays.fill(alone, 1);
    alone[axis] = vector.shape().size(0);
    return OpNode.of(OpCode.EXPAND, shape, List.of(OpNode.of(OpCode.RESHAPE, Shape.of(alone), List.of(vector))));
  }

  /// (1): the offset at a place.
  private OpNode offset(int place) {
    int number = moving.get(0, place).cardinality();
    return OpNode.of(OpCode.SHRINK, new Bounds(List.of(number), List.of(number + 1)), List.of(offsets));
  }
}
