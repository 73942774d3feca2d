package org.teenygrad.engine.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Program.TensorMap;

/// What a kernel is launched with, as the driver takes it; it copies that at each launch.
///
/// @param values a pointer for each buffer of each list
/// @param maps tensor maps, each of which a kernel has once for each list
/// @param written the maps as the driver wrote them, all lists of the first before those of the second
/// @param addresses where each of the function's parameters is: a pointer, or all of them where there are many lists; then the maps
///     and whether what is prefetched is unwritten
record Parameters(MemorySegment values, List<TensorMapWriter> maps, MemorySegment written, MemorySegment addresses) {
  /// For as many lists of as many buffers as these.
  /// @param unwritten whether what is prefetched can be read at any time
  static Parameters of(CudaKernel.Reads reads, List<List<Buffer>> lists, boolean unwritten) {
    List<TensorMap> maps = reads.maps();
    Arena arena = Arena.ofAuto();
    int slots = lists.getFirst().size();
    long mapBytes = (long) lists.size() * TensorMapWriter.BYTES;
    MemorySegment values = arena.allocate(Math.max(1, lists.size() * slots) * JAVA_LONG.byteSize(), 8);
    MemorySegment written = arena.allocate(maps.size() * mapBytes, TensorMapWriter.ALIGNMENT);
    MemorySegment addresses = arena.allocate((slots + maps.size() + 1) * JAVA_LONG.byteSize(), 8);
    int pointers = lists.size() > 1 ? 1 : slots;
    for (int i = 0; i < pointers; i++) {
      addresses.setAtIndex(JAVA_LONG, i, values.address() + i * JAVA_LONG.byteSize());
    }
    for (int i = 0; i < maps.size(); i++) {
      addresses.setAtIndex(JAVA_LONG, pointers + i, written.address() + i * mapBytes);
    }
    addresses.setAtIndex(JAVA_LONG, pointers + maps.size(), arena.allocateFrom(JAVA_INT, unwritten ? 1 : 0).address());
    Parameters parameters = new Parameters(values, maps.stream().map(TensorMapWriter::of).toList(), written, addresses);
    parameters.change(lists);
    return parameters;
  }

  /// Takes other buffers, as many as before.
  /// @return whether they are others than the last time
  boolean change(List<List<Buffer>> lists) {
    boolean changed = false;
    int at = 0;
    for (int list = 0; list < lists.size(); list++) {
      for (int slot = 0; slot < lists.get(list).size(); slot++) {
        long address = lists.get(list).get(slot).address();
        if (values.getAtIndex(JAVA_LONG, at) != address) {
          changed = true;
          writeMaps(list, lists.size(), slot, address); // first: if the driver refuses, the address stays new
          values.setAtIndex(JAVA_LONG, at, address);
        }
        at++;
      }
    }
    return changed;
  }

  private void writeMaps(int list, int lists, int slot, long address) {
    for (int i = 0; i < maps.size(); i++) {
      if (maps.get(i).map().slot() == slot) {
        maps.get(i).write(written.asSlice((long) (i * lists + list) * TensorMapWriter.BYTES, TensorMapWriter.BYTES), address);
      }
    }
  }
}
