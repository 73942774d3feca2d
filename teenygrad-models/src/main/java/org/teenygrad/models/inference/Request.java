package org.teenygrad.models.inference;

import java.util.function.Consumer;
import java.util.function.Supplier;

/// A text to be continued. Requests for the same text that begin together, such as several samples with a seed each, have it read once.
///
/// @param prompt at least one token
/// @param maxNewTokens how many tokens to add at most
/// @param state makes what follows the row's tokens
/// @param sink is told each token as soon as the host knows it, in the engine's thread
public record Request(int[] prompt, int maxNewTokens, Sampling sampling, Supplier<RowState> state, Consumer<GeneratedToken> sink) {
  /// @throws IllegalArgumentException if the prompt is empty, or less than one token is asked for
  public Request {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("there is nothing to continue: the prompt is empty");
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("at least 1 new token must be asked for, not " + maxNewTokens);
    }
    prompt = prompt.clone();
  }

  /// Tokens up to the maximum, told nobody before all are there.
  public static Request of(int[] prompt, int maxNewTokens, Sampling sampling) {
    return new Request(prompt, maxNewTokens, sampling, RowState.endingWith(), token -> {});
  }

  public Request withState(Supplier<RowState> changed) {
    return new Request(prompt, maxNewTokens, sampling, changed, sink);
  }

  public Request withSink(Consumer<GeneratedToken> changed) {
    return new Request(prompt, maxNewTokens, sampling, state, changed);
  }

  public Request withSampling(Sampling changed) {
    return new Request(prompt, maxNewTokens, changed, state, sink);
  }
}
