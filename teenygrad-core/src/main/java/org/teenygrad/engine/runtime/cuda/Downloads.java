package org.teenygrad.engine.runtime.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.teenygrad.engine.runtime.Buffer;

/// Copies to the host beside the kernels of a GPU's queue: of results that some of them left, while later ones run.
final class Downloads {
  private static final long PIECE_BYTES = 1 << 16;

  private final CudaStream copies;
  private final PinnedMemory pinned;

  Downloads(long context) {
    copies = new CudaStream(context);
    pinned = new PinnedMemory(copies, PIECE_BYTES);
  }

  /// @param after where in the queue of the kernels the source is finished
  void copy(Buffer source, MemorySegment target, CudaEvent after) {
    copies.waitFor(after);
    for (long offset = 0; offset < target.byteSize(); offset += PIECE_BYTES) {
      long bytes = Math.min(PIECE_BYTES, target.byteSize() - offset);
      MemorySegment piece = pinned.take(bytes);
      copies.copyOut(source.address() + offset, piece.address(), bytes);
      copies.await(pinned.markUsed(bytes));
      target.asSlice(offset, bytes).copyFrom(piece);
    }
    Reference.reachabilityFence(source);
  }
}
