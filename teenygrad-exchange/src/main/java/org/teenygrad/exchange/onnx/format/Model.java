package org.teenygrad.exchange.onnx.format;

import java.util.List;
import java.util.Map;

/// All that a file says: `ModelProto`.
///
/// @param producer who wrote it, with a version
/// @param operatorSets versions of operators by their domain; ONNX's own is the empty one
public record Model(
    long irVersion, String producer, Graph graph, Map<String, Long> operatorSets, List<Function> functions, Map<String, String> metadata) {
  public Model {
    operatorSets = Map.copyOf(operatorSets);
    functions = List.copyOf(functions);
    metadata = Map.copyOf(metadata);
  }
}
