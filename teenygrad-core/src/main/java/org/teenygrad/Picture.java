package org.teenygrad;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Diagram;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// The expression graph of a tensor with values and gradients, as the book draws it.
final class Picture {
  private static final int SMALL_GRAPH = 64;
  private static final int SMALL_TENSOR = 8;

  private Picture() {}

  /// @param names those of parameters
  /// @param views whether RESHAPE, EXPAND and the like are drawn
  static String dot(Tensor root, Map<String, Tensor> names, boolean views) {
    return drawn(root, names, views).dot();
  }

  /// As [#dot], with what the boxes stand for.
  static Diagram.Drawn drawn(Tensor root, Map<String, Tensor> names, boolean views) {
    List<OpNode> nodes = Graph.topological(List.of(root.node()));
    boolean small = nodes.size() <= SMALL_GRAPH && nodes.stream().allMatch(Picture::isSmall);
    Map<OpNode, Tensor> values = new LinkedHashMap<>();
    Map<OpNode, Tensor> gradients = new LinkedHashMap<>();
    for (OpNode node : nodes) {
      if (isSmall(node) && !node.is(OpCode.CONST) && (Tensor.wrap(node).isRealized() || small && !node.is(OpCode.BUFFER))) {
        values.put(node, Tensor.wrap(node));
      }
      Tensor gradient = small && !node.is(OpCode.CONST) ? gradient(root, node) : null;
      if (gradient != null) {
        gradients.put(node, gradient);
      }
    }
    List<Tensor> shown = new ArrayList<>(values.values());
    shown.addAll(gradients.values());
    Tensor.realize(shown);
    return new Diagram(named(nodes, names), node -> label(values.get(node), gradients.get(node)), views).drawn(List.of(root.node()));
  }

  /// The nodes that stand for tensors with names.
  private static Map<OpNode, String> named(List<OpNode> nodes, Map<String, Tensor> names) {
    Map<Tensor, String> byTensor = new IdentityHashMap<>();
    Map<OpNode, String> named = new IdentityHashMap<>();
    names.forEach((name, tensor) -> {
      byTensor.putIfAbsent(tensor, name);
      named.putIfAbsent(tensor.node(), name);
    });
    for (OpNode node : nodes) {
      Tensor parameter = Leaves.at(node);
      String name = parameter == null ? null : byTensor.get(parameter);
      if (name != null) {
        named.put(node, name);
      }
    }
    return named;
  }

  /// What a parameter has collected; elsewhere the derivative of a scalar root.
  private static @Nullable Tensor gradient(Tensor root, OpNode node) {
    Tensor parameter = Leaves.at(node);
    if (parameter != null && parameter.hasGrad()) {
      return parameter.grad();
    }
    boolean derivable = root.numel() == 1 && root.dtype().isFloating() && Leaves.isTracked(node);
    return derivable ? Gradient.of(root, Tensor.wrap(node)) : null;
  }

  private static @Nullable String label(@Nullable Tensor value, @Nullable Tensor gradient) {
    if (value == null && gradient == null) {
      return null;
    }
    return (value == null ? "" : "value " + value + "\n") + (gradient == null ? "" : "grad " + gradient);
  }

  private static boolean isSmall(OpNode node) {
    return node.shape().elements() <= SMALL_TENSOR;
  }
}
