package org.teenygrad.nanochat.chat;

/// How a [Chat] answers. The defaults are those of nanochat's chat_cli.
///
/// @param temperature 0 for the likeliest tokens
/// @param topK of how many of the likeliest tokens one is drawn; 0 for all
/// @param maxNewTokens of an answer at most
/// @param seed what the first answer's random numbers begin with; each answer has others
public record ChatOptions(double temperature, int topK, int maxNewTokens, long seed) {
  public static final ChatOptions DEFAULT = new ChatOptions(0.6, 50, 256, 42);

  /// @throws IllegalArgumentException if a number is out of range; the message says which
  public ChatOptions {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("temperature must be a finite number of 0 or more, not " + temperature);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top-k must be 0 (all tokens) or more, not " + topK);
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("max-new-tokens must be at least 1, not " + maxNewTokens);
    }
  }

  public ChatOptions withTemperature(double changed) {
    return new ChatOptions(changed, topK, maxNewTokens, seed);
  }

  public ChatOptions withTopK(int changed) {
    return new ChatOptions(temperature, changed, maxNewTokens, seed);
  }
}
