package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The gamma distribution: `torch.distributions.Gamma`.
///
/// Samples are Marsaglia and Tsang's (*A Simple Method for Generating Gamma Variables*, 2000): of several candidates that are drawn
/// at once the first that is accepted, all on the device. They have no derivatives by the parameters.
/// ```java
/// new Gamma(Tensor.of(3f), Tensor.of(2f)).mean();   // 1.5
/// ```
/// @param concentration the shapes, above 0
/// @param rate the inverse scales, above 0
public record Gamma(Tensor concentration, Tensor rate) implements Distribution {
  /// @throws IllegalArgumentException if the shapes do not broadcast
  public Gamma {
    Tensor[] both = Parameters.together("gamma", concentration, rate);
    concentration = both[0];
    rate = both[1];
  }

  @Override
  public Shape batchShape() {
    return concentration.shape();
  }

  @Override
  public Tensor logProb(Tensor value) {
    return Parameters.timesLog(concentration, rate).add(Parameters.timesLog(concentration.sub(1), value)).sub(rate.mul(value)).sub(concentration.lgamma());
  }

  @Override
  public Tensor sample(int... shape) {
    return GammaSamples.of(Parameters.drawn(shape, batchShape()), concentration).div(rate.detach());
  }

  @Override
  public Tensor entropy() {
    Tensor a = concentration;
    return a.sub(rate.log()).add(a.lgamma()).add(a.rsub(1).mul(a.digamma()));
  }

  @Override
  public Tensor mean() {
    return concentration.div(rate);
  }

  @Override
  public Tensor variance() {
    return concentration.div(rate.square());
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Gamma other) {
    Tensor t1 = other.concentration.mul(rate.div(other.rate).log());
    Tensor t2 = other.concentration.lgamma().sub(concentration.lgamma());
    Tensor t3 = concentration.sub(other.concentration).mul(concentration.digamma());
    return t1.add(t2).add(t3).add(other.rate.sub(rate).mul(concentration.div(rate)));
  }
}
