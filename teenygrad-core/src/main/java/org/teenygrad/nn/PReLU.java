package org.teenygrad.nn;

import org.teenygrad.Tensor;

/// x where it is positive, else a learned weight times x (He et al., 2015): PyTorch's `nn.PReLU`.
///
/// ```java
/// PReLU.of(1).forward(Tensor.of(-8f, 2f));   // [-2.  2.]
/// ```
/// @param weight (channels) for axis 1, or one number
public record PReLU(Tensor weight) implements Layer {
  /// Weights of 0.25, as PyTorch starts them.
  /// @param channels how many weights; 1 for one of all channels
  public static PReLU of(int channels) {
    return new PReLU(((Init) shape -> Tensor.ones(shape).mul(0.25)).parameter(channels));
  }

  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, x.prelu(weight));
  }

  @Override
  public String toString() {
    return tree();
  }
}
