package org.teenygrad.data;

import java.util.Objects;

/// Some of the examples of another data set.
@SuppressWarnings("ArrayRecordComponent") // data sets are not compared
record Subset(Dataset source, int[] indices) implements Dataset {
  static Subset of(Dataset source, int... indices) {
    for (int index : indices) {
      Objects.checkIndex(index, source.size());
    }
    return new Subset(source, indices.clone());
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public Example get(int index) {
    return source.get(indices[index]);
  }
}
