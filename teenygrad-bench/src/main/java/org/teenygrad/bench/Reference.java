package org.teenygrad.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.schedule.Realizer;

/// Right answers: expressions over a GPU's data, computed in float64 on the CPU.
final class Reference {
  private static final Device CPU = Device.of("cpu");

  private Reference() {}

  /// The values of expressions, in row-major order.
  /// @param expressions not computed yet
  static List<double[]> of(List<Tensor> expressions) {
    List<OpNode> roots = expressions.stream().map(expression -> expression.cast(DType.FLOAT64).node()).toList();
    Map<OpNode, OpNode> moved = new HashMap<>();
    for (OpNode node : Graph.topological(roots)) {
      if (node.is(OpCode.BUFFER)) {
        moved.put(node, OpNode.buffer(onCpu(node.payload(Storage.class))));
      }
    }
    List<OpNode> here = Graph.substitute(roots, moved);
    Realizer.realize(here);
    return here.stream().map(Reference::doubles).toList();
  }

  private static Storage onCpu(Storage data) {
    Buffer from = (Buffer) Objects.requireNonNull(data.memory());
    Allocator allocator = Devices.runtime(CPU).allocator();
    Buffer to = allocator.allocate(from.bytes());
    allocator.copyAcross(to, from, Devices.runtime(data.device()).allocator());
    Storage storage = new Storage(data.dtype(), data.shape(), CPU);
    storage.fill(to);
    return storage;
  }

  private static double[] doubles(OpNode computed) {
    Buffer values = (Buffer) Objects.requireNonNull(Objects.requireNonNull(computed.realized()).payload(Storage.class).memory());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(values.bytes(), Double.BYTES);
      Devices.runtime(CPU).allocator().copyOut(values, host);
      return host.toArray(ValueLayout.JAVA_DOUBLE);
    }
  }

  /// `|ours - reference| / |reference|` in the Euclidean norm; NaN if any of ours is.
  static double relativeError(double[] ours, double[] reference) {
    if (ours.length != reference.length) {
      throw new IllegalStateException(ours.length + " values are compared with " + reference.length);
    }
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < ours.length; i++) {
      difference += (ours[i] - reference[i]) * (ours[i] - reference[i]);
      norm += reference[i] * reference[i];
    }
    return Math.sqrt(difference / norm);
  }
}
