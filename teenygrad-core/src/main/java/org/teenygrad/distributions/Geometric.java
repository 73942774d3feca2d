package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// How often 0 comes before the first 1: `torch.distributions.Geometric`. Samples have no derivatives.
/// ```java
/// new Geometric(Tensor.of(0.25f)).mean();   // 3.0
/// ```
/// @param probabilities those of a 1, in (0, 1]
public record Geometric(Tensor probabilities) implements Distribution {
  public Geometric {
    probabilities = Parameters.floating(probabilities);
  }

  @Override
  public Shape batchShape() {
    return probabilities.shape();
  }

  @Override
  public Tensor logProb(Tensor value) {
    return value.eq(0).where(0, value.mul(probabilities.neg().log1p())).add(probabilities.log());
  }

  @Override
  public Tensor sample(int... shape) {
    return Parameters.uniform(Parameters.drawn(shape, batchShape()), probabilities).log().div(probabilities.detach().neg().log1p()).floor();
  }

  @Override
  public Tensor entropy() {
    Bernoulli one = Bernoulli.ofProbabilities(probabilities);
    return one.entropy().div(probabilities);
  }

  @Override
  public Tensor mean() {
    return probabilities.reciprocal().sub(1);
  }

  @Override
  public Tensor variance() {
    return mean().div(probabilities);
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Geometric other) {
    return entropy().neg().sub(mean().mul(other.probabilities.neg().log1p())).sub(other.probabilities.log());
  }
}
