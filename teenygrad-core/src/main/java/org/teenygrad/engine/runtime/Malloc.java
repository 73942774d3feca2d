package org.teenygrad.engine.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The C library's `malloc` and `free`. Unlike an [java.lang.foreign.Arena], they neither clear the
/// memory nor tie it to a scope.
final class Malloc {
  private static final int ALIGNMENT = 64;

  /// From this size on a block starts on a huge page where the system has them: fewer page faults, and matrices whose rows are
  /// far apart stay within reach of the processor's address cache.
  private static final int HUGE_PAGE = 2 << 20;

  private static final int MADV_HUGEPAGE = 14;
  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
  private static final MethodHandle MALLOC = function("malloc", 1, true);
  private static final MethodHandle FREE = function("free", 1, false);
  private static final MethodHandle MADVISE = function("madvise", 3, true);

  private Malloc() {}

  /// What `malloc` returned, and the first aligned address in it.
  record Block(long allocated, long aligned) {
    @SuppressWarnings("restricted")
    MemorySegment segment(long bytes) {
      return MemorySegment.ofAddress(aligned).reinterpret(bytes);
    }
  }

  /// A block with room for `bytes` after its aligned address, or null if the system has none.
  static @Nullable Block allocate(long bytes) {
    try {
      int alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;
      long address = (long) MALLOC.invokeExact(Math.addExact(bytes, alignment));
      if (address == 0) {
        return null;
      }
      long aligned = (address + alignment - 1) & -(long) alignment;
      if (LINUX && alignment == HUGE_PAGE) {
        // A hint: a system that does not take it goes on with small pages.
        long ignored = (long) MADVISE.invokeExact(aligned, bytes & -(long) HUGE_PAGE, (long) MADV_HUGEPAGE);
      }
      return new Block(address, aligned);
    } catch (Throwable e) {
      throw new IllegalStateException("malloc", e);
    }
  }

  static void free(Block block) {
    try {
      FREE.invokeExact(block.allocated);
    } catch (Throwable e) {
      throw new IllegalStateException("free", e);
    }
  }

  /// Addresses travel as integers, which every supported system passes as it passes pointers.
  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, int arguments, boolean result) {
    MemoryLayout[] words = new MemoryLayout[arguments];
    Arrays.fill(words, ValueLayout.JAVA_LONG);
    FunctionDescriptor type = result ? FunctionDescriptor.of(ValueLayout.JAVA_LONG, words) : FunctionDescriptor.ofVoid(words);
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }
}
