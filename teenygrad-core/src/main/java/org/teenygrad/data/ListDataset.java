package org.teenygrad.data;

import java.util.List;
import java.util.function.Function;

/// What a function makes of the elements of a list.
record ListDataset<T>(List<T> items, Function<? super T, Example> load) implements Dataset {
  ListDataset {
    items = List.copyOf(items);
  }

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public Example get(int index) {
    return load.apply(items.get(index));
  }
}
