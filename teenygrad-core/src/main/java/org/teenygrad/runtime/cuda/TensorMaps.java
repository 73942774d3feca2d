package org.teenygrad.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.runtime.Program.Dimension;
import org.teenygrad.runtime.Program.TensorMap;

/// What the tensor memory accelerator needs to know of a buffer, as the driver writes it.
final class TensorMaps {
  static final int BYTES = 128;
  static final int ALIGNMENT = 64;

  private TensorMaps() {}

  /// Writes a map.
  /// @param target BYTES of them, aligned
  /// @param buffer the address of the buffer
  static void write(MemorySegment target, TensorMap map, long buffer) {
    List<Dimension> dimensions = map.dimensions();
    int bytes = map.dtype().bytes();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sizes = arena.allocateFrom(JAVA_LONG, dimensions.stream().mapToLong(Dimension::size).toArray());
      MemorySegment strides = arena.allocateFrom(JAVA_LONG, dimensions.stream().skip(1).mapToLong(dimension -> dimension.stride() * bytes).toArray());
      MemorySegment box = arena.allocateFrom(JAVA_INT, dimensions.stream().mapToInt(Dimension::box).toArray());
      MemorySegment steps = arena.allocateFrom(JAVA_INT, dimensions.stream().mapToInt(dimension -> 1).toArray());
      CudaDriver.tensorMapEncodeTiled(target, type(map.dtype()), dimensions.size(), buffer + map.offset() * bytes, sizes, strides, box, steps);
    }
  }

  /// `CUtensorMapDataType`.
  private static int type(DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> 6;
      case BFLOAT16 -> 9;
      default -> throw new IllegalArgumentException("no tensor maps of " + dtype);
    };
  }
}
