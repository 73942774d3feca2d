package org.teenygrad.state;

import java.util.Collections;
import java.util.Map;

/// What a reader found in a file.
///
/// @param metadata what stands beside the tensors: numbers, strings, booleans, and lists of these
record Contents(Map<String, StoredTensor> tensors, Map<String, Object> metadata) {
  /// What the tensor of a file with one nameless tensor is called.
  static final String NAMELESS = "tensor";

  Contents {
    tensors = Collections.unmodifiableMap(tensors);
    metadata = Collections.unmodifiableMap(metadata);
  }

  static Contents of(StoredTensor tensor) {
    return new Contents(Map.of(NAMELESS, tensor), Map.of());
  }
}
