package org.teenygrad.exchange.onnx.format;

import java.util.List;

/// A setting of a node: `AttributeProto`.
public sealed interface Attribute {
  record OfInt(long value) implements Attribute {}

  record OfFloat(float value) implements Attribute {}

  record OfText(String value) implements Attribute {}

  record OfTensor(TensorData value) implements Attribute {}

  record OfGraph(Graph value) implements Attribute {}

  record OfInts(long... values) implements Attribute {}

  record OfFloats(float... values) implements Attribute {}

  record OfTexts(List<String> values) implements Attribute {
    public OfTexts {
      values = List.copyOf(values);
    }
  }

  record OfTensors(List<TensorData> values) implements Attribute {
    public OfTensors {
      values = List.copyOf(values);
    }
  }

  record OfGraphs(List<Graph> values) implements Attribute {
    public OfGraphs {
      values = List.copyOf(values);
    }
  }

  record OfType(ValueType value) implements Attribute {}

  /// In the body of a function: what the node that calls it has under that name.
  record Reference(String name) implements Attribute {}

  /// What no operator here asks for, such as sparse tensors.
  record Other(String kind) implements Attribute {}
}
