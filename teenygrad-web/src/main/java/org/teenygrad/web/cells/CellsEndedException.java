package org.teenygrad.web.cells;

/// The process of a page's cells is gone, and with it what they declared; its message says why.
public final class CellsEndedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param message for the reader
  public CellsEndedException(String message) {
    super(message);
  }
}
