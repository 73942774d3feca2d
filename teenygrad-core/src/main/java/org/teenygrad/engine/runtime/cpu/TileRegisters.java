package org.teenygrad.engine.runtime.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/// Linux's permission to use AMX's tile registers, which a process asks for once: their 8 KB make each thread's saved state larger.
/// ("Using XSTATE features in user space applications" in the kernel's documentation.)
final class TileRegisters {
  // <asm/unistd_64.h>, <asm/prctl.h>; the number of the state is that of XCR0's bit.
  private static final long SYS_ARCH_PRCTL = 158;
  private static final long ARCH_REQ_XCOMP_PERM = 0x1023;
  private static final long XFEATURE_XTILEDATA = 18;

  private TileRegisters() {}

  /// Asks for it. Other systems, and kernels before 5.16, grant none.
  @SuppressWarnings("restricted")
  static boolean areGranted() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return false;
    }
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
    return linker.defaultLookup().find("syscall").map(address -> {
      try {
        return (long) linker.downcallHandle(address, type, Linker.Option.firstVariadicArg(1)).invokeExact(SYS_ARCH_PRCTL, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e); // native code throws nothing
      }
    }).orElse(false);
  }
}
