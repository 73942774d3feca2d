package org.teenygrad;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.engine.autodiff.ForwardMode;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Derivatives as functions from tensors to tensors. Results are lazy, and can be differentiated again.
///
/// ```java
/// Tensor x = Tensor.of(3f).requiresGrad();
/// Tensor y = x.pow(3);
/// Tensor dy = Gradient.of(y, x);     // 27.0
/// Tensor ddy = Gradient.of(dy, x);   // 18.0
/// ```
/// Once a tensor is computed, its expression is forgotten unless it depends on a tensor with [Tensor#requiresGrad()]:
/// mark `x` so where you look at values in between. Derivatives that were lost are refused, never wrong.
public final class Gradient {
  private Gradient() {}

  /// The derivative of a scalar with respect to a tensor, of the tensor's shape. PyTorch's `autograd.grad`.
  public static Tensor of(Tensor loss, Tensor wrt) {
    return of(loss, List.of(wrt)).getFirst();
  }

  /// The derivatives of a scalar with respect to several tensors, from one backward sweep.
  public static List<Tensor> of(Tensor loss, Tensor first, Tensor second, Tensor... more) {
    List<Tensor> wrt = new ArrayList<>(List.of(first, second));
    wrt.addAll(List.of(more));
    return of(loss, wrt);
  }

  /// The derivatives of a scalar with respect to a list of tensors.
  /// @throws IllegalArgumentException if the loss is not one floating number, or does not depend on one of the tensors
  public static List<Tensor> of(Tensor loss, List<Tensor> wrt) {
    if (loss.numel() != 1) {
      throw new IllegalArgumentException(
          "Gradient.of: needs a scalar, not shape " + loss.shape()
              + "; reduce it with sum(), or use Gradient.vjp with a cotangent");
    }
    return vjp(loss, Tensor.full(loss.shape(), 1, loss.dtype()), wrt);
  }

  /// Reverse mode: the derivatives of `output.mul(cotangent).sum()`.
  /// @throws IllegalArgumentException if the cotangent has another shape than the output, or the output does not depend on a tensor
  public static List<Tensor> vjp(Tensor output, Tensor cotangent, List<Tensor> wrt) {
    requireCotangent("Gradient.vjp", output, cotangent);
    OpNode seed = cotangent.cast(output.dtype()).node();
    List<Tensor> gradients = new ArrayList<>();
    for (Tensor tensor : wrt) {
      if (!tensor.dtype().isFloating()) {
        throw new IllegalArgumentException(
            "Gradient: " + tensor.dtype() + " " + tensor.shape() + " has no derivative; only floating types do");
      }
      if (!Leaves.isReachable(output.node(), tensor.node())) {
        throw new IllegalArgumentException(
            "Gradient: the output does not depend on the " + tensor.dtype() + " " + tensor.shape()
                + " tensor; if it did before it was computed, call requiresGrad() on that tensor first");
      }
      gradients.add(Tensor.wrap(OpNode.of(OpCode.GRADIENT, output.node(), tensor.node(), seed)));
    }
    return gradients;
  }

  /// Forward mode: how `output` changes when `input` moves along `tangent`, which has its shape.
  public static Tensor jvp(Tensor output, Tensor input, Tensor tangent) {
    return jvp(output, List.of(input), List.of(tangent));
  }

  /// Forward mode along a tangent for each of several inputs.
  /// @throws IllegalArgumentException if there is not one tangent for each input, of its shape
  public static Tensor jvp(Tensor output, List<Tensor> inputs, List<Tensor> tangents) {
    if (inputs.size() != tangents.size()) {
      throw new IllegalArgumentException(
          "Gradient.jvp: " + tangents.size() + " tangents for " + inputs.size() + " inputs");
    }
    Map<OpNode, OpNode> byInput = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      requireCotangent("Gradient.jvp", inputs.get(i), tangents.get(i));
      byInput.put(inputs.get(i).node(), tangents.get(i).cast(inputs.get(i).dtype()).node());
    }
    return Tensor.wrap(ForwardMode.jvp(output.node(), byInput));
  }

  static void requireCotangent(String name, Tensor y, Tensor cotangent) {
    if (!y.dtype().isFloating()) {
      throw new IllegalStateException(name + ": " + y.dtype() + " has no derivative; only floating types do");
    }
    if (!cotangent.shape().equals(y.shape())) {
      throw new IllegalArgumentException(
          name + ": a direction of shape " + cotangent.shape() + " for a tensor of shape " + y.shape());
    }
  }
}
