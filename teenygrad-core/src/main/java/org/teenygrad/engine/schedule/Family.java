package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The schedules of graphs that have one structure and differ, if at all, in the offsets of views ([MovingViews]).
final class Family {
  private static final int MOST_VARIANTS = 8;

  /// @param offsets those that the schedule was made for
  /// @param moving the places of those that it reads as data
  record Variant(int[] offsets, BitSet moving, Schedule schedule) {
    private boolean serves(int[] wanted) {
      for (int i = moving.nextClearBit(0); i < wanted.length; i = moving.nextClearBit(i + 1)) {
        if (offsets[i] != wanted[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Variant> variants = new ArrayList<>();

  @Nullable Variant find(int[] offsets) {
    for (Variant variant : variants) {
      if (variant.serves(offsets)) {
        return variant;
      }
    }
    return null;
  }

  /// Which offsets a schedule that is to serve these should read as data: none at first, then those that have changed.
  BitSet moving(int[] offsets) {
    if (variants.isEmpty()) {
      return new BitSet();
    }
    Variant last = variants.getLast();
    BitSet moving = (BitSet) last.moving.clone();
    for (int i = 0; i < offsets.length; i++) {
      if (last.offsets[i] != offsets[i]) {
        moving.set(i);
      }
    }
    return moving;
  }

  void add(Variant variant) {
    if (variants.size() == MOST_VARIANTS) {
      variants.removeFirst();
    }
    variants.add(variant);
  }
}
