package org.teenygrad.engine.runtime;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// Ends of this process that wait for nobody. Java's own wait for what libraries have registered with C's `atexit`: CUDA for all
/// kernels, even for one that waits for a rank that will never come.
@SuppressWarnings("restricted") // native access is what this class is for
final class ProcessEnd {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle EXIT = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("_exit"), FunctionDescriptor.ofVoid(JAVA_INT));
  private static final MethodHandle ALARM = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("alarm"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private ProcessEnd() {}

  /// POSIX's `_exit`.
  static void now(int status) {
    try {
      EXIT.invokeExact(status);
    } catch (Throwable e) {
      throw new IllegalStateException("_exit: " + e.getMessage(), e);
    }
  }

  /// POSIX's `alarm`: unless it has ended by itself before. The signal ends the process, whatever it does.
  /// @param seconds 0 for never
  static void within(int seconds) {
    try {
      int _ = (int) ALARM.invokeExact(seconds);
    } catch (Throwable e) {
      throw new IllegalStateException("alarm: " + e.getMessage(), e);
    }
  }
}
