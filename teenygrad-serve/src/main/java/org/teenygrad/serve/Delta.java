package org.teenygrad.serve;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.inference.GeneratedToken;

/// What a choice has become longer by.
///
/// @param text what was said
/// @param part a tool's call or answer that has become complete; null for none
/// @param tokens those that the text was made of
/// @param finishReason `stop`, `length` or `tool_calls`; null if more will come
record Delta(int choice, String text, @Nullable MessagePart part, List<GeneratedToken> tokens, @Nullable String finishReason) {
  Delta {
    tokens = List.copyOf(tokens);
  }

  /// Whether there is nothing to show.
  boolean isEmpty() {
    return text.isEmpty() && part == null && finishReason == null;
  }
}
