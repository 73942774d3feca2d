package org.teenygrad.exchange.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.Shape;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.Graph.NamedType;
import org.teenygrad.exchange.onnx.format.ValueType;
import org.teenygrad.exchange.onnx.operators.Value;

/// Compares inputs with what a model says about them. A name of a size is bound by the first input that has it.
final class InputCheck {
  private final Map<String, Integer> bound = new HashMap<>();

  void require(NamedType input, Value value) {
    if (!(input.type() instanceof ValueType.OfTensor type && value instanceof Value.OfTensor tensor)) {
      return;
    }
    Shape shape = tensor.tensor().shape();
    Map<String, Integer> before = Map.copyOf(bound);
    boolean fits = tensor.type().number() == type.elementType();
    List<ValueType.Dimension> dimensions = type.dimensions();
    if (dimensions != null) {
      fits &= dimensions.size() == shape.rank();
      for (int axis = 0; fits && axis < shape.rank(); axis++) {
        ValueType.Dimension dimension = dimensions.get(axis);
        int size = shape.size(axis);
        fits = dimension.size() < 0 ? dimension.name().isEmpty() || bound.merge(dimension.name(), size, (a, b) -> a) == size : dimension.size() == size;
      }
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the input %s cannot be %s%s%s", input, ElementType.name(tensor.type().number()), shape,
              before.isEmpty() ? "" : " where " + before));
    }
  }
}
