package org.teenygrad.engine.runtime.llvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/// LLVM's code generator for one target, lent to one thread at a time.
///
/// A new one costs 0.3 ms, and its first function another 0.7 ms for tables that it then keeps
/// (measured, of 3.3 ms for a small kernel), so they go back to a pool. There are never more of
/// them than threads that compile at once.
record TargetMachine(long pointer, Key key) implements AutoCloseable {
  private static final int RELOCATION_DEFAULT = 0;
  private static final int RELOCATION_PIC = 2;
  private static final int CODE_MODEL_DEFAULT = 0;
  private static final int CODE_MODEL_SMALL =
      3; // LLVM's JIT default is "large" with PIC: a GOT look-up at each entry

  private static final ConcurrentHashMap<Key, ConcurrentLinkedDeque<TargetMachine>> IDLE =
      new ConcurrentHashMap<>();

  record Key(LlvmTarget target, int optLevel) {}

  static TargetMachine borrow(LlvmTarget target, int optLevel) {
    Key key = new Key(target, optLevel);
    TargetMachine idle = pool(key).pollFirst();
    return idle != null ? idle : create(key);
  }

  /// Back to the pool.
  @Override
  public void close() {
    pool(key).addFirst(this);
  }

  private static ConcurrentLinkedDeque<TargetMachine> pool(Key key) {
    return IDLE.computeIfAbsent(key, k -> new ConcurrentLinkedDeque<>());
  }

  private static TargetMachine create(Key key) {
    LlvmTarget target = key.target();
    target.initialize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment triple = arena.allocateFrom(target.triple());
      MemorySegment found = Llvm.out(arena);
      MemorySegment message = Llvm.out(arena);
      if (Llvm.targetFromTriple(triple, found, message)) {
        throw new LlvmException(
            "LLVM has no target " + target.triple() + ": " + Llvm.takeMessage(message));
      }
      boolean gpu = target.architecture() == LlvmTarget.Architecture.NVPTX;
      long pointer =
          Llvm.createTargetMachine(
              found.get(JAVA_LONG, 0),
              triple,
              arena.allocateFrom(target.cpu()),
              arena.allocateFrom(target.features()),
              key.optLevel(),
              gpu ? RELOCATION_DEFAULT : RELOCATION_PIC,
              gpu ? CODE_MODEL_DEFAULT : CODE_MODEL_SMALL);
      return new TargetMachine(pointer, key);
    }
  }
}
