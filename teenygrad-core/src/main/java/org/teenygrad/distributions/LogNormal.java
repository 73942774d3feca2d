package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The exponential of what is normally distributed: `torch.distributions.LogNormal`.
/// ```java
/// new LogNormal(Tensor.of(0f), Tensor.of(1f)).logProb(Tensor.of(1f));   // -0.9189385
/// ```
/// @param loc the logarithms' means
/// @param scale the logarithms' standard deviations, above 0
public record LogNormal(Tensor loc, Tensor scale) implements Distribution {
  /// @throws IllegalArgumentException if the shapes do not broadcast
  public LogNormal {
    Tensor[] both = Parameters.together("logNormal", loc, scale);
    loc = both[0];
    scale = both[1];
  }

  @Override
  public Shape batchShape() {
    return loc.shape();
  }

  private Normal logarithm() {
    return new Normal(loc, scale);
  }

  @Override
  public Tensor logProb(Tensor value) {
    return logarithm().logProb(value.log()).sub(value.log());
  }

  /// With derivatives by the parameters.
  @Override
  public Tensor sample(int... shape) {
    return logarithm().sample(shape).exp();
  }

  @Override
  public Tensor entropy() {
    return logarithm().entropy().add(loc);
  }

  @Override
  public Tensor mean() {
    return loc.add(scale.square().div(2)).exp();
  }

  @Override
  public Tensor variance() {
    return scale.square().expm1().mul(loc.mul(2).add(scale.square()).exp());
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(LogNormal other) {
    return logarithm().kl(other.logarithm());
  }
}
