package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// 1 or 0: `torch.distributions.Bernoulli`. Samples have no derivatives.
/// ```java
/// Bernoulli.ofProbabilities(Tensor.of(0.25f)).mean();   // 0.25
/// ```
/// @param logits `log(p / (1 - p))` of the probabilities p of a 1
public record Bernoulli(Tensor logits) implements Distribution {
  public Bernoulli {
    logits = Parameters.floating(logits);
  }

  @Override
  public Shape batchShape() {
    return logits.shape();
  }

  /// @param probabilities in (0, 1); nearer than float32 can tell to an end they count as that far from it, as in PyTorch
  public static Bernoulli ofProbabilities(Tensor probabilities) {
    Tensor p = Parameters.floating(probabilities).clamp(Categorical.precision(probabilities), 1 - Categorical.precision(probabilities));
    return new Bernoulli(p.log().sub(p.neg().log1p()));
  }

  public static Bernoulli ofLogits(Tensor logits) {
    return new Bernoulli(logits);
  }

  @Override
  public Tensor logProb(Tensor value) {
    return value.mul(logits).sub(logits.softplus());
  }

  @Override
  public Tensor sample(int... shape) {
    Shape drawn = Parameters.drawn(shape, batchShape());
    return Parameters.uniform(drawn, logits).lt(logits.detach().sigmoid()).cast(logits.dtype());
  }

  @Override
  public Tensor entropy() {
    return logits.softplus().sub(logits.mul(mean()));
  }

  /// The probabilities.
  @Override
  public Tensor mean() {
    return logits.sigmoid();
  }

  @Override
  public Tensor variance() {
    return logits.sigmoid().mul(logits.neg().sigmoid());
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Bernoulli other) {
    Tensor yes = mean().mul(other.logits.neg().softplus().sub(logits.neg().softplus()));
    return yes.add(logits.neg().sigmoid().mul(other.logits.softplus().sub(logits.softplus())));
  }
}
