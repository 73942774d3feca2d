package org.teenygrad.exchange.onnx.export;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Algebra;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.exchange.onnx.format.Node;
import org.teenygrad.exchange.onnx.format.TensorData;

/// The expression of a model's outputs as nodes of ONNX's, from the inputs and parameters up.
public final class GraphExport {
  /// The version of the operators: the first in which all reductions take their axes as an input.
  public static final long OPERATOR_SET = 18;

  private final GraphBuilder graph;
  private final Elementwise elementwise;
  private final Movement movement;
  private final Indexing indexing;
  private final Map<OpNode, Operand> operands = new HashMap<>();
  /// What stands for a caller's tensors, and what only shows these.
  private final Set<OpNode> asked = new HashSet<>();
  /// Parameters that nodes may use.
  private final List<String> named = new ArrayList<>();

  private GraphExport(OpenSizes open, Set<String> names) {
    graph = new GraphBuilder(open, names);
    elementwise = new Elementwise(graph);
    movement = new Movement(graph);
    indexing = new Indexing(graph, elementwise);
  }

  /// Nodes in order, and the names of the parameters and the constants that they use.
  public record Exported(List<Node> nodes, List<String> parameters, List<TensorData> constants) {}

  /// A size that stays open.
  /// @param size in the graphs at hand, a prime number
  /// @param input which has it
  /// @param axis where
  public record Open(String name, int size, String input, int axis) {}

  /// @param open sizes of the inputs that are not fixed
  /// @param inputs by name; they hold nothing that matters
  /// @param parameters by name
  /// @param outputs by name, expressions of inputs and parameters
  /// @throws UnsupportedOperationException if ONNX has no standard operator for something, which is named
  /// @throws IllegalArgumentException if no output depends on an input
  public static Exported of(List<Open> open, Map<String, Tensor> inputs, Map<String, Tensor> parameters, Map<String, Tensor> outputs) {
    Set<String> names = new HashSet<>(inputs.keySet());
    names.addAll(parameters.keySet());
    names.addAll(outputs.keySet());
    OpenSizes sizes = new OpenSizes(open.stream().map(one -> new OpenSizes.OpenSize(one.name, one.size, one.input, one.axis)).toList());
    return new GraphExport(sizes, names).export(inputs, parameters, outputs);
  }

  static UnsupportedOperationException unsupported(OpNode node, String why) {
    return new UnsupportedOperationException("ONNX: " + node + " cannot be written: " + why);
  }

  private Exported export(Map<String, Tensor> inputs, Map<String, Tensor> parameters, Map<String, Tensor> outputs) {
    Map<OpNode, OpNode> leaves = new HashMap<>();
    inputs.forEach((name, tensor) -> asked.add(leaves.computeIfAbsent(tensor.node(), node -> leaf(name, node, tensor))));
    parameters.forEach((name, tensor) -> {
      if (Uniform.constant(tensor.node()) == null && leaves.get(tensor.node()) == null) {
        leaves.put(tensor.node(), leaf(name, tensor.node(), tensor));
        named.add(name);
      }
    });
    List<OpNode> roots = Algebra.simplify(Graph.substitute(outputs.values().stream().map(Tensor::node).toList(), leaves));
    List<OpNode> order = Graph.topological(roots);
    Set<OpNode> reached = new HashSet<>(order);
    inputs.forEach((name, tensor) -> {
      if (!reached.contains(leaves.get(tensor.node()))) {
        throw new IllegalArgumentException("no output depends on the input '" + name + "'");
      }
    });
    for (OpNode node : order) {
      if (!operands.containsKey(node) && Uniform.constant(node) == null) {
        operands.put(node, make(node));
      }
    }
    return finished(List.copyOf(outputs.keySet()), roots);
  }

  /// A tensor that is named: whatever it was computed of, it is data.
  private OpNode leaf(String name, OpNode node, Tensor tensor) {
    OpNode leaf = OpNode.buffer(new Storage(node.dtype(), node.shape(), tensor.device()));
    operands.put(leaf, new Operand(name, node.dtype(), node.shape()));
    return leaf;
  }

  private Operand operand(OpNode node) {
    OpNode constant = Uniform.constant(node);
    if (constant == null) {
      return Objects.requireNonNull(operands.get(node), node::toString);
    }
    Object value = constant.payload(Object.class);
    return graph.constant(constant.dtype(), value instanceof Boolean truth ? (Number) (truth ? 1 : 0) : (Number) value);
  }

  private Operand make(OpNode node) {
    if (node.op().isElementwise()) {
      return elementwise(node);
    }
    if (node.op().isMovement()) {
      if (asked.contains(node.input(0))) {
        asked.add(node);
      }
      return movement.of(node, operand(node.input(0)));
    }
    return switch (node.op()) {
      case BUFFER -> stored(node.payload(Storage.class));
      case ARANGE -> counting(node);
      case REDUCE -> reduce(node);
      case LOGSUMEXP -> graph.reduce("ReduceLogSumExp", whole(node.input(0), node.payload(Reduction.class)), axes(node));
      case GATHER -> indexing.gather(node, operand(node.input(0)), operand(node.input(1)), asked.contains(node.input(1)));
      case SCATTER -> indexing.scatter(node, operand(node.input(0)), operand(node.input(1)), operand(node.input(2)));
      case SCAN -> indexing.scan(node, operand(node.input(0)));
      case SORT -> indexing.sort(node, operand(node.input(0)));
      case CONTIGUOUS, DETACH, COPY, SURROGATE -> operand(node.input(0));
      case ASSIGN -> operand(node.input(1));
      case GRADIENT -> throw unsupported(node, "derivatives are taken by whoever runs the model");
      default -> throw unsupported(node, "there is no such operator");
    };
  }

