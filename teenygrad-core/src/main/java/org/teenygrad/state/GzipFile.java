package org.teenygrad.state;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.CRC32;

/// Unpacks gzip, as data sets come: an IDX file to the size that its header says, anything else up to a limit. The file
/// may be several packed parts, one after the other.
final class GzipFile {
  /// Texts of numbers are not larger, and what claims to be is not worth the memory.
  private static final int MAX_TEXT_BYTES = 256 << 20;

  /// Tables shrink to a tenth, those of mostly zeros to a fiftieth. More is for files that want to be small and cost much.
  private static final int MAX_TEXT_RATIO = 100;

  private static final int TRUSTED_TEXT_BYTES = 4 << 20;
  private static final int LONGEST_IDX_HEADER = 4 + 4 * 255;

  private static final int DEFLATE = 8;
  private static final int HAS_CHECKSUM = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;

  private GzipFile() {}

  static boolean isGzip(MemorySegment file) {
    return file.byteSize() >= 2
        && file.get(ValueLayout.JAVA_BYTE, 0) == 0x1F
        && file.get(ValueLayout.JAVA_BYTE, 1) == (byte) 0x8B;
  }

  /// @throws IllegalArgumentException if it is damaged, or too large
  static MemorySegment unpack(MappedFile file) {
    MemorySegment start = MemorySegment.ofArray(start(file.bytes()));
    if (IdxFile.isIdx(start)) {
      return exactly(file, IdxFile.bytes(start));
    }
    if (!CsvLines.isText(start)) {
      throw new IllegalArgumentException("what is packed in it is neither an IDX file nor a table");
    }
    return text(file.bytes());
  }

  /// @throws IllegalArgumentException if it is damaged, too large, or no text
  static MemorySegment unpackText(MappedFile file) {
    MemorySegment unpacked = unpack(file);
    if (!CsvLines.isText(unpacked)) {
      throw new IllegalArgumentException("what is packed in it is no text");
    }
    return unpacked;
  }

  /// What is packed begins with that.
  private static byte[] start(MemorySegment file) {
    ByteArrayOutputStream start = new ByteArrayOutputStream();
    inflate(file, (bytes, length) -> {
      start.write(bytes, 0, Math.min(length, LONGEST_IDX_HEADER - start.size()));
      return start.size() < LONGEST_IDX_HEADER;
    });
    return start.toByteArray();
  }

  /// What is packed is counted before memory is taken for it: the size that it claims may not be there.
  private static MemorySegment exactly(MappedFile file, long bytes) {
    long[] packed = {0};
    inflate(file.bytes(), (chunk, length) -> (packed[0] += length) <= bytes);
    if (packed[0] != bytes) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s bytes are packed in it, not the %d that it claims",
              packed[0] > bytes ? "more" : Long.toString(packed[0]), bytes));
    }
    MemorySegment unpacked = file.arena().allocate(bytes);
    long[] at = {0};
    inflate(file.bytes(), (chunk, length) -> {
      MemorySegment.copy(chunk, 0, unpacked, ValueLayout.JAVA_BYTE, at[0], length);
      at[0] += length;
      return true;
    });
    return unpacked;
  }

  private static MemorySegment text(MemorySegment file) {
    long limit = Math.min(MAX_TEXT_BYTES, TRUSTED_TEXT_BYTES + MAX_TEXT_RATIO * file.byteSize());
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    inflate(file, (bytes, length) -> {
      text.write(bytes, 0, length);
      return text.size() <= limit;
    });
    if (text.size() > limit) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "more than %d bytes of text are packed in its %d", limit, file.byteSize()));
    }
    return MemorySegment.ofArray(text.toByteArray());
  }

  /// All parts, or as much as the sink wants. Zeros may follow them, with which tapes are filled.
  private static void inflate(MemorySegment file, Inflation.Sink sink) {
    ByteCursor cursor = new ByteCursor(file, ByteOrder.LITTLE_ENDIAN);
    try (Inflation inflation = new Inflation(file.byteSize(), Long.MAX_VALUE)) {
      boolean wantsMore = true;
      while (wantsMore && (cursor.position() == 0 || !isPadding(file.asSlice(cursor.position())))) {
        wantsMore = inflatePart(file, cursor, inflation, sink);
      }
    }
  }

  private static boolean inflatePart(MemorySegment file, ByteCursor cursor, Inflation inflation, Inflation.Sink sink) {
    skipHeader(cursor);
    CRC32 crc = new CRC32();
    long[] size = {0};
    boolean[] wantsMore = {true};
    try {
      cursor.take(inflation.inflate(file.asSlice(cursor.position()), (bytes, length) -> {
        crc.update(bytes, 0, length);
        size[0] += length;
        wantsMore[0] = sink.take(bytes, length);
        return wantsMore[0];
      }));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("what is packed in it " + e.getMessage(), e);
    }
    if (!wantsMore[0]) {
      return false;
    }
    if (cursor.i32() != (int) crc.getValue() || cursor.i32() != (int) size[0]) {
      throw new IllegalArgumentException("what is packed in it has another checksum or size than it says");
    }
    return true;
  }

  private static void skipHeader(ByteCursor cursor) {
    if (cursor.u8() != 0x1F || cursor.u8() != 0x8B || cursor.u8() != DEFLATE) {
      throw new IllegalArgumentException("it goes on with something that is not gzip's");
    }
    int flags = cursor.u8();
    cursor.take(6);
    if ((flags & HAS_EXTRA) != 0) {
      cursor.take(cursor.u16());
    }
    for (int flag : new int[] {HAS_NAME, HAS_COMMENT}) {
      while ((flags & flag) != 0 && cursor.u8() != 0) {
        // up to a zero
      }
    }
    if ((flags & HAS_CHECKSUM) != 0) {
      cursor.take(2);
    }
  }

  private static boolean isPadding(MemorySegment rest) {
    for (long i = 0; i < rest.byteSize(); i++) {
      if (rest.get(ValueLayout.JAVA_BYTE, i) != 0) {
        return false;
      }
    }
    return true;
  }
}
