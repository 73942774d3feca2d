package org.teenygrad.nanochat.tokenizer;

import java.util.Locale;

/// Tokens that no text encodes to. They are the last of the vocabulary, in this order.
public enum SpecialToken {
  /// Begins each document.
  BOS,
  USER_START,
  USER_END,
  ASSISTANT_START,
  ASSISTANT_END,
  /// The assistant calls its tool.
  PYTHON_START,
  PYTHON_END,
  /// What the tool answers.
  OUTPUT_START,
  OUTPUT_END;

  /// As it is written: `<|user_start|>`.
  public String text() {
    return "<|" + name().toLowerCase(Locale.ROOT) + "|>";
  }
}
