package org.teenygrad.engine.runtime.cpu;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/// One run of a kernel over all its items, and who has taken which of them.
///
/// Thread `i` owns the `i`-th of equal slices and takes pieces of it in order; when its own slice
/// is empty it takes pieces of the others'. Slices make a thread meet the same part of a tensor
/// from kernel to kernel, in its own cache; pieces even out threads that are slow or come late.
/// Which thread computes an item has no influence on its result.
final class Job {
  /// Longs between two slices' counters, so that each has cache lines of its own.
  private static final int STRIDE = 16;

  private static final int PIECES_PER_SLICE = 4;

  private final MemorySegment function;
  private final MemorySegment args;
  private final long total;
  private final long pieceItems;
  private final int slices;
  private final long scratchBytes;
  private final AtomicLongArray taken;
  private final AtomicLong done = new AtomicLong();
  private final Thread caller = Thread.currentThread();
  private volatile boolean callerWaits;

  /// @param slices how many threads the items are laid out for
  /// @param grain the fewest items that are worth a call
  Job(
      MemorySegment function,
      MemorySegment args,
      long total,
      long grain,
      int slices,
      long scratchBytes) {
    this.function = function;
    this.args = args;
    this.total = total;
    this.slices = slices;
    this.scratchBytes = scratchBytes;
    this.pieceItems = Math.max(grain, Math.ceilDiv(total, (long) slices * PIECES_PER_SLICE));
    this.taken = new AtomicLongArray(slices * STRIDE);
  }

  /// How many threads can have work.
  int slices() {
    return slices;
  }

  /// Runs pieces until there are none left to take; other threads may still be running theirs.
  void work(int thread, Scratch scratch) {
    long scratchAddress = scratch.address(scratchBytes);
    long finished = 0;
    for (int k = 0; k < slices; k++) {
      int slice = thread + k < slices ? thread + k : (thread + k) % slices;
      long start = sliceStart(slice);
      long size = sliceStart(slice + 1) - start;
      while (taken.getPlain(slice * STRIDE) < size) {
        long begin = taken.getAndAdd(slice * STRIDE, pieceItems);
        if (begin >= size) {
          break;
        }
        long end = Math.min(size, begin + pieceItems);
        NativeFunction.call(function, args.address(), start + begin, start + end, scratchAddress);
        finished += end - begin;
      }
    }
    if (finished > 0 && done.addAndGet(finished) == total && callerWaits) {
      LockSupport.unpark(caller);
    }
  }

  private long sliceStart(int slice) {
    return total / slices * slice + Math.min(slice, total % slices);
  }

  boolean isDone() {
    return done.get() == total;
  }

  /// Waits until all items are done: for the caller's thread only, after its own [#work].
  void await(long spinNanos) {
    if (isDone()) {
      return;
    }
    long deadline = System.nanoTime() + spinNanos;
    while (!isDone()) {
      if (System.nanoTime() < deadline) {
        Thread.onSpinWait();
      } else {
        callerWaits = true;
        if (!isDone()) {
          LockSupport.park(this);
        }
      }
    }
  }
}
