package org.teenygrad.golden;

import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Python's tuple: as an index it means one index for each axis, where a list means positions on one.
final class Tuple extends AbstractList<@Nullable Object> {
  private final List<@Nullable Object> items;

  Tuple(List<@Nullable Object> items) {
    this.items = items;
  }

  @Override
  public @Nullable Object get(int index) {
    return items.get(index);
  }

  @Override
  public int size() {
    return items.size();
  }
}
