package org.teenygrad.models.nanogpt;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.teenygrad.data.CounterRandom;

/// Chooses the next token from the scores of all.
///
/// The same scores and random numbers give the same token on every machine.
public final class Sampler {
  /// How bold the choice is.
  ///
  /// @param temperature scores are divided by it: below 1 the likely gets likelier; 0 always takes the likeliest
  /// @param topK only this many of the likeliest tokens are in question; 0 for all
  /// @param topP only the likeliest tokens are in question whose probabilities add up to this; 1 for all (Holtzman et al.,
  ///     *The curious case of neural text degeneration*, 2020)
  public record Settings(double temperature, int topK, double topP) {
    /// As nanoGPT samples.
    public static final Settings DEFAULT = new Settings(0.8, 200, 1);

    /// @throws IllegalArgumentException if the temperature or top-k is negative, the temperature not finite, or top-p not in (0, 1]
    public Settings {
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
  }

  private final Settings settings;
  private final CounterRandom random;

  public Sampler(Settings settings, CounterRandom random) {
    this.settings = settings;
    this.random = random;
  }

  /// @param logits a score for each token
  /// @throws IllegalArgumentException if a score is NaN
  int choose(float... logits) {
    for (float logit : logits) {
      if (Float.isNaN(logit)) {
        throw new IllegalArgumentException("the model's scores are not numbers (NaN): its training has diverged");
      }
    }
    // By falling score; equal scores by number, as sorting is stable.
    int[] tokens = IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble(token -> -logits[token]))
        .mapToInt(Integer::intValue)
        .toArray();
    if (settings.temperature() == 0) {
      return tokens[0];
    }
    int candidates = settings.topK() == 0 ? tokens.length : Math.min(settings.topK(), tokens.length);
    double[] weights = new double[candidates];
    double sum = 0;
    for (int i = 0; i < candidates; i++) {
      weights[i] = StrictMath.exp(((double) logits[tokens[i]] - logits[tokens[0]]) / settings.temperature());
      sum += weights[i];
    }
    double nucleus = 0;
    for (int i = 0; i < candidates && settings.topP() < 1; i++) {
      nucleus += weights[i];
      if (nucleus >= settings.topP() * sum) {
        candidates = i + 1;
        sum = nucleus;
      }
    }
    double drawn = random.nextDouble() * sum;
    for (int i = 0; i < candidates - 1; i++) {
      drawn -= weights[i];
      if (drawn < 0) {
        return tokens[i];
      }
    }
    return tokens[candidates - 1];
  }
}
