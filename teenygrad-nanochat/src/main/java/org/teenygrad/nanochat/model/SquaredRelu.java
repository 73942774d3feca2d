package org.teenygrad.nanochat.model;

import java.util.List;
import org.teenygrad.AutogradFunction;
import org.teenygrad.Tensor;

/// `max(x, 0)` squared (So et al., *Primer*, 2021). Its slope, `2 max(x, 0)`, is found from the result, which the next layer's
/// derivative needs in any case: x is not kept, which would be a fifth of a training step's memory. Of the slope itself no
/// derivative is to be taken.
enum SquaredRelu implements AutogradFunction {
  FUNCTION;

  @Override
  public Tensor forward(List<Tensor> inputs) {
    return inputs.getFirst().relu().square();
  }

  @Override
  public List<Tensor> backward(List<Tensor> inputs, Tensor gradient) {
    return List.of(gradient.mul(forward(inputs).sqrt().mul(2)));
  }
}
