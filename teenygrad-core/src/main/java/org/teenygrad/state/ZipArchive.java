package org.teenygrad.state;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The entries of a zip file in memory, zip64 included: stored ones are where they are, deflated ones are unpacked when
/// they are asked for.
///
/// Entries that reach outside the file, overlap or have the same name are refused, and so are those that claim more
/// bytes than deflate can make of what they have.
record ZipArchive(Map<String, Entry> entries) {
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_LOCATOR = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int LONGEST_COMMENT = 0xFFFF;
  private static final long IN_ZIP_64 = 0xFFFF_FFFFL;
  private static final int MAX_NAME_BYTES = 4096;

  private static final long TRUSTED_BYTES = 1 << 20;

  /// @param packed the bytes in the file
  /// @param size of the content
  record Entry(String name, boolean deflated, MemorySegment packed, long size, int crc) {

    /// The content; what has to be unpacked goes to the arena.
    MemorySegment content(Arena arena) {
      return deflated ? requireCrc(inflated(arena)) : packed;
    }

    /// As [#content], and compares the checksum of stored entries, too.
    MemorySegment checkedContent(Arena arena) {
      return deflated ? content(arena) : requireCrc(packed);
    }

    /// What the content begins with, up to a length.
    MemorySegment start(int bytes) {
      int length = (int) Math.min(bytes, size);
      if (!deflated) {
        return packed.asSlice(0, length);
      }
      byte[] start = new byte[length];
      inflate((output, at, made) ->
          System.arraycopy(output, 0, start, (int) at, (int) Math.min(made, length - at)), length);
      return MemorySegment.ofArray(start);
    }

    /// Large contents are counted before memory is taken for them: a size that an entry claims may not be there.
    private MemorySegment inflated(Arena arena) {
      if (size > TRUSTED_BYTES) {
        inflate((output, at, made) -> {}, size);
      }
      MemorySegment content = arena.allocate(size);
      inflate((output, at, made) -> MemorySegment.copy(output, 0, content, ValueLayout.JAVA_BYTE, at, made), size);
      return content;
    }

    private MemorySegment requireCrc(MemorySegment content) {
      if (Inflation.crc(content) != crc) {
        throw new IllegalArgumentException("the checksum of its entry " + name + " is wrong");
      }
      return content;
    }

    /// Where unpacked bytes go.
    private interface Sink {
      void take(byte[] bytes, long at, int length);
    }

