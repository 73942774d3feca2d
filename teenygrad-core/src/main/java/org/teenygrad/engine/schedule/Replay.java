package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;

/// Graphs with holes, which are filled with other data at each run: their schedule is found once, and a run walks no graph.
///
/// Holes may be assigned to. What is in such a hole is overwritten where the schedule assigns in place, and the ASSIGN's value has
/// its memory.
public final class Replay {
  private final Device device;
  private final Schedule schedule;
  private final int outputs;

  /// Of the plan: first the outputs that were asked for, then assignments on the way to them.
  private final List<Result> results;

  /// For each storage that the schedule reads the number of the hole that it is, or -1.
  private final int[] holes;

  /// For each of them that is no hole: itself.
  private final @Nullable Storage[] others;

  /// For each of them whether it is memory that an assignment writes first: new at each run.
  private final boolean[] fresh;

  /// @param overwritten the number of the hole whose memory it takes, or -1
  private record Result(DType dtype, Shape shape, @Nullable Sharding sharding, int overwritten) {}

  private Replay(Device device, List<OpNode> nodes, int outputs, Executor.Plan plan, Map<Storage, Integer> numbers) {
    this.device = device;
    schedule = plan.schedule();
    this.outputs = outputs;
    List<Storage> storages = plan.storages();
    holes = storages.stream().mapToInt(storage -> numbers.getOrDefault(storage, -1)).toArray();
    others = new @Nullable Storage[holes.length];
    fresh = new boolean[holes.length];
    for (int slot = 0; slot < holes.length; slot++) {
      others[slot] = holes[slot] < 0 ? storages.get(slot) : null;
      fresh[slot] = storages.get(slot).memory() == null;
    }
    results = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      OpNode node = nodes.get(i);
      int overwritten = schedule.isInPlace(i) ? numbers.getOrDefault(node.input(0).payload(Storage.class), -1) : -1;
      results.add(new Result(node.dtype(), node.shape(), node.sharding(), overwritten));
    }
  }

  /// @param outputs what is to be computed, none of it yet
  /// @param holes with memory, as examples of what will be put there
  /// @throws IllegalArgumentException if there is an [#obstacle]
  public static Replay of(List<OpNode> outputs, List<Storage> holes) {
    String obstacle = obstacle(outputs, holes);
    if (obstacle != null) {
      throw new IllegalArgumentException(obstacle);
    }
    Device device = holes.getFirst().device();
    Map<Storage, Integer> numbers = new IdentityHashMap<>();
    holes.forEach(hole -> numbers.put(hole, numbers.size()));
    Set<OpNode> results = new LinkedHashSet<>(outputs);
    for (OpNode node : Graph.topological(outputs, node -> Realizer.computed(node, device) == null)) {
      if (node.is(OpCode.ASSIGN) && Realizer.computed(node, device) == null) {
        results.add(node);
      }
    }
    List<OpNode> all = List.copyOf(results);
    return new Replay(device, all, outputs.size(), Executor.of(device).plan(all), numbers);
  }

  /// Why graphs cannot be played back: they assign to anything but a hole, or span devices. Null if they can.
  public static @Nullable String obstacle(List<OpNode> outputs, List<Storage> holes) {
    Device device = holes.getFirst().device();
    Set<Storage> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(holes);
    if (new HashSet<>(outputs).size() < outputs.size()) {
      return "what is recorded must be different values, but one of them is there twice";
    }
    for (OpNode node : Graph.topological(outputs, node -> Realizer.computed(node, device) == null)) {
      boolean isComputed = Realizer.computed(node, device) != null;
      if (!isComputed && node.is(OpCode.ASSIGN) && !isTarget(node.input(0), known)) {
        return "what is recorded must assign nothing but its arguments, but it assigns to " + node.input(0);
      }
      boolean elsewhere = node.is(OpCode.BUFFER) && !node.payload(Storage.class).device().equals(device);
      if (!isComputed && node.is(OpCode.COPY) || elsewhere) {
        return "what is recorded must stay on " + device + ", but it has " + node;
      }
    }
    return null;
  }

  /// Whether a node is a hole, or memory that is new and so nobody else's.
  private static boolean isTarget(OpNode node, Set<Storage> holes) {
    return node.is(OpCode.BUFFER) && (holes.contains(node.payload(Storage.class)) || node.payload(Storage.class).memory() == null);
  }

  /// Whether it reads nothing but holes and assigns nothing but outputs: then nothing else has any part in a run.
  public boolean isClosed() {
    for (int slot = 0; slot < holes.length; slot++) {
      if (holes[slot] < 0 && !fresh[slot]) {
        return false;
      }
    }
    return results.size() == outputs;
  }

  /// Whether the other computes the same of the same holes, by the same schedule.
  public boolean isSameAs(Replay other) {
    return schedule == other.schedule && Arrays.equals(holes, other.holes) && Arrays.equals(fresh, other.fresh)
        && results.equals(other.results) && outputs == other.outputs;
  }

  /// Computes the outputs.
  /// @param data with memory, one for each hole and of its shape and type; what is assigned in place is overwritten
  /// @return a new BUFFER for each output
  /// @throws IllegalStateException if an assignment has overwritten what else the graph reads
  public List<OpNode> run(List<Storage> data) {
    Allocator allocator = Devices.runtime(device).allocator();
    List<Buffer> given = new ArrayList<>(holes.length);
    for (int slot = 0; slot < holes.length; slot++) {
      Storage storage = holes[slot] < 0 ? Objects.requireNonNull(others[slot]) : data.get(holes[slot]);
      Buffer memory = fresh[slot]
          ? allocator.allocate(storage.bytes()) : (Buffer) storage.memory();
      if (memory == null) {
        throw new IllegalStateException("the data of " + storage + " was overwritten since it was recorded what reads it; record it anew");
      }
      given.add(memory);
    }
    Executor executor = Executor.of(device);
    List<Buffer> written = executor.inTurn(() -> schedule.run(Devices.runtime(device), executor.workspace(), given));
    List<OpNode> buffers = new ArrayList<>(outputs);
    for (int i = 0; i < results.size(); i++) {
      Result result = results.get(i);
      if (result.overwritten >= 0) {
        data.get(result.overwritten).overwrite();
      }
      if (i < outputs) {
        Storage storage = new Storage(result.dtype, result.shape, device, result.sharding);
        storage.fill(written.get(i));
        buffers.add(OpNode.buffer(storage));
      }
    }
    return buffers;
  }
}
