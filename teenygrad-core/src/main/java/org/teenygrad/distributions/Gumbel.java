package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// The distribution of the largest of many values: `torch.distributions.Gumbel`.
/// ```java
/// new Gumbel(Tensor.of(0f), Tensor.of(1f)).logProb(Tensor.of(0f));   // -1.0
/// ```
/// @param loc the most likely values
/// @param scale how wide, above 0
public record Gumbel(Tensor loc, Tensor scale) implements Distribution {
  /// @throws IllegalArgumentException if the shapes do not broadcast
  public Gumbel {
    Tensor[] both = Parameters.together("gumbel", loc, scale);
    loc = both[0];
    scale = both[1];
  }

  @Override
  public Shape batchShape() {
    return loc.shape();
  }

  private static final double EULER = 0.57721566490153286061;

  @Override
  public Tensor logProb(Tensor value) {
    Tensor y = loc.sub(value).div(scale);
    return y.sub(y.exp()).sub(scale.log());
  }

  /// With derivatives by the parameters.
  @Override
  public Tensor sample(int... shape) {
    return loc.sub(scale.mul(Parameters.uniform(Parameters.drawn(shape, batchShape()), loc).log().neg().log()));
  }

  @Override
  public Tensor entropy() {
    return scale.log().add(1 + EULER);
  }

  @Override
  public Tensor mean() {
    return scale.mul(EULER).add(loc);
  }

  @Override
  public Tensor variance() {
    return scale.square().mul(Math.PI * Math.PI / 6);
  }
}
