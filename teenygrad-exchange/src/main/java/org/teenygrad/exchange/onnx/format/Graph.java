package org.teenygrad.exchange.onnx.format;

import java.util.List;

/// Nodes in an order in which they can be computed: `GraphProto`.
///
/// @param initializers what is known in advance: weights and constants
/// @param inputs may have the names of initializers, which are then their defaults
/// @param values types of what is computed between inputs and outputs, where the file says so
public record Graph(
    String name, List<Node> nodes, List<TensorData> initializers, List<NamedType> inputs, List<NamedType> outputs, List<NamedType> values) {
  public Graph {
    nodes = List.copyOf(nodes);
    initializers = List.copyOf(initializers);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    values = List.copyOf(values);
  }

  /// A value's name and what it is: `ValueInfoProto`.
  public record NamedType(String name, ValueType type) {
    @Override
    public String toString() {
      return name + " " + type;
    }
  }
}
