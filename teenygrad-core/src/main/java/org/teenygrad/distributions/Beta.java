package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The beta distribution: `torch.distributions.Beta`. Samples are quotients of [Gamma]'s, without derivatives.
/// ```java
/// new Beta(Tensor.of(1f), Tensor.of(3f)).mean();   // 0.25
/// ```
/// @param concentration1 what draws towards 1, above 0
/// @param concentration0 what draws towards 0, above 0
public record Beta(Tensor concentration1, Tensor concentration0) implements Distribution {
  /// @throws IllegalArgumentException if the shapes do not broadcast
  public Beta {
    Tensor[] both = Parameters.together("beta", concentration1, concentration0);
    concentration1 = both[0];
    concentration0 = both[1];
  }

  @Override
  public Shape batchShape() {
    return concentration1.shape();
  }

  @Override
  public Tensor logProb(Tensor value) {
    return Parameters.timesLog(concentration1.sub(1), value).add(Parameters.timesLog(concentration0.sub(1), value.rsub(1))).sub(logBeta());
  }

  private Tensor logBeta() {
    return concentration1.lgamma().add(concentration0.lgamma()).sub(total().lgamma());
  }

  private Tensor total() {
    return concentration1.add(concentration0);
  }

  @Override
  public Tensor sample(int... shape) {
    Shape drawn = Parameters.drawn(shape, batchShape());
    Tensor one = GammaSamples.of(drawn, concentration1);
    return one.div(one.add(GammaSamples.of(drawn, concentration0)));
  }

  @Override
  public Tensor entropy() {
    Tensor towards = concentration1.sub(1).mul(concentration1.digamma()).add(concentration0.sub(1).mul(concentration0.digamma()));
    return logBeta().sub(towards).add(total().sub(2).mul(total().digamma()));
  }

  @Override
  public Tensor mean() {
    return concentration1.div(total());
  }

  @Override
  public Tensor variance() {
    return concentration1.mul(concentration0).div(total().square().mul(total().add(1)));
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Beta other) {
    Tensor one = concentration1.sub(other.concentration1).mul(concentration1.digamma());
    Tensor zero = concentration0.sub(other.concentration0).mul(concentration0.digamma());
    Tensor both = other.total().sub(total()).mul(total().digamma());
    return other.logBeta().sub(logBeta()).add(one).add(zero).add(both);
  }
}
