package org.teenygrad.engine.runtime.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Settings;

/// The threads that run compiled kernels, each kernel split over all of them.
///
/// The calling thread takes part. The others are daemons that wait for the next list of launches first by
/// spinning, as the next one of a step usually comes within microseconds, then parked. Through a list they go
/// in machine code ([LaunchLoop]). One list runs at a time: a second caller waits.
///
/// [Settings#THREADS] says how many there are; the default is one for each processor.
public final class Workers implements AutoCloseable {
  /// How long an idle worker spins. The host code between two kernels of a replayed step takes 1 to
  /// 20 µs, and a spinning worker starts within 1 µs; waking a parked one costs the caller 2 µs,
  /// and it starts some 30 µs later.
  private static final long SPIN_NANOS = 50_000;

  /// How often a thread looks whether the others are done before it sleeps: for about as long, at 20 to 40 ns.
  private static final long LOOKS = 2_000;

  /// How long it sleeps before it looks again: of what takes that long a few of them are little.
  private static final long SLEEP_NANOS = 20_000;

  private static volatile @Nullable Workers shared;

  private final ReentrantLock oneListAtATime = new ReentrantLock();
  private final Worker[] workers;
  private final Scratch callersScratch = new Scratch();
  private final MemorySegment state;
  private final long spinNanos;
  private final long looks;
  private long nextBase = 1;
  private volatile @Nullable Run newest;
  private volatile boolean closed;

  /// A list that runs.
  /// @param base what its launches are numbered from
  private record Run(LaunchList list, long base) {}

  /// @param threads how many, the caller's included
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "threads is " + threads + "; the caller's own is the first, so 1 is the least");
    }
    // Where threads have to share processors, a spinning one takes its time from those that work.
    boolean spins = threads <= Runtime.getRuntime().availableProcessors();
    spinNanos = spins ? SPIN_NANOS : 0;
    looks = spins ? LOOKS : 0;
    state = Arena.ofAuto().allocate((threads + 1L) * LaunchLoop.LINE, LaunchLoop.LINE);
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

  /// Runs launches and returns when all are done.
  ///
  /// @param list laid out for as many threads
  /// @param addresses what kernels get as `args`, those of all launches in order
  void run(LaunchList list, long... addresses) {
    oneListAtATime.lock();
    try {
      list.fill(addresses);
      Run run = new Run(list, nextBase);
      nextBase += list.count() + 1;
      long scratch = callersScratch.address(list.scratchBytes());
      if (list.isShared()) {
        newest = run;
        for (Worker worker : workers) {
          worker.wakeIfParked();
        }
      }
      work(run, 0, scratch);
    } finally {
      oneListAtATime.unlock();
    }
  }

  /// Takes part in a run until it is done.
  private void work(Run run, int thread, long scratch) {
    long from = 0;
    long patience = looks;
    while (from <= run.list.count()) {
      long at = LaunchLoop.shared().run(run.list, state, from, run.base, thread, scratch, patience);
      if (at == from && patience == 0) {
        LockSupport.parkNanos(this, SLEEP_NANOS);
      }
      patience = at == from ? 0 : looks;
      from = at;
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
      Run last = null;
      while (!closed) {
        Run run = next(last);
        last = run;
        if (run != null) {
          try {
            work(run, index, scratch.address(run.list.scratchBytes()));
          } catch (OutOfMemoryError e) {
            // No scratch for this thread: it took nothing, and the others do its part.
          }
        }
      }
    }

    /// The run after `last`: spins, then parks.
    private @Nullable Run next(@Nullable Run last) {
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
