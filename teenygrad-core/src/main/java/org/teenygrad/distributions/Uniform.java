package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// All numbers of an interval alike: `torch.distributions.Uniform`.
/// ```java
/// new Uniform(Tensor.of(0f), Tensor.of(4f)).entropy();   // 1.3862944
/// ```
/// @param low the least values
/// @param high what values stay below
public record Uniform(Tensor low, Tensor high) implements Distribution {
  /// @throws IllegalArgumentException if the shapes do not broadcast
  public Uniform {
    Tensor[] both = Parameters.together("uniform", low, high);
    low = both[0];
    high = both[1];
  }

  @Override
  public Shape batchShape() {
    return low.shape();
  }

  /// -infinity outside of the interval.
  @Override
  public Tensor logProb(Tensor value) {
    Tensor width = high.sub(low);
    return value.ge(low).and(value.lt(high)).where(width.log().neg(), Double.NEGATIVE_INFINITY);
  }

  /// With derivatives by the parameters.
  @Override
  public Tensor sample(int... shape) {
    return Parameters.uniform(Parameters.drawn(shape, batchShape()), low).mul(high.sub(low)).add(low);
  }

  @Override
  public Tensor entropy() {
    return high.sub(low).log();
  }

  @Override
  public Tensor mean() {
    return high.add(low).div(2);
  }

  @Override
  public Tensor variance() {
    return high.sub(low).square().div(12);
  }

  /// How likely values up to this are.
  public Tensor cdf(Tensor value) {
    return value.sub(low).div(high.sub(low)).clamp(0, 1);
  }

  /// The Kullback-Leibler divergence of this from another; infinite where that one's interval does not hold this one's.
  public Tensor kl(Uniform other) {
    Tensor within = other.low.le(low).and(other.high.ge(high));
    return within.where(other.high.sub(other.low).div(high.sub(low)).log(), Double.POSITIVE_INFINITY);
  }
}
