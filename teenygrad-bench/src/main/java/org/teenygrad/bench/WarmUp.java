package org.teenygrad.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/// What is run before anything is measured: meanwhile Java compiles what a call needs, by threads that take their part of the processors.
final class WarmUp {
  private static final double MOST_SECONDS = 4;

  /// Of the time, which compilers may take when it is measured.
  private static final double COMPILING = 0.03;

  private WarmUp() {}

  /// Runs rounds, one at least, until Java's compilers are idle.
  static void untilCompiled(Runnable round) {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    long start = System.nanoTime();
    double compiling;
    do {
      long begin = System.nanoTime();
      long before = compilers.getTotalCompilationTime();
      round.run();
      compiling = (compilers.getTotalCompilationTime() - before) * 1e6 / (System.nanoTime() - begin);
    } while (compiling > COMPILING && System.nanoTime() - start < MOST_SECONDS * 1e9);
  }
}
