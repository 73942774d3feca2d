package org.teenygrad.engine.runtime.llvm;

/// What LLVM did not accept, in LLVM's words, or why LLVM could not be loaded.
public final class LlvmException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  public LlvmException(String message) {
    super(message);
  }

  public LlvmException(String message, Throwable cause) {
    super(message, cause);
  }
}
