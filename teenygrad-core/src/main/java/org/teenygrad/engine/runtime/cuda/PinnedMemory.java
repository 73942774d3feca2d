package org.teenygrad.engine.runtime.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/// Host memory that a GPU reads and writes by itself, through which all copies go: a ring, whose parts are used again when
/// the queue has come to the end of their copies.
///
/// Memory that is not pinned the driver would copy to such a place itself, and wait meanwhile.
final class PinnedMemory {
  /// The largest part: a copy of this size reaches the bus's full speed.
  static final long PIECE_BYTES = 4 << 20;

  private static final long ALIGNMENT = 256;

  private final CudaStream stream;
  private final MemorySegment ring;
  private final long ringBytes;
  private final ArrayDeque<Used> used = new ArrayDeque<>();

  /// Where the next part begins, counted on over all rounds.
  private long position;

  /// A part and the mark behind its copy.
  private record Used(long begin, CudaEvent end) {}

  /// @param bytes how much may be under way. Pinning costs about 0.3 ms a megabyte
  PinnedMemory(CudaStream stream, long bytes) {
    this.stream = stream;
    stream.makeCurrent();
    this.ring = CudaDriver.memHostAlloc(bytes);
    this.ringBytes = bytes;
  }

  /// Memory that no copy is using any more, for the next one. Call [#markUsed] when that is handed in.
  /// @param bytes 1 to [#PIECE_BYTES], and no more than the ring has
  MemorySegment take(long bytes) {
    long offset = position % ringBytes;
    if (offset + bytes > ringBytes) {
      position += ringBytes - offset;
    }
    Used oldest = used.peek();
    while (oldest != null && position + bytes - oldest.begin() > ringBytes) {
      try (CudaEvent end = used.remove().end()) {
        stream.await(end);
      }
      oldest = used.peek();
    }
    return ring.asSlice(position % ringBytes, bytes);
  }

  /// The part that was taken last is in use until the queue comes to here.
  CudaEvent markUsed(long bytes) {
    CudaEvent end = stream.record();
    used.add(new Used(position, end));
    position += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    return end;
  }
}
