package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Probabilities of several classes: `torch.distributions.Dirichlet`. Samples are [Gamma]'s over their sums, without derivatives.
/// ```java
/// new Dirichlet(Tensor.of(1f, 3f)).mean();   // [0.25 0.75]
/// ```
/// @param concentration (..., classes), above 0
public record Dirichlet(Tensor concentration) implements Distribution {
  /// @throws IllegalArgumentException if there is no axis of classes
  public Dirichlet {
    if (concentration.rank() < 1) {
      throw new IllegalArgumentException("dirichlet: takes (..., classes), not a scalar");
    }
    concentration = Parameters.floating(concentration);
  }

  @Override
  public Shape batchShape() {
    return concentration.select(-1, 0).shape();
  }

  @Override
  public Shape eventShape() {
    return Shape.of(concentration.size(-1));
  }

  /// @param value (..., classes) whose sums are 1
  @Override
  public Tensor logProb(Tensor value) {
    return Parameters.timesLog(concentration.sub(1), value).sum(-1).sub(logBeta());
  }

  private Tensor logBeta() {
    return concentration.lgamma().sum(-1).sub(total().lgamma());
  }

  private Tensor total() {
    return concentration.sum(-1);
  }

  @Override
  public Tensor sample(int... shape) {
    Tensor drawn = GammaSamples.of(Parameters.drawn(shape, concentration.shape()), concentration);
    return drawn.div(drawn.sum(-1, true));
  }

  @Override
  public Tensor entropy() {
    int classes = concentration.size(-1);
    return logBeta().add(total().sub(classes).mul(total().digamma())).sub(concentration.sub(1).mul(concentration.digamma()).sum(-1));
  }

  @Override
  public Tensor mean() {
    return concentration.div(concentration.sum(-1, true));
  }

  @Override
  public Tensor variance() {
    Tensor total = concentration.sum(-1, true);
    return concentration.mul(total.sub(concentration)).div(total.square().mul(total.add(1)));
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Dirichlet other) {
    Tensor between = concentration.sub(other.concentration).mul(concentration.digamma().sub(concentration.sum(-1, true).digamma())).sum(-1);
    return other.logBeta().sub(logBeta()).add(between);
  }
}
