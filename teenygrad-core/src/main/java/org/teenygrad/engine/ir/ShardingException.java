package org.teenygrad.engine.ir;

/// Tensors lie on a mesh in a way that an operation cannot take; the message says what would mend it.
public final class ShardingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  ShardingException(String message) {
    super(message);
  }
}
