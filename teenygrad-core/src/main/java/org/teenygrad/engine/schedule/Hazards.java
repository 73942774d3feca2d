package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Ordering;

/// Which launches of a schedule have to wait for which: for what they read, and for the memory that they write to; and what nobody writes.
final class Hazards {
  private final List<Schedule.Place> places;
  private final List<BitSet> overlaps = new ArrayList<>();

  private Hazards(List<Schedule.Place> places) {
    this.places = places;
    for (int slot = 0; slot < places.size(); slot++) {
      BitSet same = new BitSet();
      for (int other = 0; other < places.size(); other++) {
        same.set(other, sharesMemory(slot, other));
      }
      overlaps.add(same);
    }
  }

  /// @param items launches in an order in which they can run
  /// @return waits leave out those launches that others wait for that are waited for
  static Ordering of(List<Schedule.ExecItem> items, List<Schedule.Place> places) {
    Hazards hazards = new Hazards(places);
    List<Access> accesses = items.stream().map(Access::of).toList();
    List<List<Integer>> result = new ArrayList<>();
    List<BitSet> before = new ArrayList<>();
    for (Access own : accesses) {
      BitSet read = hazards.memoryOf(own.reads);
      BitSet written = hazards.memoryOf(own.writes);
      List<Integer> waits = new ArrayList<>();
      BitSet all = new BitSet();
      for (int other = before.size() - 1; other >= 0; other--) {
        Access earlier = accesses.get(other);
        if (!all.get(other) && (earlier.writes.intersects(read)
            || earlier.writes.intersects(written) || earlier.reads.intersects(written))) {
          waits.add(other);
          all.set(other);
          all.or(before.get(other));
        }
      }
      result.add(waits);
      before.add(all);
    }
    return new Ordering(result, hazards.unwritten(items, accesses));
  }

  private List<BitSet> unwritten(List<Schedule.ExecItem> items, List<Access> accesses) {
    BitSet written = new BitSet();
    accesses.forEach(access -> written.or(memoryOf(access.writes)));
    return items.stream().map(item -> {
      BitSet unwritten = new BitSet();
      List<List<Binding.Argument>> runs = item.arguments();
      for (int i = 0; i < runs.getFirst().size(); i++) {
        int argument = i;
        unwritten.set(i, runs.stream().noneMatch(arguments -> written.get(arguments.get(argument).slot())));
      }
      return unwritten;
    }).toList();
  }

  /// The slots that a launch reads and writes.
  private record Access(BitSet reads, BitSet writes) {
    static Access of(Schedule.ExecItem item) {
      BitSet stored = new BitSet();
      for (OpNode store : item.program().graph().inputs()) {
        if (store.is(OpCode.STORE)) {
          stored.set(KernelGraph.slot(store));
        }
      }
      Access access = new Access(new BitSet(), new BitSet());
      for (List<Binding.Argument> arguments : item.arguments()) {
        if (item.program().exchangeBytes() > 0) {
          access.writes.set(arguments.getLast().slot());
        }
        for (int i = 0; i < arguments.size(); i++) {
          // What is written may be read first: where it is combined with, or a part of it is left.
          access.reads.set(arguments.get(i).slot());
          if (stored.get(i)) {
            access.writes.set(arguments.get(i).slot());
          }
        }
      }
      return access;
    }
  }

  private BitSet memoryOf(BitSet slots) {
    BitSet all = new BitSet();
    slots.stream().forEach(slot -> all.or(overlaps.get(slot)));
    return all;
  }

  private boolean sharesMemory(int slot, int other) {
    int a = home(slot);
    int b = home(other);
    return a == b || places.get(a) instanceof Schedule.Place.Temporary one && places.get(b) instanceof Schedule.Place.Temporary two
        && one.offset() < two.offset() + two.bytes() && two.offset() < one.offset() + one.bytes();
  }

  private int home(int slot) {
    int at = slot;
    while (places.get(at) instanceof Schedule.Place.InPlace same) {
      at = same.slot();
    }
    return at;
  }
}
