package org.teenygrad.engine.runtime.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.BlockPool;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.MemoryBudget;

/// A GPU's memory: a [BlockPool] above `cuMemAlloc`.
///
/// Memory may be given back, and handed out again, while kernels that use it still wait in the queue: whoever gets it next
/// comes after them.
final class CudaAllocator implements Allocator {
  /// The part of the memory that may fill up before garbage is collected for its sake.
  private static final int UNPACED_PART = 16;

  /// Four copies of [PinnedMemory#PIECE_BYTES] may be under way.
  private static final long RING_BYTES = 4 * PinnedMemory.PIECE_BYTES;

  private final Device device;
  private final CudaStream stream;
  private final BlockPool<Long> pool;
  private final PinnedMemory pinned;
  private final Uploads uploads;

  /// Made when it is first needed.
  private @Nullable Downloads downloads;

  /// @param memoryBytes all that the GPU has
  CudaAllocator(Device device, CudaStream stream, long memoryBytes) {
    this.device = device;
    this.stream = stream;
    this.pool = new BlockPool<>(new Source(stream), memoryBytes / UNPACED_PART);
    this.pinned = new PinnedMemory(stream, RING_BYTES);
    this.uploads = new Uploads(this, stream);
    stream.beforeWork(uploads::handIn);
  }

  /// The queue in which the memory is used.
  CudaStream stream() {
    return stream;
  }

  private record Source(CudaStream stream) implements BlockPool.Source<Long> {
    @Override
    public @Nullable Long allocate(long size) {
      stream.makeCurrent();
      long pointer = CudaDriver.memAlloc(size);
      return pointer == 0 ? null : pointer;
    }

    @Override
    public void free(List<Long> blocks) {
      stream.synchronize(); // kernels in the queue may still use them
      blocks.forEach(CudaDriver::memFree);
    }

    @Override
    public boolean allows(long bytes) {
      return true; // the driver knows
    }

    @Override
    public long freeBytes() {
      stream.makeCurrent();
      return CudaDriver.memGetInfo().free();
    }
  }

  @Override
  public CudaBuffer allocate(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
    }
    long size = BlockPool.pagedSize(bytes);
    Long block = pool.take(size);
    if (block == null) {
      throw outOfMemory(bytes, "");
    }
    long pointer = block;
    return new CudaBuffer(pointer, bytes, () -> pool.giveBack(size, pointer));
  }

  /// Bytes that buffers hold now.
  @Override
  public long liveBytes() {
    return pool.liveBytes();
  }

  /// Bytes kept for the next buffers.
  long cachedBytes() {
    return pool.cachedBytes();
  }

  @Override
  public long roomBytes() {
    stream.makeCurrent();
    return CudaDriver.memGetInfo().free() + cachedBytes();
  }

  @Override
  public long peakBytes() {
    return pool.peakBytes();
  }

  /// Gives all cached memory back to the driver.
  void trim() {
    pool.trim();
  }

  @Override
  public void requireRoom(long bytes, Supplier<String> what) {
    if (!pool.hasRoom(bytes)) {
      throw outOfMemory(bytes, " (" + what.get() + ")");
    }
  }

  /// What is small is copied together with what else the next kernel needs.
  @Override
  public Buffer upload(MemorySegment source) {
    return source.byteSize() <= Uploads.MOST_BYTES ? uploads.add(source) : Allocator.super.upload(source);
  }

  @Override
  public synchronized void copyIn(Buffer target, MemorySegment source) {
    stream.makeCurrent();
    for (long offset = 0; offset < source.byteSize(); offset += PinnedMemory.PIECE_BYTES) {
      long bytes = Math.min(PinnedMemory.PIECE_BYTES, source.byteSize() - offset);
      MemorySegment piece = pinned.take(bytes).copyFrom(source.asSlice(offset, bytes));
      stream.copyIn(target.address() + offset, piece.address(), bytes);
      pinned.markUsed(bytes);
    }
    Reference.reachabilityFence(target);
  }

  /// While the host copies a piece from pinned memory, the GPU writes the next.
  @Override
  public synchronized void copyOut(Buffer source, MemorySegment target) {
    stream.makeCurrent();
    ArrayDeque<Piece> underWay = new ArrayDeque<>();
    for (long offset = 0; offset < target.byteSize(); offset += PinnedMemory.PIECE_BYTES) {
      long bytes = Math.min(PinnedMemory.PIECE_BYTES, target.byteSize() - offset);
      MemorySegment piece = pinned.take(bytes);
      stream.copyOut(source.address() + offset, piece.address(), bytes);
      underWay.add(new Piece(piece, target.asSlice(offset, bytes), pinned.markUsed(bytes)));
      if (underWay.size() == 2) {
        finish(underWay.remove());
      }
    }
    underWay.forEach(this::finish);
    stream.timings().settle();
    Reference.reachabilityFence(source);
  }

  private record Piece(MemorySegment pinned, MemorySegment target, CudaEvent done) {}

  private void finish(Piece piece) {
    stream.await(piece.done());
    piece.target().copyFrom(piece.pinned());
  }

  @Override
  public Mark mark() {
    return stream.record();
  }

  /// In a queue of its own.
  @Override
  public synchronized void copyOut(Buffer source, MemorySegment target, Mark after) {
    Downloads queue = downloads == null ? new Downloads(stream.context()) : downloads;
    downloads = queue;
    queue.copy(source, target, (CudaEvent) after);
    stream.timings().settle();
  }

  /// Between GPUs without a way through the host.
  @Override
  public void copyAcross(Buffer target, Buffer source, Allocator from) {
    if (from instanceof CudaAllocator other && source.bytes() > 0) {
      stream.copyFrom(other.stream, source.address(), target.address(), source.bytes());
      Reference.reachabilityFence(source);
      Reference.reachabilityFence(target);
    } else {
      Allocator.super.copyAcross(target, source, from);
    }
  }

  private OutOfMemoryException outOfMemory(long bytes, String what) {
    stream.makeCurrent();
    CudaDriver.MemInfo memory = CudaDriver.memGetInfo();
    long mine = liveBytes() + cachedBytes();
    return new OutOfMemoryException(
        String.format(Locale.ROOT,
            "%s: no room for %s%s: tensors hold %s of its %s, other programs and the driver %s. A smaller batch or "
                + "block size needs less",
            device,
                MemoryBudget.text(bytes),
                what,
                MemoryBudget.text(liveBytes()),
                MemoryBudget.text(memory.total()),
                MemoryBudget.text(Math.max(0, memory.total() - memory.free() - mine))));
  }
}
