package org.teenygrad.models.inference;

/// How a row's tokens are chosen, in PyTorch's and vLLM's terms. The same scores, seed and position give the same token, whoever else is
/// served.
///
/// @param temperature scores are divided by it: below 1 the likely gets likelier; 0 always takes the likeliest
/// @param topK only so many of the likeliest tokens are in question; 0 for all
/// @param topP of these only the likeliest that have this probability together; 1 for all (Holtzman et al., *The curious case of neural text
///     degeneration*, 2020). Tokens of equal scores are in question together, or none of them
/// @param seed what the row's random numbers begin with
public record Sampling(double temperature, int topK, double topP, long seed) {
  /// Always the likeliest token.
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0);

  /// @throws IllegalArgumentException if the temperature or top-k is negative, the temperature not finite, or top-p not in (0, 1]
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
  }

  /// The same with another seed: another sample.
  public Sampling withSeed(long changed) {
    return new Sampling(temperature, topK, topP, changed);
  }

  boolean isGreedy() {
    return temperature == 0;
  }
}
