package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.Shape;

/// The format of the MNIST data set: two zeros, the type, the number of axes, their sizes, the elements; all
/// big-endian.
final class IdxFile {
  private static final Map<Integer, StoredType> TYPES = Map.of(
      0x08, StoredType.U8,
      0x09, StoredType.I8,
      0x0B, StoredType.I16,
      0x0C, StoredType.I32,
      0x0D, StoredType.F32,
      0x0E, StoredType.F64);

  private IdxFile() {}

  static boolean isIdx(MemorySegment start) {
    if (start.byteSize() < 4) {
      return false;
    }
    ByteCursor cursor = new ByteCursor(start, ByteOrder.BIG_ENDIAN);
    return cursor.u16() == 0 && TYPES.containsKey(cursor.u8());
  }

  /// The size of a file that begins so.
  static long bytes(MemorySegment start) {
    Header header = Header.read(new ByteCursor(start, ByteOrder.BIG_ENDIAN));
    return 4 + 4L * header.sizes().size() + header.type().bytes(header.sizes());
  }

  private record Header(StoredType type, List<Long> sizes) {
    static Header read(ByteCursor cursor) {
      if (cursor.u16() != 0) {
        throw new IllegalArgumentException("it does not begin with two zeros");
      }
      int code = cursor.u8();
      StoredType type = TYPES.get(code);
      if (type == null) {
        throw new IllegalArgumentException("its type is " + code + ", which means nothing");
      }
      int rank = cursor.u8();
      List<Long> sizes = new ArrayList<>();
      for (int axis = 0; axis < rank; axis++) {
        sizes.add(cursor.u32());
      }
      return new Header(type, sizes);
    }
  }

  /// @throws IllegalArgumentException if it breaks a rule of the format
  static StoredTensor read(MemorySegment file) {
    ByteCursor cursor = new ByteCursor(file, ByteOrder.BIG_ENDIAN);
    Header header = Header.read(cursor);
    Shape shape = StoredTensor.shape(header.sizes());
    long expected = header.type().bytes(header.sizes());
    if (cursor.remaining() != expected) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its shape %s takes %d bytes, but %d follow the header",
              shape, expected, cursor.remaining()));
    }
    MemorySegment data = cursor.take(expected);
    return new StoredTensor(shape, () -> Elements.tensor(data, header.type(), ByteOrder.BIG_ENDIAN, shape));
  }
}
