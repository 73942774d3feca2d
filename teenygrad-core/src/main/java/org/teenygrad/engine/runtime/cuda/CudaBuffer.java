package org.teenygrad.engine.runtime.cuda;

import java.lang.ref.Cleaner;
import org.teenygrad.engine.runtime.Buffer;

/// Memory of a GPU.
final class CudaBuffer implements Buffer {
  private static final Cleaner CLEANER = Cleaner.create();

  private final long address;
  private final long bytes;
  private final Cleaner.Cleanable release;

  /// @param release gives the memory back; runs once, and must not refer to this buffer
  CudaBuffer(long address, long bytes, Runnable release) {
    this.address = address;
    this.bytes = bytes;
    this.release = CLEANER.register(this, release);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long address() {
    return address;
  }

  @Override
  public void free() {
    release.clean();
  }
}
