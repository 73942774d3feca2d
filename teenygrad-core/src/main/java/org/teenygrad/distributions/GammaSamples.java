package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Samples of gamma distributions of rate 1 (Marsaglia and Tsang, *A Simple Method for Generating Gamma Variables*, 2000).
final class GammaSamples {
  /// A candidate is refused with a probability of 5 % at most, so that all of them are once in 10^15.
  private static final int CANDIDATES = 12;

  private GammaSamples() {}

  /// @param concentration broadcasts to the shape
  static Tensor of(Shape shape, Tensor concentration) {
    Tensor a = concentration.detach().broadcastTo(shape);
    Tensor small = a.lt(1);
    Tensor d = small.where(a.add(1), a).sub(1.0 / 3);
    Tensor c = d.mul(9).rsqrt();
    Tensor result = d; // the mode, in case that no candidate is accepted
    for (int i = 0; i < CANDIDATES; i++) {
      Tensor x = Parameters.normal(shape, a);
      Tensor v = x.mul(c).add(1).pow(3);
      Tensor positive = v.gt(0);
      Tensor bound = x.square().mul(0.5).add(d).sub(d.mul(v)).add(d.mul(positive.where(v, 1).log()));
      Tensor accepted = positive.and(Parameters.uniform(shape, a).log().lt(bound));
      result = accepted.where(d.mul(v), result);
    }
    // Below 1 a sample of a + 1 times a uniform number to the power of 1 / a.
    Tensor boost = Parameters.uniform(shape, a).log().div(a).exp();
    return small.where(result.mul(boost), result);
  }
}
