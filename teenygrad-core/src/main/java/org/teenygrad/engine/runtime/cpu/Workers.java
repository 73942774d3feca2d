package org.teenygrad.engine.runtime.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Settings;

/// The threads that run compiled kernels, each kernel split over all of them.
///
/// The calling thread takes part. The others are daemons that wait for the next kernel first by
/// spinning, as the next kernel of a step usually comes within microseconds, then parked. One
/// kernel runs at a time: a second caller waits.
///
/// [Settings#THREADS] says how many there are; the default is one for each processor.
public final class Workers implements AutoCloseable {
  /// How long an idle worker spins. The host code between two kernels of a replayed step takes 1 to
  /// 20 µs, and a spinning worker starts within 1 µs; waking a parked one costs the caller 2 µs,
  /// and it starts some 30 µs later.
  private static final long SPIN_NANOS = 50_000;

  private static volatile @Nullable Workers shared;

  private final ReentrantLock oneKernelAtATime = new ReentrantLock();
  private final Worker[] workers;
  private final Scratch callersScratch = new Scratch();
  private final long spinNanos;
  private volatile @Nullable Job newest;
  private volatile boolean closed;

  /// @param threads how many, the caller's included
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "threads is " + threads + "; the caller's own is the first, so 1 is the least");
    }
    // Where threads have to share processors, a spinning one takes its time from those that work.
    spinNanos = threads <= Runtime.getRuntime().availableProcessors() ? SPIN_NANOS : 0;
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
    }
    for (Worker worker : workers) {
      worker.thread.start();
    }
  }

  /// Those of the process, started when first asked for.
  /// @throws IllegalArgumentException if [Settings#THREADS] is no number of threads
  public static Workers shared() {
    Workers workers = shared;
    return workers == null ? start() : workers;
  }

  private static synchronized Workers start() {
    Workers workers = shared;
    if (workers == null) {
      workers = new Workers(Settings.THREADS.or(Runtime.getRuntime().availableProcessors()));
      shared = workers;
    }
    return workers;
  }

  /// How many threads run a kernel, the caller's included.
  public int threads() {
    return workers.length + 1;
  }

  /// Runs a kernel over the items `0..total` and returns when all are done.
  ///
  /// @param function the address of a `void kernel(ptr args, i64 begin, i64 end, ptr scratch)`
  /// @param args what the kernel gets as `args`; native memory
  /// @param total how many independent items there are
  /// @param grain the fewest items that are worth a call; `total` or more runs everything on the
  ///   caller's thread
  /// @param scratchBytes how much memory of its own each call gets, aligned to 64 bytes or more
  public void run(
      MemorySegment function, MemorySegment args, long total, long grain, long scratchBytes) {
    if (total <= 0) {
      return;
    }
    oneKernelAtATime.lock();
    try {
      int slices = (int) Math.min(threads(), Math.ceilDiv(total, Math.max(1, grain)));
      if (slices == 1 || closed) {
        NativeFunction.call(
            function, args.address(), 0, total, callersScratch.address(scratchBytes));
      } else {
        var job = new Job(function, args, total, Math.max(1, grain), slices, scratchBytes);
        newest = job;
        for (int i = 0; i < slices - 1; i++) {
          workers[i].wakeIfParked();
        }
        job.work(0, callersScratch);
        job.await(spinNanos);
      }
    } finally {
      oneKernelAtATime.unlock();
      Reference.reachabilityFence(args);
    }
  }

  /// Ends the threads; kernels that are run later run on their caller's thread alone.
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker.thread);
    }
  }

  private final class Worker {
    private final int index;
    private final Thread thread;
    private final Scratch scratch = new Scratch();
    private volatile boolean parked;

    Worker(int index) {
      this.index = index;
      this.thread =
          Thread.ofPlatform().daemon().name("teenygrad-worker-" + index).unstarted(this::loop);
    }

    void wakeIfParked() {
      if (parked) {
        LockSupport.unpark(thread);
      }
    }

    private void loop() {
      Job last = null;
      while (!closed) {
        Job job = next(last);
        last = job;
        if (job != null && index < job.slices()) {
          try {
            job.work(index, scratch);
          } catch (OutOfMemoryError e) {
            // No scratch for this thread: it took nothing, and the others do its part.
          }
        }
      }
    }

    /// The job after `last`: spins, then parks.
    private @Nullable Job next(@Nullable Job last) {
      long deadline = System.nanoTime() + spinNanos;
      while (newest == last && !closed) {
        if (System.nanoTime() < deadline) {
          Thread.onSpinWait();
        } else {
          parked =
              true; // before the second look at `newest`: the caller writes that first and then
          // looks here
          if (newest == last && !closed) {
            LockSupport.park(Workers.this);
          }
          parked = false;
          Thread.interrupted(); // a pending interrupt would make every park return at once
        }
      }
      return newest;
    }
  }
}
