package org.teenygrad.engine.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.OutOfMemoryException;

/// The host's memory: a [BlockPool] above `malloc`. A budget bounds live bytes and cached ones together.
public final class HostAllocator implements Allocator {
  private static final long UNPACED_BYTES = 256L << 20;

  private static final HostAllocator SHARED = new HostAllocator(MemoryBudget.ofMachine());

  private final MemoryBudget budget;
  private final BlockPool<Malloc.Block> pool;

  public HostAllocator(MemoryBudget budget) {
    this.budget = budget;
    this.pool = new BlockPool<>(new Source(budget), UNPACED_BYTES);
  }

  private record Source(MemoryBudget budget) implements BlockPool.Source<Malloc.Block> {
    @Override
    public Malloc.@Nullable Block allocate(long size) {
      return Malloc.allocate(size);
    }

    @Override
    public void free(List<Malloc.Block> blocks) {
      blocks.forEach(Malloc::free);
    }

    @Override
    public boolean allows(long bytes) {
      return budget.allows(bytes);
    }
  }

  /// The one for all devices that use the host's memory.
  public static HostAllocator shared() {
    return SHARED;
  }

  /// Bytes that buffers hold now, rounded up to size classes.
  @Override
  public long liveBytes() {
    return pool.liveBytes();
  }

  /// Bytes kept for the next buffers.
  public long cachedBytes() {
    return pool.cachedBytes();
  }

  @Override
  public long roomBytes() {
    return Math.max(0, budget.bytes() - liveBytes());
  }

  @Override
  public long peakBytes() {
    return pool.peakBytes();
  }

  @Override
  public HostBuffer allocate(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
    }
    long size = BlockPool.sizeClass(bytes);
    Malloc.Block block = pool.take(size);
    if (block == null) {
      throw outOfMemory(bytes, "");
    }
    return new HostBuffer(block.segment(bytes), () -> pool.giveBack(size, block));
  }

  @Override
  public void requireRoom(long bytes, Supplier<String> what) {
    if (!pool.hasRoom(bytes)) {
      throw outOfMemory(bytes, " (" + what.get() + ")");
    }
  }

  @Override
  public void copyIn(Buffer target, MemorySegment source) {
    MemorySegment.copy(source, 0, segment(target), 0, source.byteSize());
    Reference.reachabilityFence(target);
  }

  @Override
  public void copyOut(Buffer source, MemorySegment target) {
    MemorySegment.copy(segment(source), 0, target, 0, target.byteSize());
    Reference.reachabilityFence(source);
  }

  @Override
  public @Nullable MemorySegment hostView(Buffer buffer) {
    return buffer instanceof HostBuffer || buffer instanceof Slice ? segment(buffer) : null;
  }

  /// A buffer's memory, which lives as long as the buffer.
  private static MemorySegment segment(Buffer buffer) {
    return switch (buffer) {
      case HostBuffer host -> host.segment();
      case Slice(Buffer whole, long offset, long bytes) -> segment(whole).asSlice(offset, bytes);
      default -> throw new IllegalArgumentException("not memory of the host: " + buffer);
    };
  }

  /// Gives all cached memory back to the system.
  public void trim() {
    pool.trim();
  }

  private OutOfMemoryException outOfMemory(long bytes, String what) {
    return new OutOfMemoryException(
        String.format(Locale.ROOT,
            "host memory: no room for %s%s: %s are in use, and %s is the limit. A smaller batch or block size needs "
                + "less; TEENYGRAD_MEMORY=16g raises the limit",
            MemoryBudget.text(bytes),
                what,
                MemoryBudget.text(liveBytes()),
                MemoryBudget.text(budget.bytes())));
  }
}
