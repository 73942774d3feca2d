package org.teenygrad.exchange.onnx.operators;

import java.util.List;
import org.teenygrad.exchange.onnx.format.Graph;

/// Computes graphs that are attributes of nodes.
public interface Subgraphs {
  /// The outputs of a graph, which sees the values of the graph around it.
  List<Value> evaluate(Graph graph, List<Value> inputs);
}
