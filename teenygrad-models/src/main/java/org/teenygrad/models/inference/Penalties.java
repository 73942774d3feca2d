package org.teenygrad.models.inference;

/// What a token's score loses because it has been there before, in vLLM's terms.
///
/// @param repetition scores of tokens of the prompt or the answer are divided by it where positive and multiplied where negative
///     (Keskar et al., *CTRL*, 2019); 1 for none
/// @param presence is subtracted from the scores of all tokens of the answer, once each; 0 for none
/// @param frequency is subtracted as often as the token is in the answer; 0 for none
public record Penalties(double repetition, double presence, double frequency) {
  public static final Penalties NONE = new Penalties(1, 0, 0);

  /// @throws IllegalArgumentException if the repetition penalty is not positive, or one of them not finite
  public Penalties {
    if (!(repetition > 0 && repetition < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the repetition penalty must be a finite number above 0, not " + repetition);
    }
    if (!Double.isFinite(presence) || !Double.isFinite(frequency)) {
      throw new IllegalArgumentException("presence and frequency penalty must be finite numbers, not " + presence + " and " + frequency);
    }
  }
}
