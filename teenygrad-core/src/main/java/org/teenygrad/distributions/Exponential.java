package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The exponential distribution: `torch.distributions.Exponential`.
/// ```java
/// new Exponential(Tensor.of(2f)).mean();   // 0.5
/// ```
/// @param rate one over the means, above 0
public record Exponential(Tensor rate) implements Distribution {
  public Exponential {
    rate = Parameters.floating(rate);
  }

  @Override
  public Shape batchShape() {
    return rate.shape();
  }

  @Override
  public Tensor logProb(Tensor value) {
    return rate.log().sub(rate.mul(value));
  }

  /// With derivatives by the parameters.
  @Override
  public Tensor sample(int... shape) {
    return Parameters.uniform(Parameters.drawn(shape, batchShape()), rate).log().neg().div(rate);
  }

  @Override
  public Tensor entropy() {
    return rate.log().rsub(1);
  }

  @Override
  public Tensor mean() {
    return rate.reciprocal();
  }

  @Override
  public Tensor variance() {
    return rate.square().reciprocal();
  }

  /// How likely values up to this are.
  public Tensor cdf(Tensor value) {
    return rate.mul(value).neg().expm1().neg();
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Exponential other) {
    Tensor ratio = other.rate.div(rate);
    return ratio.log().neg().add(ratio).sub(1);
  }
}
