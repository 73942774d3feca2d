package org.teenygrad.exchange.onnx.operators;

import java.util.List;

/// What an operator does.
@FunctionalInterface
public interface Operator {
  /// @return its outputs in order; as many as it has, or as the call wants
  /// @throws IllegalArgumentException if inputs or attributes make no sense
  /// @throws UnsupportedOperationException if they are not supported
  List<Value> apply(Call call);
}
