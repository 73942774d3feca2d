package org.teenygrad.models.inference;

import java.util.Map;

/// How a row's tokens are chosen, in PyTorch's and vLLM's terms. The same scores, seed and position give the same token, whoever else is
/// served.
///
/// Scores get their bias and penalties, are divided by the temperature, and one of the tokens that min-p, top-k and top-p leave is drawn.
///
/// ```java
/// Sampling bold = new Sampling(1, 0, 0.95, 42).withMinP(0.05).withPenalties(new Penalties(1.1, 0, 0));
/// ```
/// @param temperature scores are divided by it: below 1 the likely gets likelier; 0 always takes the likeliest
/// @param topK only so many of the likeliest tokens are in question; 0 for all
/// @param topP of these only the likeliest that have this probability together; 1 for all (Holtzman et al., *The curious case of
///     neural text degeneration*, 2020). Tokens of equal scores are in question together, or none of them
/// @param minP only tokens with this share of the likeliest one's probability are in question; 0 for all (Nguyen et al., *Turning
///     up the heat*, 2024)
/// @param penalties what tokens lose that have been there before
/// @param logitBias is added to the scores of tokens
/// @param seed what the row's random numbers begin with
public record Sampling(double temperature, int topK, double topP, double minP, Penalties penalties, Map<Integer, Double> logitBias, long seed) {
  /// Always the likeliest token.
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0);

  /// @throws IllegalArgumentException if the temperature or top-k is negative, the temperature or a bias not finite, top-p not in
  ///     (0, 1], or min-p not in [0, 1]
  public Sampling {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the temperature must be a finite number of 0 or more, not " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top-k must be 0, for all tokens, or more, not " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p must be above 0 and at most 1, not " + topP);
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException("min-p must be at least 0 and at most 1, not " + minP);
    }
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach((token, bias) -> {
      if (!Double.isFinite(bias)) {
        throw new IllegalArgumentException("the bias of token " + token + " must be a finite number, not " + bias);
      }
    });
  }

  /// Without min-p, penalties and bias.
  public Sampling(double temperature, int topK, double topP, long seed) {
    this(temperature, topK, topP, 0, Penalties.NONE, Map.of(), seed);
  }

  /// The same with another seed: another sample.
  public Sampling withSeed(long changed) {
    return new Sampling(temperature, topK, topP, minP, penalties, logitBias, changed);
  }

  public Sampling withMinP(double changed) {
    return new Sampling(temperature, topK, topP, changed, penalties, logitBias, seed);
  }

  public Sampling withPenalties(Penalties changed) {
    return new Sampling(temperature, topK, topP, minP, changed, logitBias, seed);
  }

  /// @param changed by token
  public Sampling withLogitBias(Map<Integer, Double> changed) {
    return new Sampling(temperature, topK, topP, minP, penalties, changed, seed);
  }

  boolean isGreedy() {
    return temperature == 0;
  }

  boolean hasPenalties() {
    return !penalties.equals(Penalties.NONE);
  }
}
