package org.teenygrad.exchange.onnx.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A value in a file of its own, as ONNX's test data has them.
public sealed interface StoredValue {
  record OfTensor(TensorData tensor) implements StoredValue {}

  record OfSequence(List<StoredValue> elements) implements StoredValue {
    public OfSequence {
      elements = List.copyOf(elements);
    }
  }

  /// @param value null for none
  record OfOptional(@Nullable StoredValue value) implements StoredValue {}
}
