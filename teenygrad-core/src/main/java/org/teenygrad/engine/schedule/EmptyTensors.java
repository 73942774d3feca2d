package org.teenygrad.engine.schedule;

import java.util.List;
import java.util.Objects;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.engine.ir.Uniform;

/// Replaces what is computed from tensors without elements by the constants that it is.
final class EmptyTensors {
  private EmptyTensors() {}

  static List<OpNode> apply(List<OpNode> roots) {
    var changed = Graph.map(roots, EmptyTensors::constant);
    return roots.stream().map(root -> Objects.requireNonNull(changed.get(root))).toList();
  }

  private static OpNode constant(OpNode node) {
    if (node.shape().elements() == 0 || node.inputs().stream().allMatch(input -> input.shape().elements() > 0)) {
      return node;
    }
    return switch (node.op()) {
      case REDUCE -> neutral(node);
      case LOGSUMEXP -> Uniform.of(node.dtype(), node.shape(), Double.NEGATIVE_INFINITY);
      case PAD, GATHER -> Uniform.of(node.dtype(), node.shape(), 0);
      case SCATTER -> node.input(0);
      default -> throw new IllegalStateException(node + " has elements, but its inputs have none");
    };
  }

  private static OpNode neutral(OpNode reduce) {
    Object value = Semantics.identity(reduce.payload(Reduction.class).combine(), reduce.dtype());
    return Uniform.broadcast(OpNode.create(OpCode.CONST, reduce.dtype(), List.of(), value), reduce.shape());
  }
}
