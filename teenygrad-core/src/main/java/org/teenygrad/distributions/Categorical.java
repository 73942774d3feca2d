package org.teenygrad.distributions;

import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// One of several classes: `torch.distributions.Categorical`. Samples are int64, without derivatives.
/// ```java
/// Categorical.ofProbabilities(Tensor.of(1f, 3f)).sample(5).shape();   // (5,)
/// ```
/// @param logits (..., classes), logarithms of the probabilities; the constructor brings their sums to 1
public record Categorical(Tensor logits) implements Distribution {
  /// @throws IllegalArgumentException if there is no axis of classes
  public Categorical {
    logits = Parameters.normalized(Parameters.floating(logits));
  }

  @Override
  public Shape batchShape() {
    return logits.select(-1, 0).shape();
  }

  /// @param probabilities (..., classes), not negative; divided by their sums
  public static Categorical ofProbabilities(Tensor probabilities) {
    Tensor p = Parameters.floating(probabilities);
    double least = precision(p);
    return new Categorical(p.div(p.sum(-1, true)).clamp(least, 1 - least).log());
  }

  /// The distance from 1 to the next number.
  static double precision(Tensor p) {
    return p.dtype() == DType.FLOAT64 ? 0x1p-52 : 0x1p-23;
  }

  /// (..., classes)
  public Tensor probabilities() {
    return logits.exp();
  }

  /// @param value classes, integers
  /// @throws IllegalArgumentException if the shapes do not broadcast
  @Override
  public Tensor logProb(Tensor value) {
    Tensor classes = value.cast(DType.INT64).unsqueeze(-1);
    int[] each = Parameters.together("categorical", classes.select(-1, 0), logits.select(-1, 0))[0].shape().toArray();
    Tensor all = logits.broadcastTo(Parameters.drawn(each, Shape.of(logits.size(-1))));
    return all.gather(-1, classes.broadcastTo(Parameters.drawn(each, Shape.of(1)))).squeeze(-1);
  }

  /// The largest of the logarithms with Gumbel's noise each (Gumbel, 1954).
  @Override
  public Tensor sample(int... shape) {
    Tensor noise = Parameters.uniform(Parameters.drawn(shape, logits.shape()), logits).log().neg().log();
    return logits.detach().sub(noise).argmax(-1);
  }

  @Override
  public Tensor entropy() {
    return logits.clampMin(-Float.MAX_VALUE).mul(probabilities()).sum(-1).neg();
  }

  /// NaN: classes have no mean.
  @Override
  public Tensor mean() {
    return Tensor.full(batchShape(), Double.NaN, logits.dtype());
  }

  /// NaN: classes have no variance.
  @Override
  public Tensor variance() {
    return mean();
  }

  /// The Kullback-Leibler divergence of this from another.
  public Tensor kl(Categorical other) {
    return probabilities().mul(logits.sub(other.logits)).sum(-1);
  }
}
