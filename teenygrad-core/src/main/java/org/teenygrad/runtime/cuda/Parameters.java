package org.teenygrad.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.teenygrad.runtime.Buffer;

/// What a kernel is launched with, as the driver takes it; it copies that at each launch.
///
/// @param values a pointer for each buffer of each list
/// @param addresses where each of the function's parameters is: a pointer, or all of them where there are many lists
record Parameters(MemorySegment values, MemorySegment addresses) {
  /// For as many lists of as many buffers as these.
  static Parameters of(List<List<Buffer>> lists) {
    Arena arena = Arena.ofAuto();
    int slots = lists.getFirst().size();
    MemorySegment values = arena.allocate(Math.max(1, lists.size() * slots) * JAVA_LONG.byteSize(), 8);
    MemorySegment addresses = arena.allocate(Math.max(1, slots) * JAVA_LONG.byteSize(), 8);
    for (int i = 0; i < (lists.size() > 1 ? 1 : slots); i++) {
      addresses.setAtIndex(JAVA_LONG, i, values.address() + i * JAVA_LONG.byteSize());
    }
    Parameters parameters = new Parameters(values, addresses);
    parameters.change(lists);
    return parameters;
  }

  /// Takes other buffers, as many as before.
  /// @return whether they are others than the last time
  boolean change(List<List<Buffer>> lists) {
    boolean changed = false;
    int at = 0;
    for (List<Buffer> list : lists) {
      for (Buffer buffer : list) {
        long address = buffer.address();
        changed |= values.getAtIndex(JAVA_LONG, at) != address;
        values.setAtIndex(JAVA_LONG, at++, address);
      }
    }
    return changed;
  }
}
