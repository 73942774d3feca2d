package org.teenygrad.engine.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Free lists by size above a source of memory, so that a loop reuses its own memory.
///
/// The garbage collector does not feel how large the memory behind a [Buffer] is. So bytes are counted here, and a
/// collection is asked for whenever the live bytes have doubled since the last one (as Go's collector paces itself): a loop
/// that closes nothing stays at twice what it needs.
///
/// @param <B> what the source hands out
public final class BlockPool<B> {
  /// From this size on a block of a new size is worth giving others back for.
  private static final long LARGE_BYTES = 64L << 20;

  /// So much of the memory may be blocks of other sizes, which a plan of what a program needs knows nothing of.
  private static final int MOST_LEFT_PART = 32;

  private static final long PAGE_BYTES = 2 << 20;

  /// How long an allocation for which there is no room waits for the collector's cleaners.
  private static final int[] WAITS_MILLIS = {20, 80, 200, 500};

  /// Where blocks come from when none of the right size is free.
  public interface Source<B> {
    /// A block of that size, or null if there is no room.
    @Nullable B allocate(long size);

    void free(List<B> blocks);

    /// Whether so many bytes may be taken in all; [#allocate] may still find no room.
    boolean allows(long bytes);

    /// About how many more bytes there are.
    default long freeBytes() {
      return Long.MAX_VALUE;
    }
  }

  private final Source<B> source;
  private final Map<Long, ArrayDeque<B>> cache = new HashMap<>();
  private final long unpacedBytes;
  private long liveBytes;
  private long cachedBytes;
  private long peakBytes;
  private long collectAt;

  /// @param unpacedBytes below this many live bytes no collection is asked for
  public BlockPool(Source<B> source, long unpacedBytes) {
    this.source = source;
    this.unpacedBytes = unpacedBytes;
    this.collectAt = unpacedBytes;
  }

  /// Bytes that are in use now.
  public synchronized long liveBytes() {
    return liveBytes;
  }

  /// Bytes kept for the next blocks.
  public synchronized long cachedBytes() {
    return cachedBytes;
  }

  /// The most that live and cached bytes ever were together.
  public synchronized long peakBytes() {
    return peakBytes;
  }

  /// A block of exactly that size. What is unreachable is collected first if there is no room.
  /// @return null if there is no room in the end
  public @Nullable B take(long size) {
    pace(size);
    B block = tryTake(size);
    for (int i = 0; block == null && i < WAITS_MILLIS.length; i++) {
      collect(WAITS_MILLIS[i]);
      block = tryTake(size);
    }
    return block;
  }

  /// Whether there is room for so many bytes, in whatever blocks. What is unreachable is collected first if there is none.
  public boolean hasRoom(long bytes) {
    boolean room = fits(bytes);
    for (int i = 0; !room && i < WAITS_MILLIS.length; i++) {
      collect(WAITS_MILLIS[i]);
      room = fits(bytes);
    }
    return room;
  }

  private synchronized boolean fits(long bytes) {
    return source.allows(liveBytes + bytes) && bytes - cachedBytes <= source.freeBytes();
  }

  /// Keeps a block for the next who asks for its size.
  public synchronized void giveBack(long size, B block) {
    liveBytes -= size;
    cachedBytes += size;
    cache.computeIfAbsent(size, s -> new ArrayDeque<>()).push(block);
  }

  /// Gives all cached memory back to the source.
  public synchronized void trim() {
    List<B> blocks = new ArrayList<>();
    cache.values().forEach(blocks::addAll);
    cache.clear();
    cachedBytes = 0;
    if (!blocks.isEmpty()) {
      source.free(blocks);
    }
  }

  /// A multiple of 64 bytes, and above 256 one of four steps between powers of two, so that at most a quarter is unused.
  public static long sizeClass(long bytes) {
    long step = bytes <= 256 ? 64 : Long.highestOneBit(bytes - 1) / 4;
    return Math.max(1, Math.ceilDiv(bytes, step)) * step;
  }

  /// A [#sizeClass], and above 2 MiB, the pages in which a GPU's driver maps memory, whole pages: a quarter of 40 GiB would be missed.
  public static long pagedSize(long bytes) {
    return bytes <= PAGE_BYTES ? sizeClass(bytes) : Math.ceilDiv(bytes, PAGE_BYTES) * PAGE_BYTES;
  }

  private synchronized @Nullable B tryTake(long size) {
    ArrayDeque<B> blocks = cache.get(size);
    B block = blocks == null ? null : blocks.poll();
    if (block != null) {
      cachedBytes -= size;
    } else {
      // A workspace that has grown leaves the smaller ones before it behind, as the first step does what parameters were drawn in, and nobody asks for
      // their sizes again.
      boolean leftBehind = size >= LARGE_BYTES && (size > liveBytes || cachedBytes > (liveBytes + size) / MOST_LEFT_PART);
      if (leftBehind || !source.allows(liveBytes + cachedBytes + size)) {
        trim();
      }
      block = source.allows(liveBytes + size) ? source.allocate(size) : null;
      if (block == null && cachedBytes > 0) {
        trim();
        block = source.allocate(size);
      }
    }
    if (block != null) {
      liveBytes += size;
      peakBytes = Math.max(peakBytes, liveBytes + cachedBytes);
    }
    return block;
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
      collectAt = Math.max(unpacedBytes, 2 * (liveBytes + size));
    }
  }

  /// Collects garbage and waits until the cleaners have given its buffers back, as far as one can see: until no more came
  /// for a moment, at most a second.
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
}
