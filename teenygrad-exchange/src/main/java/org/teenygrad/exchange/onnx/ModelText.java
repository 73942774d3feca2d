package org.teenygrad.exchange.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.exchange.onnx.format.Attribute;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.Graph;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.Node;
import org.teenygrad.exchange.onnx.format.TensorData;

/// A model as text: what it needs and gives, its parameters, and its nodes, a line each; what those in graphs of others do is indented.
public final class ModelText {
  private static final int MOST_NUMBERS = 8;

  private ModelText() {}

  /// ```java
  /// System.out.println(ModelText.of(ModelReader.read(Path.of("model.onnx"))));
  /// // written by pytorch 2.9, operator sets {ai.onnx=17}
  /// // input x float(batch, 2)
  /// // ...
  /// ```
  public static String of(Model model) {
    List<String> lines = new ArrayList<>();
    Map<String, Long> sets = new TreeMap<>();
    model.operatorSets().forEach((domain, version) -> sets.put(domain.isEmpty() ? "ai.onnx" : domain, version));
    lines.add("written by " + (model.producer().isEmpty() ? "nobody who says so" : model.producer()) + ", operator sets " + sets);
    Map<String, Integer> missing = Program.unsupported(model);
    if (!missing.isEmpty()) {
      lines.add("not supported: " + missing.entrySet().stream().map(e -> e.getKey() + " x " + e.getValue()).collect(Collectors.joining(", ")));
    }
    Graph graph = model.graph();
    Set<String> known = graph.initializers().stream().map(TensorData::name).collect(Collectors.toSet());
    graph.inputs().stream().filter(input -> !known.contains(input.name())).forEach(input -> lines.add("input " + input));
    graph.outputs().forEach(output -> lines.add("output " + output));
    long elements = 0;
    for (TensorData data : graph.initializers()) {
      elements += data.shape().elements();
      lines.add("initializer " + data.name() + " " + type(data));
    }
    if (!graph.initializers().isEmpty()) {
      lines.add(String.format(Locale.ROOT, "%d initializers of %,d elements", graph.initializers().size(), elements));
    }
    nodes(graph.nodes(), "", lines);
    for (var function : model.functions()) {
      lines.add("function " + function.domain() + "." + function.name() + "(" + String.join(", ", function.inputs()) + ") gives "
          + String.join(", ", function.outputs()));
      nodes(function.nodes(), "  ", lines);
    }
    return lines.stream().map(line -> Printable.of(line, 400)).collect(Collectors.joining("\n"));
  }

  static String type(TensorData data) {
    return ElementType.name(data.type()) + data.shape();
  }

  private static void nodes(List<Node> nodes, String indent, List<String> lines) {
    for (Node node : nodes) {
      String settings = node.attributes().entrySet().stream().filter(entry -> !isGraph(entry.getValue())).sorted(Map.Entry.comparingByKey())
          .map(entry -> ", " + entry.getKey() + "=" + text(entry.getValue())).collect(Collectors.joining());
      String inputs = node.inputs().stream().map(name -> name.isEmpty() ? "-" : name).collect(Collectors.joining(", "));
      lines.add(indent + String.join(", ", node.outputs()) + " = " + node.qualifiedOperator() + "("
          + (inputs.isEmpty() && settings.startsWith(", ") ? settings.substring(2) : inputs + settings) + ")");
      node.attributes().forEach((name, attribute) -> {
        if (attribute instanceof Attribute.OfGraph inner) {
          lines.add(indent + "  " + name + "(" + inner.value().inputs().stream().map(Graph.NamedType::toString).collect(Collectors.joining(", "))
              + ") gives " + inner.value().outputs().stream().map(Graph.NamedType::name).collect(Collectors.joining(", ")));
          nodes(inner.value().nodes(), indent + "    ", lines);
        }
      });
    }
  }

  private static boolean isGraph(Attribute attribute) {
    return attribute instanceof Attribute.OfGraph;
  }

  private static String text(Attribute attribute) {
    return switch (attribute) {
      case Attribute.OfInt value -> Long.toString(value.value());
      case Attribute.OfFloat value -> Float.toString(value.value());
      case Attribute.OfText value -> "'" + value.value() + "'";
      case Attribute.OfTensor value -> type(value.value());
      case Attribute.OfInts value -> value.values().length > MOST_NUMBERS
          ? value.values().length + " integers" : Arrays.toString(value.values());
      case Attribute.OfFloats value -> value.values().length > MOST_NUMBERS
          ? value.values().length + " floats" : Arrays.toString(value.values());
      case Attribute.OfTexts value -> value.values().toString();
      case Attribute.Reference value -> "the call's " + value.name();
      case Attribute.OfTensors value -> value.values().size() + " tensors";
      case Attribute.OfType value -> value.value().toString();
      case Attribute.OfGraph ignored -> "a graph";
      case Attribute.OfGraphs value -> value.values().size() + " graphs";
      case Attribute.Other value -> value.kind();
    };
  }
}
