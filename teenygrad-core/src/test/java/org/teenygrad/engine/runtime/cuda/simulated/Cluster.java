package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.cuda.simulated.Instruction.Meeting;

/// Blocks that run together, or one alone: warps take turns in an order of chance, each as far as it comes. Bulk copies come and products are complete in an order
/// of chance, too, at the latest when nobody can go on without. If nobody can go on at all, that is a deadlock.
final class Cluster {
  private final List<Block> blocks;
  private final List<Warp> warps;
  private final Random random;

  /// How likely something is complete while others can still go on, in sixteenths.
  private final int haste;

  private final List<Arrival> arrivals = new ArrayList<>();

  /// A bulk copy on its way.
  private record Arrival(Arriving copy, Block block, long target, long counter) {
    void come() {
      copy.to(block.shared, target);
      block.shared.arrived(target, copy.bytes());
      block.ofCluster(counter).arrived(copy.bytes());
    }
  }

  /// @param first the number of the first block
  /// @param row of the grid
  Cluster(Launch launch, int first, int row, Random random) {
    this.random = random;
    haste = 8 * random.nextInt(3);
    blocks = IntStream.range(0, launch.module().cluster).mapToObj(rank -> new Block(launch, this, first + rank, rank, row)).toList();
    warps = new ArrayList<>(blocks.stream().flatMap(block -> block.warps.stream()).toList());
  }

  Block block(long rank) {
    return blocks.get((int) rank);
  }

  /// Starts a bulk copy.
  /// @param from whose thread does that
  /// @param counter the mbarrier that counts the bytes
  /// @param to a bit for each block that gets them
  void start(Arriving copy, Block from, long target, long counter, int to) {
    from.mbarrier(counter);
    for (Block block : blocks) {
      if ((to >> block.rank & 1) == 1) {
        long own = SharedMemory.withoutRank(target) + block.shared.base;
        block.shared.expect(own, copy.bytes());
        arrivals.add(new Arrival(copy, block, own, counter));
      }
    }
  }

  void run() {
    while (!blocks.stream().allMatch(Block::isDone)) {
      Collections.shuffle(warps, random);
      boolean moved = false;
      for (Warp warp : warps) {
        moved |= warp.advance();
      }
      for (Block block : blocks) {
        moved |= block.meet();
      }
      moved |= meet();
      boolean complete = !moved || random.nextInt(16) < haste;
      if (!(complete && completeOne()) && !moved) {
        throw new IllegalStateException("nobody can go on: " + blocks.stream().map(Cluster::waiting).collect(Collectors.joining("; ")));
      }
    }
    if (!arrivals.isEmpty()) {
      throw new IllegalStateException("all blocks have ended and " + arrivals.size() + " copies are still on their way");
    }
    blocks.forEach(Block::end);
  }

  /// Has one of the copies that are on their way come, or one of the products that are waited for be complete.
  /// @return whether there was one
  private boolean completeOne() {
    List<Warp> waiting = warps.stream().filter(Warp::awaitsProducts).toList();
    int number = random.nextInt(Math.max(1, arrivals.size() + waiting.size()));
    if (number < arrivals.size()) {
      arrivals.remove(number).come();
    } else if (number - arrivals.size() < waiting.size()) {
      waiting.get(number - arrivals.size()).completeProducts();
    } else {
      return false;
    }
    return true;
  }

  /// Lets all threads go on if those that have not ended wait at the barrier of the cluster.
  private boolean meet() {
    List<GpuThread> open = blocks.stream().flatMap(block -> block.threads().stream()).filter(thread -> !thread.done).toList();
    boolean met = !open.isEmpty() && open.stream().allMatch(thread -> thread.waiting != null && thread.waiting.meeting() == Meeting.CLUSTER);
    if (met) {
      open.forEach(thread -> thread.waiting = null);
    }
    return met;
  }

  /// Who waits for what.
  private static String waiting(Block block) {
    Map<String, List<Integer>> threads = new LinkedHashMap<>();
    block.threads().forEach(thread -> threads.computeIfAbsent(reason(block, thread, thread.waiting), any -> new ArrayList<>()).add(thread.number));
    return "block " + block.number + ": " + threads.entrySet().stream().map(entry -> numbers(entry.getValue()) + " " + entry.getKey()).collect(Collectors.joining(", "));
  }

  private static String numbers(List<Integer> numbers) {
    return numbers.size() == 1 ? "thread " + numbers.getFirst() : numbers.size() + " threads from " + numbers.getFirst() + " to " + numbers.getLast();
  }

  private static String reason(Block block, GpuThread thread, @Nullable Instruction waiting) {
    if (waiting == null) {
      return "ended";
    }
    String text = waiting.text().substring(0, Math.min(200, waiting.text().length()));
    if (waiting.meeting() != Meeting.MBARRIER) {
      return "at '" + text + "'";
    }
    long address = thread.registers[waiting.operands()[0].place()];
    return "at the mbarrier at " + Long.toHexString(address) + ", parity " + thread.registers[waiting.operands()[1].place()] + ": " + block.mbarrier(address);
  }
}
