package org.teenygrad.models.inference;

import java.util.List;

/// What has been added to a text.
///
/// @param tokens all of them, the one that ends the row included
public record Completion(List<GeneratedToken> tokens, Reason reason) {
  /// Why a row ended.
  public enum Reason {
    /// Its last token says so.
    STOP,
    /// As many tokens were added as were asked for, or as the model has positions for.
    LENGTH,
    /// Somebody [cancelled][Generation#cancel] it.
    CANCELLED
  }

  public Completion {
    tokens = List.copyOf(tokens);
  }

  /// The tokens of the text: without the one that ended the row.
  public int[] text() {
    int count = reason == Reason.STOP ? tokens.size() - 1 : tokens.size();
    return tokens.stream().limit(count).mapToInt(GeneratedToken::token).toArray();
  }
}
