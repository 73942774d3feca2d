package org.teenygrad.exchange.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.exchange.onnx.format.Attribute;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.Function;
import org.teenygrad.exchange.onnx.format.Graph;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.Node;
import org.teenygrad.exchange.onnx.format.TensorData;
import org.teenygrad.exchange.onnx.operators.OperatorTable;
import org.teenygrad.exchange.onnx.operators.Placement;
import org.teenygrad.exchange.onnx.operators.Tensors;
import org.teenygrad.exchange.onnx.operators.Value;

/// A model that was found to make sense, with all that a call of it needs but its inputs.
///
/// @param device where it computes
record Program(Model model, Map<String, Function> functions, Tensors tensors, Device device) {
  /// All functions written out, a model has not more nodes.
  private static final long MOST_NODES = 1_000_000;

  static Program of(Model model, Tensors tensors, Device device) {
    Map<String, Function> functions = new HashMap<>();
    model.functions().forEach(function -> functions.put(key(function.domain(), function.name()), function));
    Program program = new Program(model, Map.copyOf(functions), tensors, device);
    program.requireSize(model.graph().nodes(), new HashMap<>());
    return program;
  }

  private static String key(String domain, String name) {
    return domain + ":" + name;
  }

  @Nullable Function function(String domain, String name) {
    return functions.get(key(domain, name));
  }

  /// How many nodes there are with those of functions, which must not call themselves.
  /// @param sizes of functions; negative while one is being counted
  private long requireSize(List<Node> nodes, Map<String, Long> sizes) {
    long total = 0;
    for (Node node : nodes) {
      total++;
      for (Graph graph : graphs(node)) {
        total += requireSize(graph.nodes(), sizes);
      }
      Function function = function(node.domain(), node.operator());
      if (function != null) {
        String key = key(node.domain(), node.operator());
        Long known = sizes.get(key);
        if (known == null) {
          sizes.put(key, -1L);
          known = requireSize(function.nodes(), sizes);
          sizes.put(key, known);
        }
        if (known < 0) {
          throw new IllegalArgumentException("the function " + node.qualifiedOperator() + " calls itself");
        }
        total += known;
      }
      if (total > MOST_NODES) {
        throw new IllegalArgumentException("it has more than " + MOST_NODES + " nodes, all functions written out");
      }
    }
    return total;
  }

  private static List<Graph> graphs(Node node) {
    List<Graph> graphs = new ArrayList<>();
    for (Attribute attribute : node.attributes().values()) {
      switch (attribute) {
        case Attribute.OfGraph graph -> graphs.add(graph.value());
        case Attribute.OfGraphs several -> graphs.addAll(several.values());
        default -> {}
      }
    }
    return graphs;
  }

  /// The operators for which there is nothing here, with how often they occur.
  static Map<String, Integer> unsupported(Model model) {
    Map<String, Integer> missing = new LinkedHashMap<>();
    Set<String> functions = new LinkedHashSet<>();
    model.functions().forEach(function -> functions.add(key(function.domain(), function.name())));
    collect(model.graph().nodes(), model.operatorSets(), functions, missing);
    model.functions().forEach(function -> collect(function.nodes(), function.operatorSets(), functions, missing));
    return missing;
  }

  private static void collect(List<Node> nodes, Map<String, Long> operatorSets, Set<String> functions, Map<String, Integer> missing) {
    for (Node node : nodes) {
      long version = operatorSets.getOrDefault(node.domain(), 1L);
      if (!functions.contains(key(node.domain(), node.operator())) && OperatorTable.all().find(node.domain(), node.operator(), version) == null) {
        missing.merge(node.qualifiedOperator() + " (version " + version + ")", 1, Integer::sum);
      }
      graphs(node).forEach(graph -> collect(graph.nodes(), operatorSets, functions, missing));
    }
  }

  /// A tensor of the file: on the host if it is small and likely a shape, a position or a scalar.
  Value.OfTensor initial(TensorData data) {
    long elements = data.shape().elements();
    boolean floating = ElementType.of(data.type()).carrier().isFloating();
    boolean host = elements <= (floating ? 1 : Placement.MOST_ELEMENTS);
    return tensors.value(data, host ? Device.of("interpreter") : device);
  }
}
