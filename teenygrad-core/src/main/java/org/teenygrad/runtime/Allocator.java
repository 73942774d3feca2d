package org.teenygrad.runtime;

import java.lang.foreign.MemorySegment;

/// Hands out a device's memory and copies between it and the host.
public interface Allocator {
  /// Memory with undefined contents, aligned to 64 bytes or more.
  /// @throws OutOfMemoryException if there is no room, also after everything unreachable was collected
  Buffer allocate(long bytes);

  /// Copies all of `source` to the start of `target`; afterwards `source` may change.
  void copyIn(Buffer target, MemorySegment source);

  /// Copies the first bytes of `source`, after all kernels that write it are done, into all of `target`.
  void copyOut(Buffer source, MemorySegment target);
}
