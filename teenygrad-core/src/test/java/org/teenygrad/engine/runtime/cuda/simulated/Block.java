package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.engine.runtime.cuda.simulated.Instruction.Meeting;

/// A block of threads.
final class Block {
  private static final int WARP = 32;

  final Launch launch;
  final Cluster cluster;
  final int number;
  final int row;

  /// The number in its cluster.
  final int rank;

  final SharedMemory shared;
  final List<Warp> warps = new ArrayList<>();
  private final GpuThread[] threads;
  private final List<Warpgroup> groups = new ArrayList<>();
  private final Map<Long, Mbarrier> mbarriers = new HashMap<>();

  /// @param row of the grid
  Block(Launch launch, Cluster cluster, int number, int rank, int row) {
    this.launch = launch;
    this.cluster = cluster;
    this.number = number;
    this.rank = rank;
    this.row = row;
    Module module = launch.module();
    shared = new SharedMemory(rank, module.dynamicShared() + (int) launch.program().launch().scratchBytes());
    long[] registers = launch.registers(shared.base);
    threads = new GpuThread[launch.program().launch().threads()];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new GpuThread(this, i, registers.clone(), module.entry);
      threads[i].launchesAwaited = !module.awaitsLaunches;
    }
    for (int first = 0; first < threads.length; first += Warpgroup.THREADS) {
      groups.add(new Warpgroup(this, Arrays.copyOfRange(threads, first, Math.min(threads.length, first + Warpgroup.THREADS))));
    }
    for (int first = 0; first < threads.length; first += WARP) {
      warps.add(new Warp(this, groups.get(first / Warpgroup.THREADS), Arrays.copyOfRange(threads, first, Math.min(threads.length, first + WARP))));
    }
  }

  List<GpuThread> threads() {
    return Arrays.asList(threads);
  }

  boolean isDone() {
    return Arrays.stream(threads).allMatch(thread -> thread.done);
  }

  /// Lets threads go on that have met at a barrier or for a product.
  boolean meet() {
    boolean moved = false;
    for (Warpgroup group : groups) {
      moved |= group.meet();
    }
    Map<Integer, List<GpuThread>> barriers = new HashMap<>();
    for (GpuThread thread : threads) {
      Instruction waiting = thread.waiting;
      if (waiting != null && waiting.meeting() == Meeting.BLOCK) {
        barriers.computeIfAbsent(waiting.numbers().length == 0 ? 0 : waiting.numbers()[0], any -> new ArrayList<>()).add(thread);
      }
    }
    for (List<GpuThread> met : barriers.values()) {
      Instruction barrier = Objects.requireNonNull(met.getFirst().waiting);
      int count = barrier.numbers().length > 1 ? barrier.numbers()[1] : threads.length;
      if (met.size() == count) {
        met.forEach(thread -> thread.waiting = null);
        moved = true;
      }
    }
    return moved;
  }

  /// Throws if something is still on its way to the block, which has ended.
  void end() {
    groups.forEach(Warpgroup::end);
    mbarriers.forEach((place, mbarrier) -> {
      if (!mbarrier.isIdle()) {
        throw new IllegalStateException("block " + number + " has ended and the mbarrier at byte " + place + " in " + mbarrier);
      }
    });
  }

  void initialize(long address, int count) {
    shared.read(address, Long.BYTES);
    mbarriers.put(SharedMemory.withoutRank(address), new Mbarrier(count));
  }

  /// An mbarrier of its own.
  Mbarrier mbarrier(long address) {
    if (address != SharedMemory.withoutRank(address) + shared.base) {
      throw new IllegalStateException("the mbarrier at " + Long.toHexString(address) + " is another block's");
    }
    return ofCluster(address);
  }

  /// The one at the same place as that of another block.
  Mbarrier ofCluster(long address) {
    Mbarrier found = mbarriers.get(SharedMemory.withoutRank(address));
    if (found == null) {
      throw new IllegalStateException("there is no mbarrier at " + Long.toHexString(address) + " of block " + number);
    }
    if (isDone()) {
      throw new IllegalStateException("block " + number + ", whose mbarrier that is, has ended");
    }
    return found;
  }

  /// @param space LLVM's address space
  long read(GpuThread thread, int space, long address, int bytes) {
    switch (space) {
      case 1 -> {
        thread.requireLaunchesAwaited();
        return launch.memory().read(address, bytes);
      }
      case 3 -> {
        return shared.read(address, bytes);
      }
      case 4 -> {
        return launch.module().tables.get(Math.toIntExact(address / 8));
      }
      default -> {
        return launch.parameters().getLong(Math.toIntExact(address));
      }
    }
  }

  void write(GpuThread thread, int space, long address, int bytes, long value) {
    if (space == 1) {
      thread.requireLaunchesAwaited();
      launch.memory().write(address, bytes, value);
    } else {
      shared.write(thread, address, bytes, value);
    }
  }
}
