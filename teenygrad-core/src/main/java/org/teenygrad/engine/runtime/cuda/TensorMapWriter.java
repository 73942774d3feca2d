package org.teenygrad.engine.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.teenygrad.engine.runtime.Program.Dimension;
import org.teenygrad.engine.runtime.Program.TensorMap;

/// Has the driver write tensor maps, which tell the tensor memory accelerator what a buffer is. All but the address is said once.
///
/// @param sizes of the dimensions
/// @param strides of all but the first, in bytes
/// @param box of a tile
/// @param steps between the elements of a tile
record TensorMapWriter(TensorMap map, MemorySegment sizes, MemorySegment strides, MemorySegment box, MemorySegment steps) {
  static final int BYTES = 128;
  static final int ALIGNMENT = 64;

  static TensorMapWriter of(TensorMap map) {
    Arena arena = Arena.ofAuto();
    List<Dimension> dimensions = map.dimensions();
    return new TensorMapWriter(map,
        arena.allocateFrom(JAVA_LONG, dimensions.stream().mapToLong(Dimension::size).toArray()),
        arena.allocateFrom(JAVA_LONG, dimensions.stream().skip(1).mapToLong(dimension -> dimension.stride() * map.dtype().bytes())
            .toArray()),
        arena.allocateFrom(JAVA_INT, dimensions.stream().mapToInt(Dimension::box).toArray()),
        arena.allocateFrom(JAVA_INT, dimensions.stream().mapToInt(dimension -> 1).toArray()));
  }

  /// @param target BYTES of them, aligned
  /// @param buffer the address of the buffer
  void write(MemorySegment target, long buffer) {
    CudaDriver.tensorMapEncodeTiled(target, type(), map.dimensions().size(), buffer + map.offset() * map.dtype().bytes(), sizes, strides,
        box, steps);
  }

  /// `CUtensorMapDataType`.
  private int type() {
    return switch (map.dtype()) {
      case FLOAT16 -> 6;
      case BFLOAT16 -> 9;
      default -> throw new IllegalArgumentException("no tensor maps of " + map.dtype());
    };
  }
}
