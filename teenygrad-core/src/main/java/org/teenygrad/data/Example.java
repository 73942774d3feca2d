package org.teenygrad.data;

import java.util.ArrayList;
import java.util.List;

/// One example of a [Dataset]: what a model is given, what it should answer, and whatever else belongs to it.
///
/// @param fields the inputs first, the targets second
public record Example(List<NdArray> fields) {
  public Example {
    fields = List.copyOf(fields);
  }

  public static Example of(NdArray... fields) {
    return new Example(List.of(fields));
  }

  /// The first field.
  public NdArray inputs() {
    return fields.getFirst();
  }

  /// The second field.
  /// @throws IndexOutOfBoundsException if there is none
  public NdArray targets() {
    return fields.get(1);
  }

  /// This example with other inputs.
  public Example withInputs(NdArray inputs) {
    List<NdArray> changed = new ArrayList<>(fields);
    changed.set(0, inputs);
    return new Example(changed);
  }
}
