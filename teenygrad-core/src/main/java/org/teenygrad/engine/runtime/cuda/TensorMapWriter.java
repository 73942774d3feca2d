package org.teenygrad.engine.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.teenygrad.engine.runtime.Program.Dimension;
import org.teenygrad.engine.runtime.Program.PixelAxis;
import org.teenygrad.engine.runtime.Program.Pixels;
import org.teenygrad.engine.runtime.Program.TensorMap;

/// Has the driver write tensor maps, which tell the tensor memory accelerator what a buffer is. All but the address is said once.
///
/// @param sizes of the dimensions
/// @param strides of all but the first, in bytes
/// @param steps between the elements of a tile
/// @param extent of a tile: its size along each dimension, or where pixels begin and end along each axis of an image
record TensorMapWriter(TensorMap map, MemorySegment sizes, MemorySegment strides, MemorySegment steps, List<MemorySegment> extent) {
  static final int BYTES = 128;
  static final int ALIGNMENT = 64;

  static TensorMapWriter of(TensorMap map) {
    Arena arena = Arena.ofAuto();
    List<Dimension> dimensions = map.dimensions();
    return new TensorMapWriter(map,
        arena.allocateFrom(JAVA_LONG, dimensions.stream().mapToLong(Dimension::size).toArray()),
        arena.allocateFrom(JAVA_LONG, dimensions.stream().skip(1).mapToLong(dimension -> dimension.stride() * map.dtype().bytes())
            .toArray()),
        arena.allocateFrom(JAVA_INT, steps(map)),
        extent(map).stream().map(numbers -> arena.allocateFrom(JAVA_INT, numbers)).toList());
  }

  private static int[] steps(TensorMap map) {
    int[] steps = new int[map.dimensions().size()];
    Arrays.fill(steps, 1);
    if (map.pixels() != null) {
      for (int axis = 0; axis < map.pixels().axes().size(); axis++) {
        steps[axis + 1] = map.pixels().axes().get(axis).step();
      }
    }
    return steps;
  }

  private static List<int[]> extent(TensorMap map) {
    Pixels pixels = map.pixels();
    return pixels == null ? List.of(map.dimensions().stream().mapToInt(Dimension::box).toArray())
        : List.of(pixels.axes().stream().mapToInt(PixelAxis::lower).toArray(), pixels.axes().stream().mapToInt(PixelAxis::upper).toArray());
  }

  /// @param target BYTES of them, aligned
  /// @param buffer the address of the buffer
  void write(MemorySegment target, long buffer) {
    long address = buffer + map.offset() * map.dtype().bytes();
    int rank = map.dimensions().size();
    if (map.pixels() == null) {
      CudaDriver.tensorMapEncodeTiled(target, type(), rank, address, sizes, strides, extent.getFirst(), steps);
    } else {
      CudaDriver.tensorMapEncodeIm2col(target, type(), rank, address, sizes, strides, extent.getFirst(), extent.getLast(), map.dimensions().getFirst().box(), map.pixels().count(), steps);
    }
  }

  /// `CUtensorMapDataType`.
  private int type() {
    return switch (map.dtype()) {
      case FLOAT8_E4M3, FLOAT8_E5M2 -> 0; // as bytes
      case FLOAT16 -> 6;
      case FLOAT32 -> map.written() ? 7 : 11; // as TensorFloat32
      case BFLOAT16 -> 9;
      default -> throw new IllegalArgumentException("no tensor maps of " + map.dtype());
    };
  }
}
