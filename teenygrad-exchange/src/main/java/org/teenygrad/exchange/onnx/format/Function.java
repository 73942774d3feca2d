package org.teenygrad.exchange.onnx.format;

import java.util.List;
import java.util.Map;

/// An operator that a model brings, made of nodes: `FunctionProto`.
///
/// @param attributes names of those that a call may have
/// @param defaults of attributes
public record Function(
    String domain,
    String name,
    List<String> inputs,
    List<String> outputs,
    List<String> attributes,
    Map<String, Attribute> defaults,
    List<Node> nodes,
    Map<String, Long> operatorSets) {
  public Function {
    domain = domain.equals("ai.onnx") ? "" : domain;
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
    defaults = Map.copyOf(defaults);
    nodes = List.copyOf(nodes);
    operatorSets = Map.copyOf(operatorSets);
  }
}
