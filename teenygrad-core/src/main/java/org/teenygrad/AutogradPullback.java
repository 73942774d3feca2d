package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Pullback;

/// The engine's view of an [AutogradFunction].
record AutogradPullback(AutogradFunction function) implements Pullback {
  @Override
  public List<OpNode> cotangents(List<OpNode> inputs, OpNode cotangent) {
    List<Tensor> gradients = Eager.suspended(() -> function.backward(inputs.stream().map(Tensor::wrap).toList(), Tensor.wrap(cotangent)));
    if (gradients.size() != inputs.size()) {
      throw new IllegalArgumentException(function + ": backward gives " + gradients.size() + " gradients for " + inputs.size() + " inputs");
    }
    List<OpNode> cotangents = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      OpNode input = inputs.get(i);
      Tensor gradient = gradients.get(i);
      if (input.dtype().isFloating() && !gradient.shape().equals(input.shape())) {
        throw new IllegalArgumentException(function + ": the gradient of input " + i + " is " + gradient.shape() + ", the input " + input.shape());
      }
      cotangents.add(input.dtype().isFloating() ? gradient.cast(input.dtype()).node() : gradient.node());
    }
    return cotangents;
  }
}
