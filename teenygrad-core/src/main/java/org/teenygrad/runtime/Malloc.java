package org.teenygrad.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The C library's `malloc` and `free`. Unlike an [java.lang.foreign.Arena], they neither clear the
/// memory nor tie it to a scope.
final class Malloc {
  private static final int ALIGNMENT = 64;
  private static final MethodHandle MALLOC = function("malloc", ValueLayout.JAVA_LONG);
  private static final MethodHandle FREE = function("free");

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
      long address = (long) MALLOC.invokeExact(Math.addExact(bytes, ALIGNMENT));
      return address == 0 ? null : new Block(address, (address + ALIGNMENT - 1) & -ALIGNMENT);
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
  private static MethodHandle function(String name, MemoryLayout... result) {
    FunctionDescriptor type =
        result.length == 0
            ? FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG)
            : FunctionDescriptor.of(result[0], ValueLayout.JAVA_LONG);
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }
}
