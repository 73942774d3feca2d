package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Gradients into parameters. [Gradient] has the functional form.
sealed interface Differentiable permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// Adds the derivative of this scalar with respect to every parameter below it to that parameter's [Tensor#grad()].
  /// Nothing is computed yet: gradients are tensors as lazy as others. PyTorch's `backward`.
  /// ```java
  /// var w = Tensor.of(3f).requiresGrad();
  /// w.square().backward();
  /// w.grad();   // 6.0
  /// ```
  /// @throws IllegalStateException if this is not one floating number, or depends on no parameter
  /// @see #backward(boolean)
  default void backward() {
    backward(false);
  }

  /// As [#backward()]; with `createGraph` the gradients are expressions of the parameters, so that they can be differentiated
  /// again. PyTorch's `backward(create_graph=True)`.
  /// ```java
  /// var w = Tensor.of(3f).requiresGrad();
  /// w.pow(3).backward(true);
  /// var slope = w.grad();   // 27.0
  /// w.zeroGrad();
  /// slope.backward();
  /// w.grad();   // 18.0
  /// ```
  /// [Gradient#of] does the same without adding to [Tensor#grad()].
  /// @throws IllegalStateException if this is not one floating number, or depends on no parameter
  default void backward(boolean createGraph) {
    if (self().numel() != 1) {
      throw new IllegalStateException(
          "backward: needs a scalar, not shape " + self().shape()
              + "; reduce it with sum() or mean(), or call backward(cotangent)");
    }
    backward(Tensor.full(self().shape(), 1, self().dtype()), createGraph);
  }

  /// As [#backward()] of `this.mul(cotangent).sum()`.
  /// @param cotangent the derivative of something with respect to this tensor; has its shape
  /// @throws IllegalArgumentException if it has another shape
  /// @throws IllegalStateException if this is not floating, or depends on no parameter
  default void backward(Tensor cotangent) {
    backward(cotangent, false);
  }

  /// As [#backward(Tensor)], with gradients that can be differentiated again if `createGraph`.
  /// @param cotangent the derivative of something with respect to this tensor; has its shape
  /// @throws IllegalArgumentException if it has another shape
  /// @throws IllegalStateException if this is not floating, or depends on no parameter
  default void backward(Tensor cotangent, boolean createGraph) {
    Tensor y = self();
    Gradient.requireCotangent("backward", y, cotangent);
    Map<Tensor, Set<OpNode>> leaves = Leaves.below(y.node());
    if (leaves.isEmpty()) {
      throw new IllegalStateException(
          "backward: depends on no parameter; call requiresGrad() on tensors before computing with them,"
              + " and backward(true) where its gradients are to be differentiated again");
    }
    OpNode seed = cotangent.cast(y.dtype()).node();
    List<Tensor> grads = new ArrayList<>();
    leaves.forEach(
        (leaf, nodes) -> {
          for (OpNode node : nodes) {
            OpNode gradient = OpNode.of(OpCode.GRADIENT, y.node(), node, seed);
            leaf.addToGrad(Tensor.wrap(createGraph ? gradient : OpNode.of(OpCode.DETACH, gradient)));
          }
          grads.add(leaf.grad());
        });
    if (Eager.enabled()) {
      Tensor.realize(grads);
    }
  }

  /// The expression graph as Graphviz DOT, to be drawn by `dot -Tsvg`: each node with its operation, type and shape, coloured by the
  /// kind of operation. Constants stand where they are read, and views (RESHAPE, EXPAND...) are left out.
  ///
  /// Small graphs (64 nodes, none with more than 8 elements) also show each node's value and, where it leads to a
  /// parameter, the gradient of this tensor with respect to it; both are computed for the picture. Larger ones show
  /// the values that are there.
  /// ```java
  /// Tensor.of(1f, 2f).mul(3).toDot().startsWith("digraph");   // true
  /// ```
  default String toDot() {
    return toDot(Map.of(), false);
  }

  /// As [#toDot()], with names for parameters and a frame for each module that the names tell of.
  /// ```java
  /// model.forward(x).sum().toDot(model.namedParameters(), false).contains("weight");   // true
  /// ```
  /// @param names such as `h.0.attn.weight`, each of a tensor that this one is computed from; others are ignored
  /// @param views whether views are drawn, and constants and products that are summed have boxes of their own
  default String toDot(Map<String, Tensor> names, boolean views) {
    return Picture.dot(self(), names, views);
  }
}
