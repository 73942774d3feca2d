package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.function.IntConsumer;

/// A factor of `wgmma` in shared memory, where its descriptor says (PTX ISA, "Matrix descriptor"): lines of 128 bytes, whose 16-byte parts are exchanged.
///
/// @param start the byte where it begins
/// @param leading how many bytes apart panels of a line's length are, of a factor that lies across
/// @param stride how many bytes apart eight lines are
/// @param across whether lines go along rows (or columns, of the right factor), not along the inner dimension
/// @param outer how many rows (or columns)
/// @param depth how much of the inner dimension
/// @param bytes of an element
record SharedMatrix(int start, int leading, int stride, boolean across, int outer, int depth, int bytes) {
  private static final int CHUNK = 16;
  private static final int LINE = 128;
  private static final int LINES = 8;
  private static final long SWIZZLE_128 = 1L << 62;
  private static final long FIELD = 0x3FFF;
  private static final long FIELDS = FIELD | FIELD << 16 | FIELD << 32;

  /// @throws IllegalArgumentException if the descriptor has bits that mean something else
  static SharedMatrix of(long descriptor, boolean across, int outer, int depth, int bytes) {
    int leading = (int) (descriptor >> 16 & FIELD) << 4;
    if ((descriptor & ~FIELDS) != SWIZZLE_128 || !across && leading != CHUNK) {
      throw new IllegalArgumentException("descriptor " + Long.toHexString(descriptor));
    }
    return new SharedMatrix((int) (descriptor & FIELD) << 4, leading, (int) (descriptor >> 32 & FIELD) << 4, across, outer, depth, bytes);
  }

  private int place(int row, int inner) {
    int line = across ? inner : row;
    int along = across ? row * bytes : inner * bytes;
    int place = start + line / LINES * stride + line % LINES * LINE + (across ? along / LINE * leading + along % LINE : along);
    return (int) BulkCopy.swizzled(place);
  }

  double[][] read(SharedMemory memory, TensorCore.Number number) {
    double[][] matrix = new double[depth][outer];
    for (int row = 0; row < outer; row++) {
      for (int inner = 0; inner < depth; inner++) {
        matrix[inner][row] = number.of(memory.readUnchecked(place(row, inner), bytes));
      }
    }
    return matrix;
  }

  /// Each 16 bytes of it.
  void chunks(IntConsumer action) {
    int elements = CHUNK / bytes;
    for (int row = 0; row < outer; row += across ? elements : 1) {
      for (int inner = 0; inner < depth; inner += across ? 1 : elements) {
        action.accept(place(row, inner));
      }
    }
  }
}
