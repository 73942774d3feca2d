package org.teenygrad.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.teenygrad.runtime.Buffer;
import org.teenygrad.runtime.Program.TensorMap;

/// What a kernel is launched with, as the driver takes it; it copies that at each launch.
///
/// @param values a pointer for each buffer of each list
/// @param maps tensor maps, each of which a kernel has once for each list
/// @param written the maps as the driver wrote them, all lists of the first before those of the second
/// @param addresses where each of the function's parameters is: a pointer, or all of them where there are many lists; then the maps
record Parameters(MemorySegment values, List<TensorMap> maps, MemorySegment written, MemorySegment addresses) {
  /// For as many lists of as many buffers as these.
  static Parameters of(List<TensorMap> maps, List<List<Buffer>> lists) {
    Arena arena = Arena.ofAuto();
    int slots = lists.getFirst().size();
    long mapBytes = (long) lists.size() * TensorMaps.BYTES;
    MemorySegment values = arena.allocate(Math.max(1, lists.size() * slots) * JAVA_LONG.byteSize(), 8);
    MemorySegment written = arena.allocate(maps.size() * mapBytes, TensorMaps.ALIGNMENT);
    MemorySegment addresses = arena.allocate((slots + maps.size()) * JAVA_LONG.byteSize(), 8);
    int pointers = lists.size() > 1 ? 1 : slots;
    for (int i = 0; i < pointers; i++) {
      addresses.setAtIndex(JAVA_LONG, i, values.address() + i * JAVA_LONG.byteSize());
    }
    for (int i = 0; i < maps.size(); i++) {
      addresses.setAtIndex(JAVA_LONG, pointers + i, written.address() + i * mapBytes);
    }
    Parameters parameters = new Parameters(values, maps, written, addresses);
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
    if (changed) {
      writeMaps(lists);
    }
    return changed;
  }

  private void writeMaps(List<List<Buffer>> lists) {
    long at = 0;
    for (TensorMap map : maps) {
      for (List<Buffer> list : lists) {
        TensorMaps.write(written.asSlice(at, TensorMaps.BYTES), map, list.get(map.slot()).address());
        at += TensorMaps.BYTES;
      }
    }
  }
}
