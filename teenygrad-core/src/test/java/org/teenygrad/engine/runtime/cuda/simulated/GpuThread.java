package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.cuda.simulated.Module.Code;
import org.teenygrad.engine.runtime.cuda.simulated.Module.Edge;

/// A thread, and what it waits for.
final class GpuThread {
  final Block block;
  final int number;

  /// Lanes of all registers, and constants.
  final long[] registers;

  boolean done;
  @Nullable Instruction waiting;

  /// Whether the launches that this one depends on are known to have ended.
  boolean launchesAwaited;

  /// How often it has made visible to tensor cores what it wrote to shared memory.
  int fences;

  private final List<long[]> copies = new ArrayList<>();
  private final Queue<List<long[]>> groups = new ArrayDeque<>();
  private final Queue<Store> stores = new ArrayDeque<>();
  private Code code;
  private int next;
  private long[] moved = new long[0];

  GpuThread(Block block, int number, long[] registers, Code entry) {
    this.block = block;
    this.number = number;
    this.registers = registers;
    code = entry;
  }

  /// Runs to where it has to wait, or to its end.
  void advance() {
    while (true) {
      @Nullable Step[] steps = code.steps;
      try {
        while (next < steps.length) {
          Step step = steps[next++];
          if (step == null) {
            waiting = code.instructions[next - 1];
            return;
          }
          step.run(this);
        }
      } catch (RuntimeException e) {
        throw failure(code.instructions[next - 1], e);
      }
      if (code.returns) {
        done = true;
        return;
      }
      enter(code.condition < 0 || registers[code.condition] != 0 ? code.next() : code.otherwise());
    }
  }

  IllegalStateException failure(Instruction instruction, RuntimeException cause) {
    return new IllegalStateException("thread " + number + " of block " + block.number + " at '" + instruction.text() + "': " + cause.getMessage(), cause);
  }

  private void enter(Edge edge) {
    int[] from = edge.from();
    if (moved.length < from.length) {
      moved = new long[from.length];
    }
    for (int i = 0; i < from.length; i++) {
      moved[i] = registers[from[i]];
    }
    for (int i = 0; i < from.length; i++) {
      registers[edge.to()[i]] = moved[i];
    }
    code = edge.target();
    next = 0;
  }

  /// Starts to copy 16 bytes, or the first of them and zeros, from global to shared memory.
  void startCopy(long target, long source, long bytes) {
    block.shared.requireUnused(target, 16);
    copies.add(new long[] {target, source, bytes});
  }

  void commitCopies() {
    groups.add(List.copyOf(copies));
    copies.clear();
  }

  /// Copies come as late as they may: when they are waited for.
  void awaitCopies(long newest) {
    while (groups.size() > newest) {
      for (long[] copy : groups.remove()) {
        for (int i = 0; i < 16; i++) {
          block.shared.write(this, copy[0] + i, 1, i < copy[2] ? block.launch.memory().read(copy[1] + i, 1) : 0);
        }
      }
    }
  }

  /// A tile on its way to global memory.
  private record Store(BulkCopy copy, long source, boolean adds) {}

  /// Starts to store a tile, or to add it: shared memory is read as by tensor cores.
  void startStore(BulkCopy copy, long source, boolean adds) {
    block.shared.startMultiplying((int) (source - block.shared.base), copy.bytes());
    stores.add(new Store(copy, source, adds));
  }

  void endStores() {
    for (Store store = stores.poll(); store != null; store = stores.poll()) {
      store.copy.from(block.shared, store.source, store.adds);
      block.shared.endMultiplying((int) (store.source - block.shared.base), store.copy.bytes());
    }
  }

  void requireLaunchesAwaited() {
    if (!launchesAwaited) {
      throw new IllegalStateException("the launches before have not been waited for");
    }
  }
}
