package org.teenygrad.engine.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.OutOfMemoryException;

/// Hands out a device's memory and copies between it and the host.
public interface Allocator {
  /// Memory with undefined contents, aligned to 64 bytes or more.
  /// @throws OutOfMemoryException if there is no room, also after everything unreachable was collected
  Buffer allocate(long bytes);

  /// Looks whether so much memory can be had at once, after everything unreachable was collected if need be, before somebody begins
  /// what needs it.
  /// @param what says what it is for
  /// @throws OutOfMemoryException if it cannot
  default void requireRoom(long bytes, Supplier<String> what) {}

  /// About how many more bytes can be had, what is kept for the next buffers included; the largest long where nobody counts.
  default long roomBytes() {
    return Long.MAX_VALUE;
  }

  /// Bytes that buffers hold now; 0 where nobody counts.
  default long liveBytes() {
    return 0;
  }

  /// The most bytes that were ever taken at once, those kept for the next buffers included; 0 where nobody counts.
  default long peakBytes() {
    return 0;
  }

  /// A buffer's memory itself, where the host can read and write it; null where it is elsewhere. It lives as long as the buffer.
  default @Nullable MemorySegment hostView(Buffer buffer) {
    return null;
  }

  /// Copies all of `source` to the start of `target`; afterwards `source` may change.
  void copyIn(Buffer target, MemorySegment source);

  /// New memory with these bytes; afterwards `source` may change. A device to which each copy is a cost may gather small ones until
  /// a kernel runs.
  default Buffer upload(MemorySegment source) {
    Buffer buffer = allocate(source.byteSize());
    copyIn(buffer, source);
    return buffer;
  }

  /// Copies the first bytes of `source`, after all kernels that write it are done, into all of `target`.
  void copyOut(Buffer source, MemorySegment target);

  /// A place in a device's queue.
  interface Mark extends AutoCloseable {
    @Override
    void close();
  }

  /// The end of the queue as it is now. Where things are done at once nothing is left to be waited for.
  default Mark mark() {
    return () -> {};
  }

  /// As [#copyOut(Buffer, MemorySegment)], when the device has come to a mark, and while it goes on with what it was given since.
  default void copyOut(Buffer source, MemorySegment target, Mark after) {
    copyOut(source, target);
  }

  /// Copies all of a buffer of another device to the start of `target`, by default through the host.
  /// @param from whose buffer `source` is
  default void copyAcross(Buffer target, Buffer source, Allocator from) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(source.bytes(), 64);
      from.copyOut(source, host);
      copyIn(target, host);
    }
  }
}
