package org.teenygrad.state;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// NumPy's `.npy`, versions 1 to 3, and `.npz`, which is a zip of them.
///
/// Arrays of Python objects are refused: they are pickles, and to read them is to run them.
final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  /// NumPy's own limit.
  private static final int MAX_HEADER_BYTES = 10_000;
  private static final int LONGEST_START = MAGIC.length + 2 + 4 + MAX_HEADER_BYTES;

  private static final String STRING = "'([^'\\\\]*)'|\"([^\"\\\\]*)\"";
  private static final Pattern FIELD =
      Pattern.compile("\\s*(?:" + STRING + ")\\s*:\\s*(?:" + STRING
          + "|(True|False)|\\(([0-9L,\\s]*+)\\)|(\\[))\\s*(,|}\\s*$)");
  private static final Pattern SIMPLE = Pattern.compile("([<>|=]?)([biuf])([0-9]{1,2})");

  private static final Map<String, StoredType> TYPES = Map.ofEntries(
      Map.entry("b1", StoredType.BOOL),
      Map.entry("u1", StoredType.U8),
      Map.entry("i1", StoredType.I8),
      Map.entry("u2", StoredType.U16),
      Map.entry("i2", StoredType.I16),
      Map.entry("f2", StoredType.F16),
      Map.entry("u4", StoredType.U32),
      Map.entry("i4", StoredType.I32),
      Map.entry("f4", StoredType.F32),
      Map.entry("u8", StoredType.U64),
      Map.entry("i8", StoredType.I64),
      Map.entry("f8", StoredType.F64));

  private NpyFile() {}

  static boolean isNpy(MemorySegment file) {
    return file.byteSize() >= MAGIC.length && file.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) < 0;
  }

  /// The header of an array.
  /// @param columnsFirst whether the first axis is the one whose neighbours are adjacent: Fortran's order
  private record Header(StoredType type, ByteOrder order, boolean columnsFirst, Shape shape) {

    static Header parse(String text) {
      Map<String, MatchResult> fields = new LinkedHashMap<>();
      String body = text.strip();
      Matcher field = FIELD.matcher(body);
      int at = body.startsWith("{") ? 1 : body.length() + 1;
      while (at < body.length() && !(at > 1 && body.substring(at).strip().equals("}"))) {
        if (fields.size() == 3 || !field.region(at, body.length()).lookingAt()) {
          throw new IllegalArgumentException("its header is not one of NumPy: " + excerpt(body));
        }
        String name = string(field, 1);
        if (fields.put(name, field.toMatchResult()) != null) {
          throw new IllegalArgumentException("its header has " + excerpt(name) + " twice");
        }
        at = field.end();
      }
      MatchResult descr = fields.get("descr");
      MatchResult order = fields.get("fortran_order");
      MatchResult shape = fields.get("shape");
      if (descr == null || order == null || shape == null || !body.endsWith("}")
          || order.group(5) == null || shape.group(6) == null) {
        throw new IllegalArgumentException("its header is not one of NumPy: " + excerpt(body));
      }
      if (descr.group(7) != null) {
        throw new IllegalArgumentException("it has records of several fields, of which there are no tensors");
      }
      return of(string(descr, 3), order.group(5).equals("True"), shape.group(6));
    }

    private static Header of(String descr, boolean columnsFirst, String shape) {
      if (descr.startsWith("|O") || descr.startsWith("O")) {
        throw new IllegalArgumentException(
            "it has Python objects ('" + excerpt(descr)
                + "'), and to read them is to run a program of whoever wrote the file");
      }
      Matcher simple = SIMPLE.matcher(descr);
      StoredType type = simple.matches() ? TYPES.get(simple.group(2) + simple.group(3)) : null;
      if (type == null) {
        throw new IllegalArgumentException("there are no tensors of NumPy's type '" + excerpt(descr) + "'");
      }
      ByteOrder order = simple.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      return new Header(type, order, columnsFirst, StoredTensor.shape(sizes(shape)));
    }

    private static List<Long> sizes(String shape) {
      String sizes = shape.strip();
      if (sizes.isEmpty()) {
        return List.of();
      }
      if (sizes.endsWith(",")) {
        sizes = sizes.substring(0, sizes.length() - 1);
      }
      return Stream.of(sizes.split(",", -1)).map(String::strip).map(Header::size).toList();
    }

    /// Python 2 wrote `3L`.
    private static long size(String text) {
      if (!text.matches("[0-9]{1,18}L?")) {
        throw new IllegalArgumentException("its shape has the size '" + excerpt(text) + "'");
      }
      return Long.parseLong(text.endsWith("L") ? text.substring(0, text.length() - 1) : text);
    }

    private static String string(MatchResult field, int group) {
      return field.group(group) != null ? field.group(group) : String.valueOf(field.group(group + 1));
    }

    private static String excerpt(String text) {
      return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
  }

  /// An array whose header was read.
  /// @param begin where its elements begin
  private record Array(Header header, long begin) {

    /// @param start what the content begins with: all of it, or [#LONGEST_START]
    /// @param bytes of the whole content
    static Array of(MemorySegment start, long bytes) {
      ByteCursor cursor = new ByteCursor(start, ByteOrder.LITTLE_ENDIAN);
      if (!isNpy(cursor.take(Math.min(MAGIC.length, start.byteSize())))) {
        throw new IllegalArgumentException("it does not begin as one");
      }
      int major = cursor.u8();
      cursor.u8();
      if (major < 1 || major > 3) {
        throw new IllegalArgumentException("its version is " + major + ", but there are 1 to 3");
      }
      long length = major == 1 ? cursor.u16() : cursor.u32();
      String text = major == 3
          ? cursor.utf8(length, MAX_HEADER_BYTES)
          : new String(cursor.bytes(length, MAX_HEADER_BYTES), StandardCharsets.ISO_8859_1);
      Header header = Header.parse(text);
      long expected = header.type().bytes(header.shape().stream().asLongStream().boxed().toList());
      long following = bytes - cursor.position();
      if (following != expected) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "its shape %s takes %d bytes, but %d follow the header",
                header.shape(), expected, following));
      }
      return new Array(header, cursor.position());
    }

    /// @param content all of it
    Tensor tensor(MemorySegment content) {
      MemorySegment data = content.asSlice(begin);
      Shape shape = header.shape();
      if (!header.columnsFirst() || shape.rank() < 2) {
        return Elements.tensor(data, header.type(), header.order(), shape);
      }
      int[] backwards = IntStream.range(0, shape.rank()).map(axis -> shape.rank() - 1 - axis).toArray();
      Shape reversed = Shape.of(IntStream.of(backwards).map(shape::size).toArray());
      return Elements.tensor(data, header.type(), header.order(), reversed).permute(backwards);
    }
  }

  /// @throws IllegalArgumentException if it breaks a rule of the format
  static StoredTensor read(MemorySegment file) {
    Array array = Array.of(file, file.byteSize());
    return new StoredTensor(array.header().shape(), () -> array.tensor(file));
  }

  /// The arrays are unpacked when they are read.
  /// @throws IllegalArgumentException if the file, or what it holds, breaks a rule of its format
  static Contents readArchive(ZipArchive archive) {
    StoredTensor.requireCount(archive.entries().size());
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    archive.entries().forEach((entryName, entry) -> {
      String name = entryName.endsWith(".npy") ? entryName.substring(0, entryName.length() - 4) : entryName;
      try {
        if (tensors.put(name, read(entry)) != null) {
          throw new IllegalArgumentException("there are two of that name");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("its array " + name + ": " + e.getMessage(), e);
      }
    });
    return new Contents(tensors, Map.of());
  }

  private static StoredTensor read(ZipArchive.Entry entry) {
    Array array = Array.of(entry.start(LONGEST_START), entry.size());
    return new StoredTensor(array.header().shape(), () -> {
      try (Arena arena = Arena.ofConfined()) {
        return array.tensor(entry.checkedContent(arena));
      }
    });
  }
}