  private Operand elementwise(OpNode node) {
    if (node.is(OpCode.CAST) && asked.contains(node.input(0))) {
      asked.add(node);
    }
    if (node.is(OpCode.BITCAST)) {
      throw unsupported(node, "there is no such operator");
    }
    Optional<Pooling> greatest = node.is(OpCode.WHERE) && node.dtype().isFloating() ? Pooling.compared(node) : Optional.empty();
    if (greatest.isPresent()) {
      return greatest.get().greatest(graph, this::operand);
    }
    return elementwise.of(node, node.inputs().stream().map(this::operand).toArray(Operand[]::new));
  }

  /// Data that has no name.
  private Operand stored(Storage storage) {
    if (!(storage.memory() instanceof Buffer memory)) {
      throw new IllegalStateException("the data of " + storage + " is gone: an update() has taken over its memory");
    }
    MemorySegment bytes = Arena.ofAuto().allocate(storage.bytes(), 64);
    Devices.runtime(storage.device()).allocator().copyOut(memory, bytes);
    return graph.stored(storage.dtype(), storage.shape(), bytes);
  }

  private Operand counting(OpNode node) {
    DType type = node.dtype();
    Operand size = graph.open().isOpen(node.shape().size(0))
        ? graph.cast(graph.reshape(graph.size(node.shape().size(0)), Shape.SCALAR), type) : graph.constant(type, node.shape().size(0));
    return graph.add("Range", type, node.shape(), graph.constant(type, 0), size, graph.constant(type, 1));
  }

  private static int[] axes(OpNode node) {
    return node.payload(Reduction.class).axes().stream().mapToInt(axis -> axis).toArray();
  }

  /// What is reduced, repeated along the axes that it is reduced over.
  private Operand whole(OpNode x, Reduction reduction) {
    return graph.expandAxes(operand(x), x.shape(), reduction.axes());
  }

  private Operand reduce(OpNode node) {
    Reduction reduction = node.payload(Reduction.class);
    OpNode x = node.input(0);
    Optional<Operand> windows = windows(node, reduction);
    if (windows.isPresent()) {
      return windows.get();
    }
    if (reduction.combine() == OpCode.ADD && x.is(OpCode.MUL) && x.dtype() != DType.BOOL) {
      int rank = x.shape().rank();
      Optional<Contraction> product = Contraction.of(
          graph.ranked(operand(x.input(0)), rank), graph.ranked(operand(x.input(1)), rank), x.shape(), reduction.axes());
      if (product.isPresent()) {
        return product.get().in(graph);
      }
    }
    Operand whole = whole(x, reduction);
    if (whole.dtype() == DType.BOOL) {
      boolean any = reduction.combine() == OpCode.ADD || reduction.combine() == OpCode.MAX;
      return graph.cast(graph.reduce(any ? "ReduceMax" : "ReduceMin", graph.cast(whole, DType.UINT8), axes(node)), DType.BOOL);
    }
    return graph.reduce(switch (reduction.combine()) {
      case ADD -> "ReduceSum";
      case MUL -> "ReduceProd";
      case MAX -> "ReduceMax";
      default -> "ReduceMin";
    }, whole, axes(node));
  }

  /// A reduction over windows.
  private Optional<Operand> windows(OpNode node, Reduction reduction) {
    OpNode x = node.input(0);
    boolean isProduct = x.is(OpCode.MUL) && x.dtype().isFloating();
    return switch (reduction.combine()) {
      case ADD -> isProduct
          ? Convolution.of(x, reduction.axes()).map(found -> graph.arrange(found.in(graph, this::operand), found.made(), node.shape()))
          : Pooling.reduced(node).map(found -> graph.arrange(found.sum(graph, this::operand), found.made(), node.shape()));
      case MAX -> Pooling.reduced(node).map(found -> graph.arrange(found.greatest(graph, this::operand), found.made(), node.shape()));
      default -> Optional.empty();
    };
  }

  /// Only what outputs need, under their names.
  private Exported finished(List<String> names, List<OpNode> roots) {
    for (int i = 0; i < names.size(); i++) {
      Operand result = graph.expand(operand(roots.get(i)), roots.get(i).shape());
      graph.nameOutput(result, names.get(i));
    }
    Set<String> needed = new HashSet<>(names);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      if (needed.contains(node.outputs().getFirst())) {
        nodes.add(node);
        needed.addAll(node.inputs());
      }
    }
    Collections.reverse(nodes);
    return new Exported(nodes, named.stream().filter(needed::contains).toList(),
        graph.constants().values().stream().filter(constant -> needed.contains(constant.name())).toList());
  }
}
