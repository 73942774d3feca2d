package org.teenygrad.engine.runtime.cuda.simulated;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Program.TensorMap;

/// A kernel with what it is launched with.
///
/// @param lists of buffers, over all of which a launch runs
/// @param parameters the pointers of all lists
/// @param unwritten whether what the kernel prefetches is known not to be written by the launches before
record Launch(Program program, Module module, List<List<Buffer>> lists, GlobalMemory memory, ByteBuffer parameters, boolean unwritten) {
  /// Where tensor maps seem to lie, and how far one kernel's lie apart.
  private static final long MAPS = 1L << 40;
  private static final long MAP = 1L << 24;

  private static final int MAP_BYTES = 128;

  static Launch of(Program program, Module module, List<List<Buffer>> lists, boolean unwritten) {
    List<Buffer> buffers = lists.stream().flatMap(List::stream).toList();
    ByteBuffer parameters = ByteBuffer.allocate(8 * buffers.size()).order(ByteOrder.LITTLE_ENDIAN);
    program.maps().forEach(map -> lists.forEach(list -> BulkCopy.requireEncodable(map, start(map, list))));
    buffers.forEach(buffer -> parameters.putLong(buffer.address()));
    return new Launch(program, module, lists, new GlobalMemory(buffers), parameters, unwritten);
  }

  /// A thread's registers before its first instruction.
  /// @param base where the shared memory of its block begins
  long[] registers(long base) {
    long[] registers = module.registers(base);
    int slot = 0;
    for (Map.Entry<String, Integer> parameter : module.parameters.entrySet()) {
      String name = parameter.getKey();
      registers[parameter.getValue()] = switch (name) {
        case "%arguments" -> 0;
        case "%unwritten" -> unwritten ? 1 : 0;
        default -> name.startsWith("%map") ? MAPS + MAP * Integer.parseInt(name.substring(4)) : lists.getFirst().get(slot++).address();
      };
    }
    return registers;
  }

  /// A tile that a thread has brought.
  /// @param map its address
  BulkCopy copy(GpuThread thread, long map, int[] coordinates, int[] offsets) {
    TensorMap tensor = program.maps().get((int) ((map - MAPS) / MAP));
    if (!(unwritten && program.prefetched().contains(tensor.slot()))) {
      thread.requireLaunchesAwaited();
    }
    List<Buffer> buffers = lists.get((int) (map % MAP) / MAP_BYTES);
    return new BulkCopy(tensor, memory, start(tensor, buffers), coordinates, offsets);
  }

  private static long start(TensorMap map, List<Buffer> buffers) {
    return buffers.get(map.slot()).address() + map.offset() * map.dtype().bytes();
  }
}
