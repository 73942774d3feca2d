package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.List;
import org.teenygrad.DType;
import org.teenygrad.engine.runtime.Program.Dimension;
import org.teenygrad.engine.runtime.Program.PixelAxis;
import org.teenygrad.engine.runtime.Program.Pixels;
import org.teenygrad.engine.runtime.Program.TensorMap;

/// A tile on its way from global memory to shared memory (PTX ISA, "cp.async.bulk.tensor"): a box of a tensor, or pixels of images as a window sees them,
/// with zeros for what lies outside; or a box on its way back, of which what lies outside is left out. The 16-byte parts of lines of 128 bytes are exchanged by the address of the line.
///
/// @param start the address of the map's tensor
/// @param coordinates of the first element
/// @param offsets of the window's place, for pixels
record BulkCopy(TensorMap map, GlobalMemory memory, long start, int[] coordinates, int[] offsets) implements Arriving {
  private static final int LINE = 128;
  private static final int CHUNK = 16;
  private static final int MOST_DIMENSIONS = 5;
  private static final int LARGEST_BOX = 256;
  private static final int MOST_PIXELS = 1024;
  private static final int LARGEST_STEP = 8;

  /// Throws if the driver would not encode the map (CUDA driver API, `cuTensorMapEncodeTiled`, `cuTensorMapEncodeIm2col`).
  /// @param start the address of its tensor
  static void requireEncodable(TensorMap map, long start) {
    int bytes = map.dtype().bytes();
    List<Dimension> dimensions = map.dimensions();
    boolean fits = start % CHUNK == 0 && dimensions.size() >= 2 && dimensions.size() <= MOST_DIMENSIONS && dimensions.getFirst().stride() == 1 && dimensions.getFirst().box() * bytes == LINE
        && dimensions.stream().allMatch(dimension -> dimension.size() > 0 && dimension.box() > 0 && dimension.box() <= LARGEST_BOX)
        && dimensions.stream().skip(1).allMatch(dimension -> dimension.stride() > 0 && dimension.stride() * bytes % CHUNK == 0);
    Pixels pixels = map.pixels();
    if (pixels != null) {
      int corner = 1 << 16 / pixels.axes().size() - 1;
      fits &= dimensions.size() == pixels.axes().size() + 2 && pixels.count() <= MOST_PIXELS
          && pixels.axes().stream().allMatch(axis -> axis.lower() >= -corner && axis.lower() < corner && axis.upper() >= -corner && axis.upper() < corner && axis.step() > 0 && axis.step() <= LARGEST_STEP);
    }
    if (!fits) {
      throw new IllegalStateException("the driver takes no " + map + " at " + Long.toHexString(start));
    }
  }

  /// Lines of the tile.
  private int lines() {
    Pixels pixels = map.pixels();
    return pixels != null ? pixels.count() : map.dimensions().stream().skip(1).mapToInt(dimension -> dimension.box()).reduce(1, (a, b) -> a * b);
  }

  @Override
  public int bytes() {
    return lines() * LINE;
  }

  /// Stores the tile of float32 that lies in shared memory, or adds it to what is there.
  void from(SharedMemory shared, long source, boolean adds) {
    requireLine(source);
    int[] place = coordinates.clone();
    for (int line = 0; line < lines(); line++) {
      for (int i = 0; i < LINE / Float.BYTES; i++) {
        long address = address(place);
        int at = place[0] + i;
        if (address >= 0 && at < map.dimensions().getFirst().size()) {
          float own = Float.intBitsToFloat((int) shared.read(swizzled(source + (long) line * LINE + (long) i * Float.BYTES), Float.BYTES));
          long target = address + (long) at * Float.BYTES;
          float before = adds ? Float.intBitsToFloat((int) memory.read(target, Float.BYTES)) : 0;
          memory.write(target, Float.BYTES, Float.floatToRawIntBits(before + own));
        }
      }
      nextOfBox(place);
    }
  }

  private static void requireLine(long address) {
    if (address % LINE != 0) {
      throw new IllegalStateException("a tile at " + Long.toHexString(address));
    }
  }

  /// Where a line begins in memory, or -1 if it lies outside.
  private long address(int[] place) {
    long address = start;
    for (int i = 1; i < place.length; i++) {
      int at = place[i] + (i <= offsets.length ? offsets[i - 1] : 0);
      if (at < 0 || at >= map.dimensions().get(i).size()) {
        return -1;
      }
      address += at * map.dimensions().get(i).stride() * map.dtype().bytes();
    }
    return address;
  }

  @Override
  public void to(SharedMemory shared, long target) {
    requireLine(target);
    int[] place = coordinates.clone();
    for (int line = 0; line < lines(); line++) {
      line(shared, target + (long) line * LINE, place);
      if (map.pixels() == null) {
        nextOfBox(place);
      } else {
        nextPixel(map.pixels(), place);
      }
    }
  }

  private void nextOfBox(int[] place) {
    for (int i = 1; i < place.length; i++) {
      if (++place[i] < coordinates[i] + map.dimensions().get(i).box()) {
        return;
      }
      place[i] = coordinates[i];
    }
  }

  /// Along a row as far as windows begin in it, then on in the next one, then in the next image.
  private void nextPixel(Pixels pixels, int[] place) {
    for (int i = 0; i < pixels.axes().size(); i++) {
      PixelAxis axis = pixels.axes().get(i);
      place[1 + i] += axis.step();
      if (place[1 + i] < map.dimensions().get(1 + i).size() + axis.upper()) {
        return;
      }
      place[1 + i] = axis.lower();
    }
    place[place.length - 1]++;
  }

  private void line(SharedMemory shared, long target, int[] place) {
    int bytes = map.dtype().bytes();
    long address = address(place);
    for (int i = 0; i < LINE / bytes; i++) {
      int at = place[0] + i;
      long value = address >= 0 && at >= 0 && at < map.dimensions().getFirst().size() ? memory.read(address + (long) at * bytes, bytes) : 0;
      long to = target + (long) i * bytes;
      shared.arrive(swizzled(to), bytes, map.dtype() == DType.FLOAT32 ? value + 0x1000 & 0xFFFFE000L : value);
    }
  }

  /// What is exchanged by the number of its line.
  static long swizzled(long address) {
    return address ^ (address / LINE & 7) << 4;
  }
}
