package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The double exponential distribution: `torch.distributions.Laplace`.
/// ```java
/// new Laplace(Tensor.of(0f), Tensor.of(1f)).variance();   // 2.0
/// ```
/// @param loc the means
/// @param scale the mean distances from them, above 0
public record Laplace(Tensor loc, Tensor scale) implements Distribution {
  /// @throws IllegalArgumentException if the shapes do not broadcast
  public Laplace {
    Tensor[] both = Parameters.together("laplace", loc, scale);
    loc = both[0];
    scale = both[1];
  }

  @Override
  public Shape batchShape() {
    return loc.shape();
  }

  @Override
  public Tensor logProb(Tensor value) {
    return scale.mul(2).log().neg().sub(value.sub(loc).abs().div(scale));
  }

  /// With derivatives by the parameters.
  @Override
  public Tensor sample(int... shape) {
    Tensor u = Parameters.uniform(Parameters.drawn(shape, batchShape()), loc).mul(2).sub(1);
    return loc.sub(scale.mul(u.sign()).mul(u.abs().neg().log1p()));
  }

  @Override
  public Tensor entropy() {
    return scale.mul(2).log().add(1);
  }

  @Override
  public Tensor mean() {
    return loc.add(0);
  }

  @Override
  public Tensor variance() {
    return scale.square().mul(2);
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Laplace other) {
    Tensor ratio = scale.div(other.scale);
    Tensor far = loc.sub(other.loc).abs();
    return ratio.log().neg().add(far.div(other.scale)).add(ratio.mul(far.div(scale).neg().exp())).sub(1);
  }
}
