package org.teenygrad.exchange.onnx.format;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What an input or an output is: `TypeProto`.
public sealed interface ValueType {
  /// @param elementType its number in `TensorProto.DataType`
  /// @param dimensions null where not even their number is known
  record OfTensor(int elementType, @Nullable List<Dimension> dimensions) implements ValueType {
    public OfTensor {
      dimensions = dimensions == null ? null : List.copyOf(dimensions);
    }

    @Override
    public String toString() {
      return ElementType.name(elementType)
          + (dimensions == null ? "(...)" : dimensions.stream().map(Dimension::toString).collect(Collectors.joining(", ", "(", ")")));
    }
  }

  /// A list of values of one type.
  record OfSequence(ValueType element) implements ValueType {
    @Override
    public String toString() {
      return "sequence of " + element;
    }
  }

  /// A value, or none.
  record OfOptional(ValueType element) implements ValueType {
    @Override
    public String toString() {
      return "optional " + element;
    }
  }

  /// What has no equivalent here, such as maps and sparse tensors.
  record Other(String name) implements ValueType {
    @Override
    public String toString() {
      return name;
    }
  }

  /// The size of an axis: a number, or a name that stands for the same number wherever it is.
  /// @param size negative where it is not fixed
  /// @param name empty where it has none
  record Dimension(long size, String name) {
    @Override
    public String toString() {
      return size >= 0 ? Long.toString(size) : name.isEmpty() ? "?" : name;
    }
  }
}
