package org.teenygrad;

/// Another rank of a program has died, has stopped or does not come to where the others wait; the message names it. Nothing can be
/// exchanged any more: what is to be done is to end, and to begin again with the last checkpoint.
public final class RankFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RankFailedException(String message) {
    super(message);
  }
}
