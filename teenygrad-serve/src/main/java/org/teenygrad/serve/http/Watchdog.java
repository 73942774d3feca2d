package org.teenygrad.serve.http;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Cuts off clients that neither send nor read: a thread that waits for one too long is interrupted, which closes its channel.
public final class Watchdog implements AutoCloseable {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("serve-watchdog").factory());

  /// As long as it is open, this thread may wait.
  public final class Guard implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final Future<?> alarm;
    private boolean isOver;

    private Guard(int seconds) {
      alarm = timer.schedule(this::expire, seconds, TimeUnit.SECONDS);
    }

    private synchronized void expire() {
      if (!isOver) {
        thread.interrupt();
      }
    }

    @Override
    public synchronized void close() {
      isOver = true;
      alarm.cancel(false);
    }
  }

  public Guard within(int seconds) {
    return new Guard(seconds);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
