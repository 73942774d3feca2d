package org.teenygrad.serve.load;

import org.teenygrad.models.settings.Help;

/// What a [LoadGenerator] asks a server for. Lengths are drawn evenly between their limits.
public record LoadSettings(
    @Help("how many requests to send") int requests,
    @Help("how many wait for an answer at once; each answer lets the next request go") int concurrency,
    @Help("requests a second that arrive by themselves instead, at random (Poisson); 0 for --concurrency") double rate,
    @Help("tokens of a prompt at least") int minPrompt,
    @Help("tokens of a prompt at most") int maxPrompt,
    @Help("tokens of an answer at least") int minTokens,
    @Help("tokens of an answer at most") int maxTokens,
    @Help("how tokens are chosen: 0 for the likeliest") double temperature,
    @Help("what the random numbers begin with") long seed) {
  public static final LoadSettings DEFAULT = new LoadSettings(64, 8, 0, 16, 64, 16, 64, 0, 1);

  /// @throws IllegalArgumentException if a number is out of range; the message says which
  public LoadSettings {
    require(requests >= 1, "requests must be 1 or more");
    require(concurrency >= 1, "concurrency must be 1 or more");
    require(rate >= 0 && rate < Double.POSITIVE_INFINITY, "rate must be 0 or more");
    require(minPrompt >= 1 && minPrompt <= maxPrompt, "min-prompt must be 1 to max-prompt");
    require(minTokens >= 1 && minTokens <= maxTokens, "min-tokens must be 1 to max-tokens");
    require(temperature >= 0 && temperature <= 2, "temperature must be 0 to 2");
  }

  private static void require(boolean isFine, String otherwise) {
    if (!isFine) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
