package org.teenygrad.exchange.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.exchange.onnx.format.Attribute;
import org.teenygrad.exchange.onnx.format.Function;
import org.teenygrad.exchange.onnx.format.Graph;
import org.teenygrad.exchange.onnx.format.Node;
import org.teenygrad.exchange.onnx.format.TensorData;
import org.teenygrad.exchange.onnx.operators.Call;
import org.teenygrad.exchange.onnx.operators.Operator;
import org.teenygrad.exchange.onnx.operators.OperatorTable;
import org.teenygrad.exchange.onnx.operators.Placement;
import org.teenygrad.exchange.onnx.operators.Subgraphs;
import org.teenygrad.exchange.onnx.operators.Value;

/// The values of one call of a graph: each node's outputs are expressions of its inputs.
final class Evaluation implements Subgraphs {
  /// Operators that are not computed on the host, however small their inputs: their results depend on more than these, or are no tensors.
  private static final Set<String> ON_DEVICE = Set.of(
      "If", "Loop", "Scan", "SequenceMap", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial", "Dropout");

  private final Program program;
  private final @Nullable Evaluation outer;
  private final Map<String, Long> operatorSets;
  /// What references in a function's body stand for.
  private final Map<String, Attribute> attributes;
  private final Placement placement;
  private final Map<String, Value> values = new HashMap<>();

  private Evaluation(
      Program program, @Nullable Evaluation outer, Map<String, Long> operatorSets, Map<String, Attribute> attributes, Placement placement) {
    this.program = program;
    this.outer = outer;
    this.operatorSets = operatorSets;
    this.attributes = attributes;
    this.placement = placement;
  }

  /// The outputs of a model.
  /// @param known initializers and inputs by name
  static Map<String, Value> of(Program program, Map<String, Value> known) {
    Evaluation evaluation = new Evaluation(program, null, program.model().operatorSets(), Map.of(), new Placement());
    evaluation.values.putAll(known);
    Graph graph = program.model().graph();
    evaluation.run(graph.nodes());
    Map<String, Value> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(output -> outputs.put(output.name(), evaluation.onDevice(evaluation.required(output.name(), "the model"))));
    return outputs;
  }

  private Value onDevice(Value value) {
    return value instanceof Value.OfTensor tensor
        ? new Value.OfTensor(tensor.type(), placement.bring(tensor.tensor(), program.device())) : value;
  }

  @Override
  public List<Value> evaluate(Graph graph, List<Value> inputs) {
    Evaluation inner = new Evaluation(program, this, operatorSets, attributes, placement);
    if (inputs.size() != graph.inputs().size()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the graph '%s' has %d inputs, not %d", graph.name(), graph.inputs().size(), inputs.size()));
    }
    for (TensorData data : graph.initializers()) {
      inner.values.put(data.name(), program.initial(data));
    }
    for (int i = 0; i < inputs.size(); i++) {
      inner.values.put(graph.inputs().get(i).name(), inputs.get(i));
    }
    inner.run(graph.nodes());
    return graph.outputs().stream().map(output -> inner.required(output.name(), "the graph '" + graph.name() + "'")).toList();
  }

  private void run(List<Node> nodes) {
    for (Node node : nodes) {
      List<Value> results = apply(node);
      for (int i = 0; i < Math.min(results.size(), node.outputs().size()); i++) {
        if (!node.outputs().get(i).isEmpty()) {
          values.put(node.outputs().get(i), results.get(i));
        }
      }
    }
  }

  private @Nullable Value find(String name) {
    Value value = values.get(name);
    return value != null || outer == null ? value : outer.find(name);
  }

  private Value required(String name, String who) {
    Value value = find(name);
    if (value == null) {
      throw new IllegalArgumentException(who + " needs '" + name + "', which nothing before it gives");
    }
    return value;
  }

  private List<Value> apply(Node node) {
    try {
      List<@Nullable Value> inputs = new ArrayList<>();
      for (String name : node.inputs()) {
        inputs.add(name.isEmpty() ? null : required(name, "it"));
      }
      Node resolved = resolved(node);
      Function function = program.function(node.domain(), node.operator());
      return function == null ? apply(resolved, inputs) : body(function, resolved, inputs);
    } catch (UnsupportedOperationException e) {
      throw new UnsupportedOperationException(node.title() + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException | IllegalStateException | ArithmeticException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new IllegalArgumentException(node.title() + ": " + e.getMessage(), e);
    }
  }

  /// The node with the attributes of the call of the function in which it stands.
  private Node resolved(Node node) {
    if (node.attributes().values().stream().noneMatch(Attribute.Reference.class::isInstance)) {
      return node;
    }
    Map<String, Attribute> own = new HashMap<>();
    node.attributes().forEach((name, attribute) -> {
      Attribute given = attribute instanceof Attribute.Reference reference ? attributes.get(reference.name()) : attribute;
      if (given != null) {
        own.put(name, given);
      }
    });
    return new Node(node.name(), node.domain(), node.operator(), node.inputs(), node.outputs(), own);
  }

  private List<Value> body(Function function, Node node, List<@Nullable Value> inputs) {
    Map<String, Attribute> given = new HashMap<>(function.defaults());
    given.putAll(node.attributes());
    Evaluation inner = new Evaluation(program, null, function.operatorSets(), given, placement);
    for (int i = 0; i < Math.min(inputs.size(), function.inputs().size()); i++) {
      Value value = inputs.get(i);
      if (value != null) {
        inner.values.put(function.inputs().get(i), value);
      }
    }
    inner.run(function.nodes());
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < Math.min(node.outputs().size(), function.outputs().size()); i++) {
      outputs.add(inner.required(function.outputs().get(i), "the function " + function.name()));
    }
    return outputs;
  }

  private List<Value> apply(Node node, List<@Nullable Value> inputs) {
    long version = operatorSets.getOrDefault(node.domain(), 1L);
    Operator operator = OperatorTable.all().find(node.domain(), node.operator(), version);
    if (operator == null) {
      throw new UnsupportedOperationException("there is no such operator in version " + version + " of its operator set");
    }
    boolean host = !ON_DEVICE.contains(node.operator()) && inputs.stream().allMatch(this::isHost);
    if (host) {
      List<Value> results = operator.apply(call(node, version, inputs, placement.host()));
      if (results.stream().allMatch(placement::isSmall)) {
        return results.stream().map(placement::onHost).toList();
      }
    }
    return operator.apply(call(node, version, inputs, program.device()));
  }

  private boolean isHost(@Nullable Value value) {
    return value == null || value instanceof Value.OfTensor tensor && placement.isHost(tensor.tensor());
  }

  private Call call(Node node, long version, List<@Nullable Value> inputs, Device device) {
    return new Call(node, version, inputs, device, placement, program.tensors(), this);
  }
}
