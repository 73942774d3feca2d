package org.teenygrad.nanochat.model;

import java.util.List;
import org.teenygrad.AutogradFunction;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The root mean square norm of the last axis without a gain (Zhang and Sennrich, *Root Mean Square Layer Normalization*, 2019),
/// times a number. The derivative is found from the result y, which what follows needs in any case, and each row's factor f: `f
/// (scale g - y mean(g y) / scale)`. So x is not kept.
///
/// @param scale the root mean square of the results
record Norm(double scale) implements AutogradFunction {
  @Override
  public Tensor forward(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    Tensor y = x.rmsNorm(Shape.of(x.size(-1)), null, Gpt.NORM_EPS);
    return scale == 1 ? y : y.mul(scale);
  }

  @Override
  public List<Tensor> backward(List<Tensor> inputs, Tensor gradient) {
    int[] last = {-1};
    Tensor factor = inputs.getFirst().toFloat().square().mean(last, true).add(Gpt.NORM_EPS).rsqrt();
    Tensor y = forward(inputs).toFloat();
    Tensor g = gradient.toFloat();
    return List.of(factor.mul(g.mul(scale).sub(y.mul(g.mul(y).mean(last, true).div(scale)))));
  }
}
