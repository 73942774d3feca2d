package org.teenygrad.data;

import java.util.List;
import org.teenygrad.Tensor;

/// Examples side by side: each field is a tensor whose first axis counts the examples, with memory of its own on the device.
///
/// @param fields as those of the [Example]s
public record Batch(List<Tensor> fields) {
  public Batch {
    fields = List.copyOf(fields);
  }

  /// The number of examples.
  public int size() {
    return inputs().size(0);
  }

  /// The first field.
  public Tensor inputs() {
    return fields.getFirst();
  }

  /// The second field.
  /// @throws IndexOutOfBoundsException if there is none
  public Tensor targets() {
    return fields.get(1);
  }

  /// The sizes and types alone.
  @Override
  public String toString() {
    return fields.stream().map(field -> field.dtype() + " " + field.shape()).toList().toString();
  }
}
