package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// x where it is positive, else x times a slope that is random in [Mode#TRAINING] and the middle of its range in [Mode#EVALUATION] (Xu et
/// al., 2015): PyTorch's `nn.RReLU`.
///
/// ```java
/// Mode.EVALUATION.call(() -> new RReLU(0.25, 0.75).forward(Tensor.of(-8f, 2f)));   // [-4.  2.]
/// ```
public record RReLU(double lower, double upper) implements Layer {
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.rrelu(lower, upper, Mode.current() == Mode.TRAINING));
  }

  @Override
  public String toString() {
    return tree();
  }
}
