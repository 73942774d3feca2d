package org.teenygrad.nanochat.packing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Items by their lengths. Of several of the same length the first that came is the first to go.
final class BestFitBuffer<T> {
  private final TreeMap<Integer, Deque<T>> byLength = new TreeMap<>();
  private int size;

  void add(int length, T item) {
    byLength.computeIfAbsent(length, any -> new ArrayDeque<>()).add(item);
    size++;
  }

  int size() {
    return size;
  }

  /// Takes the longest that is not longer than `most`; null if there is none.
  @Nullable T takeLongest(int most) {
    return take(byLength.floorEntry(most));
  }

  /// Takes the shortest; null if there is none.
  @Nullable T takeShortest() {
    return take(byLength.firstEntry());
  }

  private @Nullable T take(Map.@Nullable Entry<Integer, Deque<T>> entry) {
    if (entry == null) {
      return null;
    }
    T taken = entry.getValue().remove();
    size--;
    if (entry.getValue().isEmpty()) {
      byLength.remove(entry.getKey());
    }
    return taken;
  }

  /// All items, in an order in which they can be added again.
  List<T> contents() {
    return byLength.values().stream().flatMap(Deque::stream).toList();
  }
}
