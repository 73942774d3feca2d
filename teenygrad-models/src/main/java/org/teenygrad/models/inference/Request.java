package org.teenygrad.models.inference;

import java.util.function.Consumer;
import java.util.function.Supplier;

/// A text to be continued. Requests for the same text that begin together, such as several samples with a seed each, have it read once.
///
/// @param prompt at least one token
/// @param maxNewTokens how many tokens to add at most
/// @param alternatives for how many of the likeliest tokens log-probabilities are told beside each generated token; 0 for none
/// @param drafts how many tokens are guessed at a time from what the text had before, and read at once: the same tokens, sooner
///     where texts repeat themselves; 0 for none
/// @param state makes what follows the row's tokens
/// @param sink is told each token as soon as the host knows it, in the engine's thread
public record Request(
    int[] prompt, int maxNewTokens, Sampling sampling, int alternatives, int drafts, Supplier<RowState> state, Consumer<GeneratedToken> sink) {
  /// More [alternatives][#alternatives] cannot be asked for; vLLM's limit, and OpenAI's, is 20.
  public static final int MOST_ALTERNATIVES = 32;

  /// More are hardly ever right together.
  public static final int MOST_DRAFTS = 32;

  /// @throws IllegalArgumentException if the prompt is empty, less than one token is asked for, or the number of alternatives or
  ///     drafts is negative or above [#MOST_ALTERNATIVES] or [#MOST_DRAFTS]
  public Request {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("there is nothing to continue: the prompt is empty");
    }
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("at least 1 new token must be asked for, not " + maxNewTokens);
    }
    if (alternatives < 0 || alternatives > MOST_ALTERNATIVES) {
      throw new IllegalArgumentException("from 0 to " + MOST_ALTERNATIVES + " alternatives may be asked for, not " + alternatives);
    }
    if (drafts < 0 || drafts > MOST_DRAFTS) {
      throw new IllegalArgumentException("from 0 to " + MOST_DRAFTS + " tokens may be guessed at a time, not " + drafts);
    }
    prompt = prompt.clone();
  }

  /// Tokens up to the maximum, told nobody before all are there.
  public static Request of(int[] prompt, int maxNewTokens, Sampling sampling) {
    return new Request(prompt, maxNewTokens, sampling, 0, 0, RowState.endingWith(), token -> {});
  }

  public Request withState(Supplier<RowState> changed) {
    return new Request(prompt, maxNewTokens, sampling, alternatives, drafts, changed, sink);
  }

  public Request withSink(Consumer<GeneratedToken> changed) {
    return new Request(prompt, maxNewTokens, sampling, alternatives, drafts, state, changed);
  }

  public Request withSampling(Sampling changed) {
    return new Request(prompt, maxNewTokens, changed, alternatives, drafts, state, sink);
  }

  public Request withAlternatives(int changed) {
    return new Request(prompt, maxNewTokens, sampling, changed, drafts, state, sink);
  }

  public Request withDrafts(int changed) {
    return new Request(prompt, maxNewTokens, sampling, alternatives, changed, state, sink);
  }
}
