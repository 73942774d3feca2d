package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// A safetensors file, mapped into memory: named tensors and a few strings beside them.
///
/// Opening checks the whole header and touches no tensor; a tensor's pages are read when its bytes
/// are. Files may be larger than 2 GiB. Everything in a file is little-endian. The bytes of the
/// entries are valid until [#close()]; they are as aligned as the file has them, which files of
/// other writers need not be. A file must not be truncated in place while it is open: replace it
/// instead, as [#write] does.
///
/// ```java
/// try (var file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
///   file.entries().forEach((name, entry) -> System.out.println(name + " " + entry));
/// }
/// ```
public final class SafetensorsFile implements AutoCloseable {

  private static final String KIND = "a safetensors file";

  private final MappedFile file;
  private final Map<String, Entry> entries;
  private final Map<String, String> metadata;

  /// One tensor.
  /// @param dtype the format's name of the element type: F64, F32, F16, BF16, I64, I32, I16, I8,
  ///     U8, BOOL, or one that only other programs compute with
  /// @param shape the sizes of the axes, outermost first; none for a scalar
  /// @param bytes the elements in row-major order
  public record Entry(String dtype, List<Long> shape, MemorySegment bytes) {

    public Entry {
      shape = List.copyOf(shape);
    }

    public static Entry of(DType dtype, Shape shape, MemorySegment bytes) {
      return new Entry(StoredType.of(dtype).name(), shape.stream().asLongStream().boxed().toList(), bytes);
    }

    /// The element type of a tensor of this entry.
    /// @throws IllegalArgumentException if tensors have no such type
    public DType tensorType() {
      return StoredType.named(dtype).dtype();
    }

    /// The shape of a tensor of this entry.
    /// @throws IllegalArgumentException if there is no tensor of this shape
    public Shape tensorShape() {
      return StoredTensor.shape(shape);
    }

    @Override
    public String toString() {
      return dtype + shape;
    }
  }

  private SafetensorsFile(MappedFile file, Map<String, Entry> entries, Map<String, String> metadata) {
    this.file = file;
    this.entries = entries;
    this.metadata = metadata;
  }

  /// Maps a file.
  ///
  /// @throws FileException if it cannot be read, or breaks a rule of the format
  public static SafetensorsFile open(Path path) {
    return MappedFile.open(path, SafetensorsFile::of);
  }

  static SafetensorsFile of(MappedFile file) {
    try {
      return read(file);
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file.path(), KIND, String.valueOf(e.getMessage()));
    }
  }

  private static SafetensorsFile read(MappedFile mapped) {
    MemorySegment file = mapped.bytes();
    if (file.byteSize() < Long.BYTES) {
      throw new IllegalArgumentException("it has only " + file.byteSize() + " bytes");
    }
    long headerBytes =
        file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_BYTES) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its header would take %s bytes, more than %d",
              Long.toUnsignedString(headerBytes), SafetensorsHeader.MAX_BYTES));
    }
    if (headerBytes > file.byteSize() - Long.BYTES) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its header of %d bytes does not fit a file of %d", headerBytes, file.byteSize()));
    }
    var data = file.asSlice(Long.BYTES + headerBytes);
    var header =
        SafetensorsHeader.parse(
            decode(file.asSlice(Long.BYTES, headerBytes).asByteBuffer()), data.byteSize());
    var entries = new LinkedHashMap<String, Entry>();
    for (var t : header.tensors()) {
      entries.put(
          t.name(),
          new Entry(t.dtype().name(), t.shape(), data.asSlice(t.begin(), t.end() - t.begin())));
    }
    return new SafetensorsFile(mapped, Collections.unmodifiableMap(entries), header.metadata());
  }

  private static String decode(ByteBuffer header) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(header).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("its header is not valid UTF-8", e);
    }
  }

  /// The tensors by name, in the order of their bytes in the file.
  public Map<String, Entry> entries() {
    return entries;
  }

  /// The tensor of this name.
  /// @throws FileException if the file has none
  public Entry entry(String name) {
    var entry = entries.get(name);
    if (entry == null) {
      throw FileException.lacking(file.path(), "a tensor '" + name + "'");
    }
    return entry;
  }

  /// The tensor of this name, copied to the default device: it stays after [#close()].
  /// @throws FileException if the file has none, is closed, or there are no tensors of its type
  public Tensor tensor(String name) {
    Entry entry = entry(name);
    try {
      StoredTensor stored = SafetensorsContents.tensor(entry);
      return file.reading(stored.loader());
    } catch (IllegalArgumentException e) {
      throw FileException.lacking(file.path(), String.format(Locale.ROOT, "a tensor '%s' that can be read: %s", name, e.getMessage()));
    }
  }

  /// The strings stored beside the tensors, in the file's order.
  public Map<String, String> metadata() {
    return metadata;
  }

  /// Unmaps the file; the entries' bytes must not be used any more. A second call does nothing.
  @Override
  public void close() {
    file.close();
  }

  /// Writes tensors to a file, replacing an existing one as a whole or not at all (see
  /// [AtomicFiles]).
  ///
  /// Wider types come first, so that every tensor is aligned to its element; otherwise the order of
  /// `entries` is kept. The tensors' bytes are streamed, never copied as a whole.
  ///
  /// @throws IllegalArgumentException if an entry's bytes do not fit its dtype and shape, or a name
  ///   cannot be stored
  /// @throws FileException if the file cannot be written; an existing file is then unchanged
  public static void write(Path path, Map<String, Entry> entries, Map<String, String> metadata) {
    SafetensorsWriter.write(path, entries, metadata);
  }
}