    /// Unpacks until there are `enough` bytes: all, or what the content begins with.
    private void inflate(Sink sink, long enough) {
      long[] out = {0};
      try (Inflation inflation = new Inflation(packed.byteSize(), enough)) {
        inflation.inflate(packed, (bytes, made) -> {
          if (made > size - out[0]) {
            throw new IllegalArgumentException("has more than its " + size + " bytes");
          }
          sink.take(bytes, out[0], made);
          out[0] += made;
          return out[0] < enough || enough == size;
        });
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("its entry " + name + " " + e.getMessage(), e);
      }
      if (out[0] < enough) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "its entry %s has %d bytes instead of %d", name, out[0], size));
      }
    }
  }

  /// Where the table of contents is.
  private record Directory(long offset, long bytes, long entries) {}

  /// @throws IllegalArgumentException if it is not a sound zip file
  static ZipArchive read(MemorySegment file) {
    Directory directory = directory(file);
    if (directory.offset() < 0 || directory.bytes() < 0 || directory.offset() > file.byteSize() - directory.bytes()) {
      throw new IllegalArgumentException("its zip directory lies outside the file");
    }
    ByteCursor cursor = cursor(file.asSlice(directory.offset(), directory.bytes()));
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<MemorySegment> places = new ArrayList<>();
    while (cursor.remaining() > 0) {
      Entry entry = entry(file.asSlice(0, directory.offset()), cursor);
      if (entries.put(entry.name(), entry) != null) {
        throw new IllegalArgumentException("it has two entries " + entry.name());
      }
      places.add(entry.packed());
    }
    if (entries.size() != directory.entries()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "it has %d entries, but its zip directory says %d",
              entries.size(), directory.entries()));
    }
    requireApart(places);
    return new ZipArchive(Collections.unmodifiableMap(entries));
  }

  private static ByteCursor cursor(MemorySegment bytes) {
    return new ByteCursor(bytes, ByteOrder.LITTLE_ENDIAN);
  }

  private static Directory directory(MemorySegment file) {
    long end = endRecord(file);
    ByteCursor cursor = cursor(file.asSlice(end));
    cursor.skipTo(10);
    long entries = cursor.u16();
    long bytes = cursor.u32();
    long offset = cursor.u32();
    if (entries != 0xFFFF && bytes != IN_ZIP_64 && offset != IN_ZIP_64) {
      return new Directory(offset, bytes, entries);
    }
    if (end < LOCATOR_BYTES) {
      throw new IllegalArgumentException("its zip64 directory is missing");
    }
    ByteCursor locator = cursor(file.asSlice(end - LOCATOR_BYTES));
    if (locator.i32() != END_64_LOCATOR) {
      return new Directory(offset, bytes, entries);
    }
    locator.skipTo(8);
    ByteCursor end64 = cursor(file);
    end64.skipTo(locator.count("the place of its zip64 directory"));
    if (end64.i32() != END_64) {
      throw new IllegalArgumentException("its zip64 directory is missing");
    }
    end64.take(28);
    entries = end64.count("the number of its entries");
    bytes = end64.count("the size of its zip directory");
    return new Directory(end64.count("the place of its zip directory"), bytes, entries);
  }

  private static long endRecord(MemorySegment file) {
    long last = file.byteSize() - END_BYTES;
    for (long at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
      if (file.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at) == END) {
        return at;
      }
    }
    throw new IllegalArgumentException("its zip directory is missing: the end of the file seems to be cut off");
  }

  private static Entry entry(MemorySegment file, ByteCursor cursor) {
    if (cursor.i32() != CENTRAL) {
      throw new IllegalArgumentException("its zip directory is damaged");
    }
    cursor.take(4);
    int flags = cursor.u16();
    int method = cursor.u16();
    cursor.take(4);
    int crc = cursor.i32();
    long packed = cursor.u32();
    long size = cursor.u32();
    int nameBytes = cursor.u16();
    int extraBytes = cursor.u16();
    int commentBytes = cursor.u16();
    cursor.take(8);
    long offset = cursor.u32();
    String name = cursor.utf8(nameBytes, MAX_NAME_BYTES);
    ByteCursor wide = zip64(cursor(cursor.take(extraBytes)));
    cursor.take(commentBytes);
    if (wide != null) {
      size = size == IN_ZIP_64 ? wide.count("the size of its entry " + name) : size;
      packed = packed == IN_ZIP_64 ? wide.count("the size of its entry " + name) : packed;
      offset = offset == IN_ZIP_64 ? wide.count("the place of its entry " + name) : offset;
    }
    if ((flags & 1) != 0 || method != 0 && method != 8) {
      throw new IllegalArgumentException("its entry " + name + " is encrypted, or packed in another way than deflate");
    }
    if (method == 0 ? packed != size : size / Inflation.MAX_RATIO > packed) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its entry %s cannot have %d bytes in %d", name, size, packed));
    }
    return new Entry(name, method == 8, content(file, name, offset, packed), size, crc);
  }

  private static @Nullable ByteCursor zip64(ByteCursor extra) {
    while (extra.remaining() >= 4) {
      int id = extra.u16();
      MemorySegment field = extra.take(extra.u16());
      if (id == 1) {
        return cursor(field);
      }
    }
    return null;
  }

  private static MemorySegment content(MemorySegment file, String name, long offset, long packed) {
    ByteCursor local = cursor(file);
    local.skipTo(offset);
    if (local.i32() != LOCAL) {
      throw new IllegalArgumentException("its entry " + name + " is not where its zip directory says");
    }
    local.take(22);
    int nameBytes = local.u16();
    int extraBytes = local.u16();
    if (!local.take(nameBytes).asByteBuffer().equals(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)))) {
      throw new IllegalArgumentException("its entry " + name + " has another name where it lies");
    }
    local.take(extraBytes);
    return local.take(packed);
  }

  private static void requireApart(List<MemorySegment> places) {
    places.sort(Comparator.comparingLong(MemorySegment::address));
    for (int i = 1; i < places.size(); i++) {
      MemorySegment before = places.get(i - 1);
      if (before.address() + before.byteSize() > places.get(i).address()) {
        throw new IllegalArgumentException("two of its entries overlap");
      }
    }
  }
}
