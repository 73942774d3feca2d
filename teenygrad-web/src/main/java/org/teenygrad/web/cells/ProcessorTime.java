package org.teenygrad.web.cells;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/// What a page's cells may take of the machine's processors. Their process gets what others leave (`nice`), and some processor time for each request: threads that a
/// cell leaves behind end with it (`RLIMIT_CPU`, which counts all threads), whoever looks.
final class ProcessorTime {
  private static final int MOST_PROCESSORS = 8;

  /// Three parts in four of a processor are for whom asks for it beside a thread of a cell, by the kernel's weights (1024 to 335 of nice 0 and 5); less would have cells wait on a busy machine.
  private static final int NICER = 5;

  private static final int NICEST = 19;

  // sys/resource.h, asm/unistd.h
  private static final long[] GET_PRIORITY = {140, 141};
  private static final long[] SET_PRIORITY = {141, 140};
  private static final long[] PRLIMIT = {302, 261};
  private static final int OF_A_PROCESS = 0;
  private static final int LIMIT_CPU_SECONDS = 0;

  private ProcessorTime() {}

  /// How many processors Java and the engine see in a cell's process.
  static int processors() {
    return Math.min(MOST_PROCESSORS, Runtime.getRuntime().availableProcessors());
  }

  /// This thread, and all that it starts, give way to others.
  static void giveWay() {
    long nice = 20 - Libc.require("the priority", Libc.call(GET_PRIORITY[machine()], OF_A_PROCESS, 0)); // the kernel returns numbers above 0
    Libc.require("a lower priority", Libc.call(SET_PRIORITY[machine()], OF_A_PROCESS, 0, Math.min(NICEST, nice + NICER)));
  }

  /// Lets a process go on for some time of each of its processors from now on; then the kernel ends it.
  static void renew(Process process, Duration time) {
    if (!Libc.isKnown() || !process.isAlive()) {
      return;
    }
    Duration used = process.info().totalCpuDuration().orElse(Duration.ZERO);
    long seconds = used.plus(time.multipliedBy(processors())).toSeconds() + 1;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocateFrom(ValueLayout.JAVA_LONG, seconds, -1L);
      long result = Libc.call(PRLIMIT[machine()], process.pid(), LIMIT_CPU_SECONDS, limit.address(), 0);
      if (process.isAlive()) {
        Libc.require("a limit of processor time", result);
      }
    }
  }

  private static int machine() {
    return Libc.isX86() ? 0 : 1;
  }
}
