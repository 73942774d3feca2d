package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The normal distribution: `torch.distributions.Normal`.
/// ```java
/// new Normal(Tensor.of(0f), Tensor.of(2f)).variance();   // 4.0
/// ```
/// @param loc the means
/// @param scale the standard deviations, above 0
public record Normal(Tensor loc, Tensor scale) implements Distribution {
  /// @throws IllegalArgumentException if the shapes do not broadcast
  public Normal {
    Tensor[] both = Parameters.together("normal", loc, scale);
    loc = both[0];
    scale = both[1];
  }

  @Override
  public Shape batchShape() {
    return loc.shape();
  }

  @Override
  public Tensor logProb(Tensor value) {
    return value.sub(loc).square().div(scale.square().mul(2)).neg().sub(scale.log()).sub(0.5 * Math.log(2 * Math.PI));
  }

  /// With derivatives by the parameters.
  @Override
  public Tensor sample(int... shape) {
    return Parameters.normal(Parameters.drawn(shape, batchShape()), loc).mul(scale).add(loc);
  }

  @Override
  public Tensor entropy() {
    return scale.log().add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }

  @Override
  public Tensor mean() {
    return loc.add(0);
  }

  @Override
  public Tensor variance() {
    return scale.square();
  }

  /// How likely values up to this are.
  public Tensor cdf(Tensor value) {
    return value.sub(loc).div(scale).mul(Math.sqrt(0.5)).erf().add(1).mul(0.5);
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Normal other) {
    Tensor ratio = scale.div(other.scale).square();
    return ratio.add(loc.sub(other.loc).div(other.scale).square()).sub(1).sub(ratio.log()).mul(0.5);
  }
}
