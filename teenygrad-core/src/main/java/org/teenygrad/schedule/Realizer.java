package org.teenygrad.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.autodiff.Gradients;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Param;
import org.teenygrad.ir.Storage;
import org.teenygrad.runtime.Buffer;
import org.teenygrad.runtime.Devices;
import org.teenygrad.runtime.Program;
import org.teenygrad.runtime.Runtime;
import org.teenygrad.runtime.Target;

/// Computes graphs: from the nodes that somebody wants to the buffers that hold their values.
public final class Realizer {
  private Realizer() {}

  /// Computes every node that is not computed yet, all in one schedule; afterwards each one's
  /// [OpNode#realized] is its BUFFER, whose storage has memory on the node's device.
  /// @throws IllegalStateException if a node reads data that a later assignment has overwritten
  public static synchronized void realize(List<OpNode> roots) {
    List<OpNode> wanted =
        roots.stream().filter(root -> computed(root) == null).distinct().toList();
    List<OpNode> graphs = Placement.copyAcross(cut(wanted));
    Map<Device, Set<OpNode>> byDevice = new LinkedHashMap<>();
    Map<OpNode, Device> devices = Placement.devices(graphs);
    for (OpNode graph : graphs) {
      Device device = devices.get(graph);
      byDevice
          .computeIfAbsent(
              device == null ? Devices.defaultDevice() : device, d -> new LinkedHashSet<>())
          .add(graph);
    }
    Map<OpNode, OpNode> buffers = new HashMap<>();
    byDevice.forEach((device, outputs) -> buffers.putAll(run(device, List.copyOf(outputs))));
    for (int i = 0; i < wanted.size(); i++) {
      wanted.get(i).realizedAs(Objects.requireNonNull(buffers.get(graphs.get(i))));
    }
  }

  /// The BUFFER of a node whose value is still there, or null. A BUFFER is its own.
  static @Nullable OpNode computed(OpNode node) {
    OpNode buffer = node.realized();
    return buffer == null || buffer.payload(Storage.class).overwritten() ? null : buffer;
  }

  /// The graphs over buffers only: what is computed already is cut off, and the derivatives are spelled
  /// out.
  private static List<OpNode> cut(List<OpNode> roots) {
    List<OpNode> assigned =
        substitute(roots, node -> node.is(OpCode.ASSIGN) ? computed(node) : null);
    List<OpNode> expanded = Gradients.expand(assigned);
    List<OpNode> cut = substitute(expanded, Realizer::computed);
    Set<OpNode> buffers = buffers(cut);
    if (buffers.stream().map(Realizer::device).distinct().count() > 1) {
      // Expressions of constants alone belong to no device. One that was computed on another device
      // than these is computed again.
      Map<OpNode, Device> devices = Placement.devices(expanded);
      cut = substitute(expanded, node -> devices.get(node) == null ? null : computed(node));
      buffers = buffers(cut);
    }
    read(cut).forEach(Realizer::checkReadable);
    return cut;
  }

  /// The buffers whose contents are wanted: what an ASSIGN overwrites may be new memory.
  private static Set<OpNode> read(List<OpNode> roots) {
    Set<OpNode> read = new LinkedHashSet<>(roots);
    for (OpNode node : Graph.topological(roots)) {
      node.inputs().stream().skip(node.is(OpCode.ASSIGN) ? 1 : 0).forEach(read::add);
    }
    read.removeIf(node -> !node.is(OpCode.BUFFER));
    return read;
  }

  private static Set<OpNode> buffers(List<OpNode> roots) {
    Set<OpNode> buffers = new LinkedHashSet<>(Graph.topological(roots));
    buffers.removeIf(node -> !node.is(OpCode.BUFFER));
    return buffers;
  }

  private static Device device(OpNode buffer) {
    return buffer.payload(Storage.class).device();
  }

  private interface Replacement {
    @Nullable OpNode of(OpNode node);
  }

  /// The roots with nodes replaced, from the top: nothing below a replaced node is looked at. A node
  /// that is rebuilt keeps what is known of its value.
  private static List<OpNode> substitute(List<OpNode> roots, Replacement replacement) {
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(roots, n -> replacement.of(n) == null)) {
      OpNode replaced = replacement.of(node);
      if (replaced == null) {
        replaced =
            node.withInputs(
                node.inputs().stream().map(n -> Objects.requireNonNull(changed.get(n))).toList());
        OpNode buffer = computed(node);
        if (buffer != null && computed(replaced) == null) {
          replaced.realizedAs(buffer);
        }
      }
      changed.put(node, replaced);
    }
    return roots.stream().map(root -> Objects.requireNonNull(changed.get(root))).toList();
  }

  private static void checkReadable(OpNode buffer) {
    Storage storage = buffer.payload(Storage.class);
    if (storage.overwritten()) {
      throw new IllegalStateException(
          "the data of "
              + storage
              + " was overwritten by an assignment before this expression read it; realize the expression before the assignment, or copy the tensor first");
    }
    if (storage.memory() == null) {
      throw new IllegalStateException("the data of " + storage + " was never written");
    }
  }

  /// Runs the graphs on their device as one program.
  /// @return for each graph the BUFFER of its value
  private static Map<OpNode, OpNode> run(Device device, List<OpNode> graphs) {
    Runtime runtime = Devices.runtime(device);
    Map<OpNode, OpNode> results = new LinkedHashMap<>();
    List<OpNode> outputs = new ArrayList<>();
    List<Buffer> arguments = new ArrayList<>();
    for (OpNode graph : graphs) {
      if (graph.is(OpCode.BUFFER)) {
        results.put(graph, graph);
        continue;
      }
      outputs.add(graph);
      arguments.add(runtime.allocator().allocate(graph.shape().elements() * graph.dtype().bytes()));
    }
    if (outputs.isEmpty()) {
      return results;
    }
    if (!(runtime.target() instanceof Target.Graphs)) {
      throw new UnsupportedOperationException("no scheduler for " + device + " yet");
    }
    Map<OpNode, OpNode> params = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(outputs)) {
      if (node.is(OpCode.BUFFER)) {
        Param param = new Param(arguments.size(), node.shape());
        params.put(node, OpNode.create(OpCode.PARAM, node.dtype(), List.of(), param));
        Buffer memory = (Buffer) node.payload(Storage.class).memory();
        long bytes = node.shape().elements() * node.dtype().bytes();
        arguments.add(memory != null ? memory : runtime.allocator().allocate(bytes));
      }
    }
    OpNode sink = Graph.substitute(OpNode.of(OpCode.SINK, null, outputs), params);
    var program = new Program("graph", sink, "", 1, 0, new Program.Work(0, 0));
    runtime.compiler().compile(program).run(List.of(arguments));
    for (int i = 0; i < outputs.size(); i++) {
      results.put(outputs.get(i), filled(outputs.get(i), device, arguments.get(i)));
    }
    return results;
  }

  /// A BUFFER for a node's value, in memory that holds it.
  static OpNode filled(OpNode node, Device device, Buffer memory) {
    DType dtype = node.dtype();
    Storage storage = new Storage(dtype, node.shape(), device);
    storage.fill(memory);
    return OpNode.buffer(storage);
  }
}
