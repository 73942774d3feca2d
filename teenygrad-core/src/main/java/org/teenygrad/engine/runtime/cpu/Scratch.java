package org.teenygrad.engine.runtime.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that one thread lends to the kernel it is running; its contents last for one call. It
/// grows and never shrinks.
///
/// Allocated, and its pages touched, by the thread that uses it: on machines with several memory
/// nodes it is near.
final class Scratch {
  private static final long PAGE_BYTES = 4096;

  private MemorySegment memory = MemorySegment.NULL;

  /// The address of at least `bytes` bytes, aligned to a page; 0 if none are asked for.
  long address(long bytes) {
    if (bytes > memory.byteSize()) {
      // A power of two, so that a model's kernels settle on one block soon. The arena zeroes it,
      // which touches each page.
      long size = Math.max(PAGE_BYTES, Long.highestOneBit(bytes - 1) << 1);
      memory = Arena.ofAuto().allocate(size, PAGE_BYTES);
    }
    return bytes == 0 ? 0 : memory.address();
  }
}
