package org.teenygrad.serve;

/// What a token is to a reader of the text that it stands in.
public enum TokenKind {
  /// A piece of text.
  TEXT,
  /// A call of a tool begins.
  CALL_BEGIN,
  /// The call is complete.
  CALL_END,
  /// What the tool answers begins.
  RESULT_BEGIN,
  /// The tool's answer is complete.
  RESULT_END,
  /// Any other that is not read.
  CONTROL
}
