package org.teenygrad.data;

import java.util.function.UnaryOperator;

/// The examples of another data set, changed.
record MappedDataset(Dataset source, UnaryOperator<Example> change) implements Dataset {
  @Override
  public int size() {
    return source.size();
  }

  @Override
  public Example get(int index) {
    return change.apply(source.get(index));
  }
}
