package org.teenygrad.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The host's memory: size-classed free lists above `malloc`, so that a loop reuses its own memory.
///
/// The garbage collector does not feel how large the memory behind a [HostBuffer] is. So bytes are
/// counted here, and a collection is asked for whenever the live bytes have doubled since the last one
/// (as Go's collector paces itself): a loop that closes nothing stays at twice what it needs. A budget
/// bounds live bytes and cached ones together.
public final class HostAllocator implements Allocator {
  /// Below this many live bytes no collection is asked for.
  private static final long UNPACED_BYTES = 256L << 20;

  /// How long an allocation over the budget waits for the collector's cleaners.
  private static final int[] WAITS_MILLIS = {20, 80, 200, 500};

  private static final HostAllocator SHARED = new HostAllocator(MemoryBudget.ofMachine());

  private final MemoryBudget budget;
  private final Map<Long, ArrayDeque<Malloc.Block>> cache = new HashMap<>();
  private long liveBytes;
  private long cachedBytes;
  private long collectAt = UNPACED_BYTES;

  public HostAllocator(MemoryBudget budget) {
    this.budget = budget;
  }

  /// The one for all devices that use the host's memory.
  public static HostAllocator shared() {
    return SHARED;
  }

  /// Bytes that buffers hold now, rounded up to size classes.
  public synchronized long liveBytes() {
    return liveBytes;
  }

  /// Bytes kept for the next buffers.
  public synchronized long cachedBytes() {
    return cachedBytes;
  }

  @Override
  public HostBuffer allocate(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
    }
    long size = sizeClass(bytes);
    pace(size);
    Malloc.Block block = take(size);
    for (int i = 0; block == null && i < WAITS_MILLIS.length; i++) {
      collect(WAITS_MILLIS[i]);
      block = take(size);
    }
    if (block == null) {
      throw outOfMemory(bytes);
    }
    Malloc.Block taken = block;
    return new HostBuffer(taken.segment(bytes), () -> giveBack(size, taken));
  }

  @Override
  public void copyIn(Buffer target, MemorySegment source) {
    HostBuffer buffer = (HostBuffer) target;
    MemorySegment.copy(source, 0, buffer.segment(), 0, source.byteSize());
    Reference.reachabilityFence(buffer);
  }

  @Override
  public void copyOut(Buffer source, MemorySegment target) {
    HostBuffer buffer = (HostBuffer) source;
    MemorySegment.copy(buffer.segment(), 0, target, 0, target.byteSize());
    Reference.reachabilityFence(buffer);
  }

  /// Gives all cached memory back to the system.
  public synchronized void trim() {
    cache.values().forEach(blocks -> blocks.forEach(Malloc::free));
    cache.clear();
    cachedBytes = 0;
  }

  /// The size that is really taken: a multiple of 64 bytes, and above 256 one of four steps between
  /// powers of two, so that at most a quarter is unused.
  static long sizeClass(long bytes) {
    long step = bytes <= 256 ? 64 : Long.highestOneBit(bytes - 1) / 4;
    return Math.max(1, Math.ceilDiv(bytes, step)) * step;
  }

  private synchronized Malloc.@Nullable Block take(long size) {
    ArrayDeque<Malloc.Block> blocks = cache.get(size);
    Malloc.Block block = blocks == null ? null : blocks.poll();
    if (block != null) {
      cachedBytes -= size;
    } else {
      if (!budget.allows(liveBytes + cachedBytes + size)) {
        trim();
      }
      block = budget.allows(liveBytes + size) ? Malloc.allocate(size) : null;
    }
    if (block != null) {
      liveBytes += size;
    }
    return block;
  }

  private synchronized void giveBack(long size, Malloc.Block block) {
    liveBytes -= size;
    cachedBytes += size;
    cache.computeIfAbsent(size, s -> new ArrayDeque<>()).push(block);
  }

  private void pace(long size) {
    synchronized (this) {
      if (liveBytes + size <= collectAt) {
        return;
      }
      collectAt = Long.MAX_VALUE; // by this thread only
    }
    collect(WAITS_MILLIS[0]);
    synchronized (this) {
      collectAt = Math.max(UNPACED_BYTES, 2 * (liveBytes + size));
    }
  }

  /// Collects garbage and waits until the cleaners have given its buffers back, as far as one can see:
  /// until no more came for a moment, at most a second.
  private void collect(int idleMillis) {
    System.gc();
    long before;
    long now = liveBytes();
    int waited = 0;
    do {
      before = now;
      try {
        Thread.sleep(idleMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      waited += idleMillis;
      now = liveBytes();
    } while (now < before && waited < 1000);
  }

  private OutOfMemoryException outOfMemory(long bytes) {
    return new OutOfMemoryException(
        "host memory: no room for %s: %s are in use, and %s is the limit. A smaller batch or block size needs less; TEENYGRAD_MEMORY=16g raises the limit"
            .formatted(
                MemoryBudget.text(bytes),
                MemoryBudget.text(liveBytes()),
                MemoryBudget.text(budget.bytes())));
  }
}
