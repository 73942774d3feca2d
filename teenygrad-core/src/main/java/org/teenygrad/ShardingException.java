package org.teenygrad;

/// Distributed tensors lie on their mesh in a way that an operation cannot take; the message says what would mend it.
public final class ShardingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ShardingException(String message) {
    super(message);
  }
}
