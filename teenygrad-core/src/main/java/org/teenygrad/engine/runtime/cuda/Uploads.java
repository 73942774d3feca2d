package org.teenygrad.engine.runtime.cuda;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Slice;

/// Small pieces of host data on their way to a GPU. They are gathered in a page, and what has come together is copied at once when
/// the next kernel is handed in: a training step's tokens, learning rates and random keys are one copy.
///
/// The copies have a queue of their own, so that those of the next step run beside the kernels of this one; the kernels' queue waits
/// for the copies that were handed in before. A page is a part of memory that kernels still in the queue may use; so the first copy
/// into it waits for them.
final class Uploads {
  /// What is larger is copied by itself.
  static final long MOST_BYTES = 256 << 10;

  private static final long PAGE_BYTES = 1 << 20;

  private static final long RING_BYTES = 4 * PAGE_BYTES;

  /// That of `cuMemAlloc`: a piece may be read in vectors of any width.
  private static final long ALIGNMENT = 256;

  private final CudaAllocator allocator;
  private final CudaStream kernels;
  private final CudaStream copies;
  private final PinnedMemory pinned;
  private final MemorySegment staged = MemorySegment.ofArray(new long[(int) PAGE_BYTES / Long.BYTES]);
  private @Nullable CudaBuffer page;
  private long copied;

  /// Where the next piece begins.
  private long end;

  /// Whether something is staged that was not copied. Asked at each launch, mostly in vain, so without the lock.
  private volatile boolean waiting;

  Uploads(CudaAllocator allocator, CudaStream kernels) {
    this.allocator = allocator;
    this.kernels = kernels;
    this.copies = new CudaStream(kernels.context());
    this.pinned = new PinnedMemory(copies, RING_BYTES);
  }

  /// A part of a page, which will hold these bytes before the next kernel runs.
  /// @param source at most [#MOST_BYTES], which may change afterwards
  synchronized Buffer add(MemorySegment source) {
    CudaBuffer current = page;
    long bytes = source.byteSize();
    if (current == null || end + bytes > PAGE_BYTES) {
      handIn();
      current = allocator.allocate(PAGE_BYTES);
      page = current;
      copied = 0;
      end = 0;
      try (CudaEvent usedBefore = kernels.record()) {
        copies.waitFor(usedBefore);
      }
    }
    long begin = end;
    MemorySegment.copy(source, 0, staged, begin, bytes);
    end = Math.ceilDiv(begin + bytes, ALIGNMENT) * ALIGNMENT;
    waiting = true;
    return new Slice(current, begin, bytes);
  }

  /// Copies what has come together, before whatever is handed in to the kernels' queue next.
  void handIn() {
    if (waiting) {
      copy();
    }
  }

  private synchronized void copy() {
    CudaBuffer current = page;
    if (current != null && end > copied) {
      long bytes = end - copied;
      MemorySegment piece = pinned.take(bytes).copyFrom(staged.asSlice(copied, bytes));
      copies.makeCurrent();
      copies.copyIn(current.address() + copied, piece.address(), bytes);
      CudaEvent there = pinned.markUsed(bytes);
      copied = end;
      kernels.waitFor(there);
      waiting = false; // last: another thread that sees it launches at once, after the copy
    }
  }
}
