package org.teenygrad.engine.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;

/// Memory of the host, outside the Java heap and aligned to 64 bytes.
///
/// Whoever passes [#address] or [#segment] to code that the garbage collector does not see keeps the
/// buffer itself reachable meanwhile ([java.lang.ref.Reference#reachabilityFence]).
public final class HostBuffer implements Buffer {
  private static final Cleaner CLEANER = Cleaner.create();

  private final MemorySegment segment;
  private final Cleaner.Cleanable release;

  /// @param release gives the memory back; runs once, and must not refer to this buffer
  HostBuffer(MemorySegment segment, Runnable release) {
    this.segment = segment;
    this.release = CLEANER.register(this, release);
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  @Override
  public long address() {
    return segment.address();
  }

  /// All of the memory.
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void free() {
    release.clean();
  }
}
