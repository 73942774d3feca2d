package org.teenygrad.exchange.onnx.operators;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// What flows between nodes: ONNX's tensors, sequences and optionals.
public sealed interface Value {
  /// A tensor.
  /// @param type ONNX's type of the elements
  /// @param tensor of that type's carrier
  record OfTensor(ElementType type, Tensor tensor) implements Value {
    /// @throws IllegalArgumentException if the tensor's type is not what carries the elements
    public OfTensor {
      if (tensor.dtype() != type.carrier()) {
        throw new IllegalArgumentException("a tensor of " + type + " is held in " + type.carrier() + ", not " + tensor.dtype());
      }
    }
  }

  /// Values of one type in an order.
  record OfSequence(List<Value> elements) implements Value {
    public OfSequence {
      elements = List.copyOf(elements);
    }
  }

  /// A value, or none.
  /// @param value null for none
  record OfOptional(@Nullable Value value) implements Value {}

  /// The tensor as a value of the type that it has.
  static OfTensor of(Tensor tensor) {
    return new OfTensor(ElementType.of(tensor.dtype()), tensor);
  }

  /// The tensor as a value of a type: its elements are rounded, or wrap around, as those of that type do.
  /// @param tensor of any type
  static OfTensor of(ElementType type, Tensor tensor) {
    return new OfTensor(type, Narrowing.to(type, tensor));
  }

  /// An int64 tensor as a value.
  static OfTensor ofLongs(Tensor tensor) {
    return of(tensor.cast(DType.INT64));
  }
}
