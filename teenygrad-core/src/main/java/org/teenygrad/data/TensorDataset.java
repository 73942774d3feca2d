package org.teenygrad.data;

import java.util.List;
import org.teenygrad.Shape;

/// The rows of arrays.
record TensorDataset(List<NdArray> fields, int size) implements Dataset {
  static TensorDataset of(List<NdArray> fields) {
    if (fields.isEmpty() || fields.stream().anyMatch(field -> field.shape().rank() == 0)) {
      throw new IllegalArgumentException("Dataset.of: needs tensors with a first axis that counts the examples, not " + fields);
    }
    int size = fields.getFirst().shape().size(0);
    if (fields.stream().map(NdArray::shape).mapToInt((Shape shape) -> shape.size(0)).anyMatch(rows -> rows != size)) {
      throw new IllegalArgumentException("Dataset.of: the first axis counts the examples and must be the same in all of " + fields);
    }
    return new TensorDataset(fields, size);
  }

  @Override
  public Example get(int index) {
    return new Example(fields.stream().map(field -> field.row(index)).toList());
  }
}
