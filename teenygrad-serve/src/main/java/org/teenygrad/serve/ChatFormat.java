package org.teenygrad.serve;

import java.util.List;
import java.util.function.Supplier;
import org.teenygrad.models.inference.RowState;

/// How a model wants conversations written as tokens.
public interface ChatFormat {
  /// The tokens that ask for the assistant's next words.
  /// @throws IllegalArgumentException if the messages are no conversation that can be answered
  int[] prompt(List<ChatMessage> messages);

  /// What follows an answer's tokens.
  /// @param callsTools whether the model's tools are called as it asks for them; else an answer ends with its first call
  Supplier<RowState> answering(boolean callsTools);

  /// Whether the model calls a tool of its own, a calculator.
  boolean hasCalculator();

  /// What a token is to a reader.
  TokenKind kind(int token);
}
