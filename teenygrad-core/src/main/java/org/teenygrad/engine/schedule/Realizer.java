package org.teenygrad.engine.schedule;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;

/// Computes graphs: from the nodes that somebody wants to the buffers that hold their values.
///
/// What each device computes is a matter of its [Executor]; devices that have nothing to do with each other compute at the same time.
public final class Realizer {
  private Realizer() {}

  /// Computes every node that is not computed yet, all in one schedule; afterwards each one's
  /// [OpNode#realized] is its BUFFER, whose storage has memory on the node's device.
  /// @throws IllegalStateException if a node reads data that a later assignment has overwritten
  public static void realize(List<OpNode> roots) {
    roots.stream().filter(root -> root.is(OpCode.BUFFER)).forEach(root -> root.realizedAs(root));
    List<OpNode> missing = reach(roots);
    Set<Device> involved = found(missing);
    List<Device> copied = missing.stream().filter(node -> node.is(OpCode.COPY)).map(copy -> copy.payload(Device.class)).toList();
    involved.addAll(copied);
    if (!copied.isEmpty() || involved.size() != 1) {
      involved.add(Devices.defaultDevice()); // where expressions of constants alone are at home
    }
    Executor.inTurn(involved, () -> compute(roots));
  }

  private static void compute(List<OpNode> roots) {
    List<OpNode> asked = roots.stream().filter(root -> computed(root) == null).distinct().toList();
    if (asked.isEmpty()) {
      return;
    }
    // Every assignment on the way that has not run is a result too.
    Set<OpNode> results = new LinkedHashSet<>(asked);
    boolean copies = false;
    List<OpNode> reached = reach(asked);
    Set<Device> found = found(reached);
    for (OpNode node : reached) {
      if (computed(node) == null) {
        // What a derivative goes through may be computed already, and be a copy.
        copies |= node.is(OpCode.COPY) || node.is(OpCode.GRADIENT) && found.size() > 1;
        if (node.is(OpCode.ASSIGN)) {
          results.add(node);
        }
      }
    }
    List<OpNode> wanted = List.copyOf(results);
    List<OpNode> graphs = copies ? Placement.copyAcross(cut(wanted)) : wanted;
    Map<Device, Set<OpNode>> byDevice = new LinkedHashMap<>();
    Map<OpNode, Device> devices = copies ? Placement.devices(graphs) : devices(graphs, found);
    for (OpNode graph : graphs) {
      if (computed(graph) == null) {
        Device device = devices.get(graph);
        byDevice.computeIfAbsent(device == null ? Devices.defaultDevice() : device, d -> new LinkedHashSet<>()).add(graph);
      }
    }
    byDevice.forEach((device, outputs) -> Executor.of(device).run(List.copyOf(outputs)));
    for (int i = 0; i < wanted.size(); i++) {
      if (computed(wanted.get(i)) == null) {
        wanted.get(i).realizedAs(Objects.requireNonNull(computed(graphs.get(i))));
      }
    }
  }

  /// All nodes from the roots down to those that are computed.
  private static List<OpNode> reach(List<OpNode> roots) {
    return Graph.topological(roots, node -> computed(node) == null);
  }

  private static Set<Device> found(List<OpNode> reached) {
    Set<Device> found = new HashSet<>();
    for (OpNode node : reached) {
      OpNode buffer = node.is(OpCode.BUFFER) ? node : computed(node);
      // A constant is at home everywhere, wherever somebody has had it computed.
      if (buffer != null && !isFilled(node)) {
        found.add(device(buffer));
      }
    }
    return found;
  }

  /// The device of each root; expressions of constants alone have none.
  private static Map<OpNode, Device> devices(List<OpNode> roots, Set<Device> found) {
    if (found.size() > 1) {
      // A constant expression may have been computed on another device than the one it is wanted on now.
      return Placement.devices(roots);
    }
    Map<OpNode, Device> same = new IdentityHashMap<>();
    found.forEach(device -> roots.forEach(root -> same.put(root, device)));
    return same;
  }

  private static Device device(OpNode buffer) {
    return buffer.payload(Storage.class).device();
  }

  /// The BUFFER of a node whose value is still there, or null. A BUFFER is its own.
  static @Nullable OpNode computed(OpNode node) {
    OpNode buffer = node.is(OpCode.BUFFER) ? node : node.realized();
    return buffer == null || buffer.payload(Storage.class).memory() == null ? null : buffer;
  }

  /// As [#computed(OpNode)], if the value is on that device and worth reading. A constant is none of those: that somebody once
  /// computed a 1 makes no other kernel that adds 1 read it from memory.
  static @Nullable OpNode computed(OpNode node, Device device) {
    OpNode buffer = computed(node);
    return buffer == null || isFilled(node) || !device(buffer).equals(device) ? null : buffer;
  }

  /// Whether all elements are one CONST.
  private static boolean isFilled(OpNode node) {
    OpNode value = node;
    while (value.is(OpCode.RESHAPE) || value.is(OpCode.EXPAND)) {
      value = value.input(0);
    }
    return value.is(OpCode.CONST);
  }

  /// The graphs over buffers only, where they span devices.
  private static List<OpNode> cut(List<OpNode> roots) {
    Map<OpNode, Device> devices = Placement.devices(roots);
    return Cut.of(roots, node -> node.is(OpCode.BUFFER) || devices.get(node) != null ? computed(node) : null);
  }

  /// A BUFFER for a node's value, in memory that holds it.
  static OpNode filled(OpNode node, Device device, Buffer memory) {
    Storage storage = new Storage(node.dtype(), node.shape(), device, node.sharding());
    storage.fill(memory);
    return OpNode.buffer(storage);
  }
}
