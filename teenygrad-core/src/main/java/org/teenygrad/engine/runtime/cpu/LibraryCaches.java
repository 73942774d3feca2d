package org.teenygrad.engine.runtime.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// How large caches are, as the C library says (`sysconf`): glibc asks the processor itself, so that virtual machines whose Linux
/// describes no caches have their size, too.
final class LibraryCaches {
  // glibc's <bits/confname.h>: _SC_LEVEL1_DCACHE_SIZE, and three numbers further the same of the second level. Other C libraries know none of these: -1.
  private static final int LEVEL1_DCACHE_SIZE = 188;
  private static final int NAMES_PER_LEVEL = 3;

  private LibraryCaches() {}

  /// The bytes of the data cache of a level, 1 to 4; none if that is not known.
  @SuppressWarnings("restricted") // native access is what this class is for
  static Optional<Long> bytes(int level) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    return linker.defaultLookup().find("sysconf").map(address -> sysconf(linker, address, LEVEL1_DCACHE_SIZE + (level - 1) * NAMES_PER_LEVEL)).filter(bytes -> bytes > 0);
  }

  @SuppressWarnings("restricted")
  private static long sysconf(Linker linker, MemorySegment address, int name) {
    try {
      return (long) linker.downcallHandle(address, FunctionDescriptor.of(JAVA_LONG, JAVA_INT)).invokeExact(name);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // native code throws nothing
    }
  }
}
