package org.teenygrad.engine.runtime;

/// A part of another buffer, which it keeps alive.
public record Slice(Buffer whole, long offset, long bytes) implements Buffer {
  @Override
  public long address() {
    return whole.address() + offset;
  }

  /// Does nothing: the memory belongs to the whole.
  @Override
  public void free() {}
}
