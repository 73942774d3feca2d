package org.teenygrad.engine.schedule;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.autodiff.Gradients;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;

/// From graphs as users built them to graphs over buffers.
final class Cut {
  private Cut() {}

  /// The graphs over buffers only: what is computed already is cut off, and the derivatives are spelled
  /// out.
  static List<OpNode> of(List<OpNode> roots, Replacement computed) {
    List<OpNode> assigned = substitute(roots, node -> node.is(OpCode.ASSIGN) ? Realizer.computed(node) : null);
    List<OpNode> cut = substitute(Gradients.expand(assigned), computed);
    cut.forEach(Cut::checkReadable);
    for (OpNode node : Graph.topological(cut)) {
      for (int i = node.is(OpCode.ASSIGN) ? 1 : 0; i < node.inputs().size(); i++) {
        checkReadable(node.input(i));
      }
    }
    return cut;
  }

  /// What takes a node's place, or null.
  interface Replacement {
    @Nullable OpNode of(OpNode node);
  }

  /// The roots with nodes replaced, from the top: nothing below a replaced node is looked at. A node
  /// that is rebuilt keeps what is known of its value.
  private static List<OpNode> substitute(List<OpNode> roots, Replacement replacement) {
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(roots, n -> replacement.of(n) == null)) {
      OpNode replaced = replacement.of(node);
      if (replaced == null) {
        replaced = node.withInputs(node.inputs().stream().map(n -> Objects.requireNonNull(changed.get(n))).toList());
        OpNode buffer = Realizer.computed(node);
        if (buffer != null && Realizer.computed(replaced) == null) {
          replaced.realizedAs(buffer);
        }
      }
      changed.put(node, replaced);
    }
    return roots.stream().map(root -> Objects.requireNonNull(changed.get(root))).toList();
  }

  private static void checkReadable(OpNode node) {
    if (!node.is(OpCode.BUFFER)) {
      return;
    }
    Storage storage = node.payload(Storage.class);
    if (storage.overwritten()) {
      throw new IllegalStateException(
          "the data of " + storage + " was overwritten by an assignment before this expression read it;"
              + " realize the expression before the assignment, or copy the tensor first");
    }
    if (storage.memory() == null) {
      throw new IllegalStateException("the data of " + storage + " was never written");
    }
  }
}
