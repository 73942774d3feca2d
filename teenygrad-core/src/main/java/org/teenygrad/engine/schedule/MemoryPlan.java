package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Places buffers in one arena so that two share bytes only if their lives do not overlap: largest first, each at the lowest
/// offset that is free for all of its life.
final class MemoryPlan {
  /// Suits every vector load and keeps buffers off each other's cache lines.
  private static final long ALIGNMENT = 64;

  private final List<Placed> placed = new ArrayList<>(); // by offset
  private final Map<Integer, Long> offsets = new HashMap<>();
  private long bytes;

  /// A buffer that is written by launch `first` and read by `last` at the latest.
  record Life(int slot, long bytes, int first, int last) {
    boolean overlaps(Life other) {
      return first <= other.last && other.first <= last;
    }
  }

  private record Placed(Life life, long offset) {}

  static MemoryPlan of(List<Life> lives) {
    MemoryPlan plan = new MemoryPlan();
    lives.stream().sorted(Comparator.comparingLong(Life::bytes).reversed().thenComparing(Life::slot)).forEach(plan::place);
    return plan;
  }

  private void place(Life life) {
    long offset = 0;
    for (Placed other : placed) {
      if (other.life.overlaps(life)) {
        if (other.offset - offset >= life.bytes) {
          break;
        }
        offset = Math.max(offset, Math.ceilDiv(other.offset + other.life.bytes, ALIGNMENT) * ALIGNMENT);
      }
    }
    offsets.put(life.slot, offset);
    Placed here = new Placed(life, offset);
    int index = Collections.binarySearch(placed, here, Comparator.comparingLong(Placed::offset));
    placed.add(index < 0 ? -index - 1 : index, here);
    bytes = Math.max(bytes, offset + life.bytes);
  }

  /// Where a buffer starts.
  long offset(int slot) {
    return offsets.getOrDefault(slot, 0L);
  }

  /// The size of the arena.
  long bytes() {
    return bytes;
  }
}
