package org.teenygrad.engine.runtime.llvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// LLVM's in-process linker (LLJIT): one name space of functions.
///
/// A linker costs 0.8 ms to make, linking an object with it 0.2 ms, so objects share one as long as
/// their functions have different names. When a name is taken, the next linker is used: two kernels
/// of one name are correct, just slower to load. Linkers are kept for the life of the process; what
/// was linked can be removed.
final class JitLinker {
  private static final List<JitLinker> ALL = new ArrayList<>();

  private final long jit;
  private final Set<String> names = new HashSet<>(); // guarded by ALL

  private JitLinker(long jit) {
    this.jit = jit;
  }

  /// A linker in which none of these names is taken, and now they are.
  static JitLinker reserve(List<String> functions) {
    synchronized (ALL) {
      for (JitLinker linker : ALL) {
        if (Collections.disjoint(linker.names, functions)) {
          linker.names.addAll(functions);
          return linker;
        }
      }
      JitLinker linker = create();
      linker.names.addAll(functions);
      ALL.add(linker);
      return linker;
    }
  }

  /// Adds an object; what comes back is for [#remove].
  long add(byte[] object) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(object.length + 1L, 16);
      MemorySegment.copy(object, 0, bytes, JAVA_BYTE, 0, object.length);
      long buffer = Llvm.memoryBufferCopy(bytes, object.length, arena.allocateFrom("kernel.o"));
      long tracker = Llvm.createResourceTracker(Llvm.mainDylib(jit));
      long error = Llvm.addObjectFile(jit, tracker, buffer);
      if (error != 0) {
        Llvm.releaseResourceTracker(tracker);
      }
      Llvm.check("LLVM could not link a kernel", error);
      return tracker;
    }
  }

  long lookup(String function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = Llvm.out(arena);
      Llvm.check(
          "LLVM could not link " + function,
          Llvm.lookup(jit, address, arena.allocateFrom(function)));
      return address.get(JAVA_LONG, 0);
    }
  }

  void remove(long tracker, List<String> functions) {
    Llvm.check("LLVM could not remove a kernel", Llvm.removeResources(tracker));
    Llvm.releaseResourceTracker(tracker);
    release(functions);
  }

  void release(List<String> functions) {
    synchronized (ALL) {
      names.removeAll(Set.copyOf(functions));
    }
  }

  private static JitLinker create() {
    LlvmTarget.host().initialize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment jit = Llvm.out(arena);
      Llvm.check("LLVM could not start its linker", Llvm.createLljit(jit));
      return new JitLinker(jit.get(JAVA_LONG, 0));
    }
  }
}
