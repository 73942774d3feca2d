package org.teenygrad.exchange.onnx.format;

import java.util.List;
import java.util.Map;

/// A call of an operator: `NodeProto`.
///
/// @param name may be empty
/// @param domain whose operator it is; empty for ONNX's own
/// @param inputs names of values; empty where an optional one is absent
/// @param outputs names of values; empty where an optional one is not wanted
public record Node(
    String name, String domain, String operator, List<String> inputs, List<String> outputs, Map<String, Attribute> attributes) {
  public Node {
    domain = domain.equals("ai.onnx") ? "" : domain;
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Map.copyOf(attributes);
  }

  /// The operator's name, with its domain where that is not ONNX's own.
  public String qualifiedOperator() {
    return domain.isEmpty() ? operator : domain + "." + operator;
  }

  /// What to call this node: by its operator and its name, or what it makes.
  public String title() {
    String which = !name.isEmpty() ? name : outputs.isEmpty() ? "" : outputs.getFirst();
    return which.isEmpty() ? qualifiedOperator() : qualifiedOperator() + " '" + which + "'";
  }
}
