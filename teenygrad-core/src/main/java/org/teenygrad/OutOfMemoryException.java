package org.teenygrad;

/// A device has no room for a buffer; the message names the sizes and what to lower.
public final class OutOfMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutOfMemoryException(String message) {
    super(message);
  }
}
