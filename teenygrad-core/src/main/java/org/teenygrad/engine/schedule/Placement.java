package org.teenygrad.engine.schedule;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.Device;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;

/// Which device each node of a graph belongs to, and the copies between them.
final class Placement {
  private Placement() {}

  /// The device of each node that the roots reach; nodes over constants alone have none.
  /// @throws IllegalArgumentException if a node's inputs are on different devices
  static Map<OpNode, Device> devices(List<OpNode> roots) {
    Map<OpNode, Device> devices = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(roots)) {
      if (node.is(OpCode.BUFFER)) {
        devices.put(node, node.payload(Storage.class).device());
      } else if (node.is(OpCode.COPY)) {
        devices.put(node, node.payload(Device.class));
      } else if (node.is(OpCode.GRADIENT)) { // is where its variable is
        Device device = devices.get(node.input(1));
        if (device != null) {
          devices.put(node, device);
        }
      } else {
        for (OpNode input : node.inputs()) {
          Device device = devices.get(input);
          Device other = device == null ? null : devices.putIfAbsent(node, device);
          if (other != null && !other.equals(device)) {
            throw new IllegalArgumentException(
                String.format(Locale.ROOT, "%s of tensors on different devices: %s and %s; move one with to(\"%s\")",
                    node.op(), other, device, other));
          }
        }
      }
    }
    return devices;
  }

  /// Carries out every COPY from one device to another: what it copies is computed first.
  /// @return the roots, each such COPY replaced by the BUFFER with its value
  static List<OpNode> copyAcross(List<OpNode> roots) {
    Map<OpNode, Device> devices = devices(roots);
    Map<OpNode, OpNode> copies = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(roots)) {
      Device from = node.is(OpCode.COPY) ? devices.get(node.input(0)) : null;
      Device to = devices.get(node);
      if (from != null && to != null && !from.equals(to)) {
        OpNode source = Graph.substitute(node.input(0), copies);
        if (!source.is(OpCode.BUFFER)) {
          Realizer.realize(List.of(source));
          source = Objects.requireNonNull(source.realized());
        }
        OpNode copy = copy(source, to);
        node.realizedAs(copy);
        copies.put(node, copy);
      }
    }
    return roots.stream().map(root -> Graph.substitute(root, copies)).toList();
  }

  private static OpNode copy(OpNode source, Device to) {
    Storage storage = source.payload(Storage.class);
    Buffer memory = (Buffer) Objects.requireNonNull(storage.memory());
    Runtime target = Devices.runtime(to);
    Buffer copy = target.allocator().allocate(memory.bytes());
    long start = Activity.begin();
    target.allocator().copyAcross(copy, memory, Devices.runtime(storage.device()).allocator());
    Activity.copied(to, Activity.Way.BETWEEN_DEVICES, memory.bytes(), start);
    return Realizer.filled(source, to, copy);
  }
}
