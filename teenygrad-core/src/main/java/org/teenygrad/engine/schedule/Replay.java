package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;

/// A graph with holes, which are filled with other data at each run: its schedule is found once, and a run walks no graph.
public final class Replay {
  private final Device device;
  private final DType dtype;
  private final Shape shape;
  private final Realizer.Plan plan;

  /// For each storage of the plan the number of the hole that it is, or -1.
  private final int[] holes;

  private Replay(Device device, OpNode output, Realizer.Plan plan, int... holes) {
    this.device = device;
    this.dtype = output.dtype();
    this.shape = output.shape();
    this.plan = plan;
    this.holes = holes;
  }

  /// @param output what is to be computed
  /// @param holes with memory, as examples of what will be put there
  /// @throws IllegalArgumentException if the graph assigns something, or spans devices
  public static Replay of(OpNode output, List<Storage> holes) {
    Device device = holes.getFirst().device();
    for (OpNode node : Graph.topological(List.of(output), node -> Realizer.computed(node, device) == null)) {
      boolean elsewhere = node.is(OpCode.BUFFER) && !node.payload(Storage.class).device().equals(device);
      if (Realizer.computed(node, device) == null && (node.is(OpCode.ASSIGN) || node.is(OpCode.COPY)) || elsewhere) {
        throw new IllegalArgumentException("what is recorded must assign nothing and stay on " + device + ", but it has " + node);
      }
    }
    Map<Storage, Integer> numbers = new IdentityHashMap<>();
    holes.forEach(hole -> numbers.put(hole, numbers.size()));
    Realizer.Plan plan = Realizer.plan(device, List.of(output));
    return new Replay(device, output, plan, plan.storages().stream().mapToInt(storage -> numbers.getOrDefault(storage, -1)).toArray());
  }

  /// Computes the output.
  /// @param data with memory, one for each hole and of its shape and type
  /// @return a new BUFFER
  /// @throws IllegalStateException if an assignment has overwritten what else the graph reads
  public OpNode run(List<Storage> data) {
    List<Buffer> given = new ArrayList<>(holes.length);
    for (int slot = 0; slot < holes.length; slot++) {
      Storage storage = holes[slot] < 0 ? plan.storages().get(slot) : data.get(holes[slot]);
      if (storage.memory() == null) {
        throw new IllegalStateException("the data of " + storage + " was overwritten since it was recorded what reads it; record it anew");
      }
      given.add((Buffer) Objects.requireNonNull(storage.memory()));
    }
    Storage result = new Storage(dtype, shape, device);
    synchronized (Realizer.class) { // one schedule runs at a time
      result.fill(plan.schedule().run(Devices.runtime(device), Workspace.of(device), given).getFirst());
    }
    return OpNode.buffer(result);
  }
}
