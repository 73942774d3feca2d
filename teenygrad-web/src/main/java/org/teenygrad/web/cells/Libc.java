package org.teenygrad.web.cells;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Locale;

/// The calls of Linux by which a process gives up what it may do.
final class Libc {
  /// `long syscall(long number, ...)`, with six arguments of eight bytes; linked when it is first called, as other systems have none.
  private static final class Syscall {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle HANDLE = handle();

    @SuppressWarnings("restricted")
    private static MethodHandle handle() {
      MemoryLayout[] arguments = new MemoryLayout[7];
      Arrays.fill(arguments, ValueLayout.JAVA_LONG);
      return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
          FunctionDescriptor.of(ValueLayout.JAVA_LONG, arguments), Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));
    }
  }

  private Libc() {}

  /// Whether this is a Linux whose calls are known here.
  static boolean isKnown() {
    return System.getProperty("os.name").equals("Linux") && (isX86() || System.getProperty("os.arch").equals("aarch64"));
  }

  static boolean isX86() {
    return System.getProperty("os.arch").equals("amd64");
  }

  /// A call of the system, which fails by a number below 0: minus what `errno` has.
  static long call(long number, long... arguments) {
    long[] all = Arrays.copyOf(arguments, 6);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Syscall.STATE);
      long result = (long) Syscall.HANDLE.invokeExact(state, number, all[0], all[1], all[2], all[3], all[4], all[5]);
      return result == -1 ? -(int) Syscall.ERRNO.get(state, 0L) : result;
    } catch (Throwable e) {
      throw new AssertionError(e); // the call has no exceptions
    }
  }

  /// @throws IllegalStateException if the call fails
  static long require(String what, long result) {
    if (result < 0) {
      throw new IllegalStateException(String.format(Locale.ROOT, "%s: error %d of the system", what, -result));
    }
    return result;
  }
}
