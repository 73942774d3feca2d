package org.teenygrad.state;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Writes llama.cpp's GGUF, version 3: metadata and tensors, each in a type of its own.
///
/// ```java
/// GgufWriter.write(folder.resolve("model.gguf"), Map.of("general.architecture", "llama"),
///     Map.of("output.weight", new GgufWriter.Entry(weight, GgufWriter.Type.F16)));
/// ```
public final class GgufWriter {
  private static final int ALIGNMENT = 32;

  /// Numbers that are made into blocks at a time.
  private static final int CHUNK = 1 << 18;

  private GgufWriter() {}

  /// What a tensor's numbers become.
  public enum Type {
    F32(GgmlType.F32, 0),
    F16(GgmlType.F16, 1),
    BF16(GgmlType.BF16, 30),
    /// Blocks of 32 numbers of 8 bits with one factor.
    Q8_0(GgmlType.Q8_0, 8),
    /// Blocks of 32 numbers of 4 bits with one factor.
    Q4_0(GgmlType.Q4_0, 2),
    /// Blocks of 256 numbers of 4 bits; each 32 have a factor and a minimum of 6 bits.
    Q4_K(GgmlType.Q4_K, 12);

    private final GgmlType format;
    private final int code;

    Type(GgmlType format, int code) {
      this.format = format;
      this.code = code;
    }

    /// How many numbers of a row form a block: 1 where each stands alone.
    public int blockElements() {
      return format.blockElements;
    }

    /// This type, or the next finer one whose blocks fill rows of so many numbers.
    public Type fitting(int row) {
      return row % blockElements() == 0 ? this : row % Q8_0.blockElements() == 0 ? Q8_0 : F16;
    }

    /// What a file of this type would give back, as a float32 expression of blocks in memory: whoever uses it unpacks them.
    /// @param tensor of floating type, with rows of whole blocks
    /// @throws IllegalArgumentException if it has others
    public Tensor pack(Tensor tensor) {
      if (format.dequantization == null) {
        return this == F32 ? tensor.cast(DType.FLOAT32) : tensor.cast(this == F16 ? DType.FLOAT16 : DType.BFLOAT16).realize().cast(DType.FLOAT32);
      }
      long elements = tensor.shape().elements();
      if (tensor.rank() == 0 || tensor.size(-1) % blockElements() != 0) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "the rows of %s are not whole blocks of %s", tensor.shape(), this));
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment blocks = arena.allocate(bytes(elements));
        long[] at = {0};
        forEachPart(tensor, this, part -> {
          MemorySegment.copy(MemorySegment.ofBuffer(part), 0, blocks, at[0], part.remaining());
          at[0] += part.remaining();
        });
        Shape shape = Shape.of(Math.toIntExact(elements / format.blockElements), format.blockBytes);
        return format.dequantization.apply(Tensor.ofMemory(blocks, DType.UINT8, shape)).reshape(tensor.shape());
      }
    }

    private long bytes(long elements) {
      return elements / format.blockElements * format.blockBytes;
    }

    private void encode(float[] values, int count, ByteBuffer out) {
      switch (this) {
        case F32 -> {
          for (int i = 0; i < count; i++) {
            out.putFloat(values[i]);
          }
        }
        case F16 -> {
          for (int i = 0; i < count; i++) {
            out.putShort(Float.floatToFloat16(values[i]));
          }
        }
        case BF16 -> {
          for (int i = 0; i < count; i++) {
            out.putShort(Quantization.bfloat16(values[i]));
          }
        }
        case Q8_0 -> Quantization.q80(values, count, out);
        case Q4_0 -> Quantization.q40(values, count, out);
        case Q4_K -> Quantization.q4k(values, count, out);
      }
    }
  }

  /// A tensor to be written.
  /// @param tensor of floating type
  public record Entry(Tensor tensor, Type type) {}

  /// Replaces a file as a whole, or leaves it as it was.
  ///
  /// @param metadata Strings, Booleans, Integers (uint32), Doubles (float32), and lists of Strings, Integers (int32) or Doubles
  /// @throws IllegalArgumentException if a row is not of whole blocks, or a value of no such type
  /// @throws FileException if it cannot be written
  public static void write(Path path, Map<String, Object> metadata, Map<String, Entry> tensors) {
    ByteBuffer header = header(metadata, tensors);
    AtomicFiles.write(path, channel -> {
      AtomicFiles.writeFully(channel, header);
      for (Entry entry : tensors.values()) {
        forEachPart(entry.tensor(), entry.type(), part -> AtomicFiles.writeFully(channel, part));
        long bytes = entry.type().bytes(entry.tensor().shape().elements());
        AtomicFiles.writeFully(channel, ByteBuffer.allocate(padding(bytes)));
      }
    });
  }

  private static int padding(long bytes) {
    return Math.floorMod(-bytes, ALIGNMENT);
  }

  /// Takes a part of what a tensor is encoded to.
  private interface Sink<E extends Exception> {
    void accept(ByteBuffer part) throws E;
  }

  private static <E extends Exception> void forEachPart(Tensor tensor, Type type, Sink<E> sink) throws E {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = tensor.cast(DType.FLOAT32).toMemory(arena);
      long elements = tensor.shape().elements();
      float[] values = new float[(int) Math.min(CHUNK, elements)];
      ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(Type.F32.bytes(values.length))).order(ByteOrder.LITTLE_ENDIAN);
      for (long from = 0; from < elements; from += values.length) {
        int count = (int) Math.min(values.length, elements - from);
        MemorySegment.copy(numbers, ValueLayout.JAVA_FLOAT, from * Float.BYTES, values, 0, count);
        type.encode(values, count, out.clear());
        sink.accept(out.flip());
      }
    }
  }

  private static ByteBuffer header(Map<String, Object> metadata, Map<String, Entry> tensors) {
    Output out = new Output();
    out.raw("GGUF".getBytes(StandardCharsets.US_ASCII)).i32(3).i64(tensors.size()).i64(metadata.size());
    metadata.forEach((key, value) -> out.string(key).value(key, value));
    long offset = 0;
    for (Map.Entry<String, Entry> named : tensors.entrySet()) {
      Entry entry = named.getValue();
      List<Integer> sizes = entry.tensor().shape().stream().boxed().toList();
      if (sizes.isEmpty() || sizes.getLast() % entry.type().blockElements() != 0) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "the rows of %s %s are not whole blocks of %s", named.getKey(), entry.tensor().shape(), entry.type()));
      }
      out.string(named.getKey()).i32(sizes.size());
      sizes.reversed().forEach(size -> out.i64(size));
      out.i32(entry.type().code).i64(offset);
      long bytes = entry.type().bytes(entry.tensor().shape().elements());
      offset += bytes + padding(bytes);
    }
    return out.raw(new byte[padding(out.size())]).buffer();
  }

  /// Bytes that grow.
  private static final class Output {
    private ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    private ByteBuffer room(int more) {
      if (bytes.remaining() < more) {
        bytes = ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + more)).order(ByteOrder.LITTLE_ENDIAN).put(bytes.flip());
      }
      return bytes;
    }

    int size() {
      return bytes.position();
    }

    ByteBuffer buffer() {
      return bytes.flip();
    }

    Output raw(byte[] more) {
      room(more.length).put(more);
      return this;
    }

    Output i32(int value) {
      room(Integer.BYTES).putInt(value);
      return this;
    }

    Output i64(long value) {
      room(Long.BYTES).putLong(value);
      return this;
    }

    Output string(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      return i64(utf8.length).raw(utf8);
    }

    void value(String key, Object value) {
      switch (value) {
        case String text -> i32(8).string(text);
        case Boolean truth -> i32(7).raw(new byte[] {(byte) (truth ? 1 : 0)});
        case Integer number -> i32(4).i32(number);
        case Double number -> i32(6).i32(Float.floatToRawIntBits((float) (double) number));
        case List<?> list -> {
          i32(9).i32(list.isEmpty() || list.getFirst() instanceof String ? 8 : list.getFirst() instanceof Integer ? 5 : 6).i64(list.size());
          for (Object element : list) {
            switch (element) {
              case String text -> string(text);
              case Integer number -> i32(number);
              case Double number -> i32(Float.floatToRawIntBits((float) (double) number));
              default -> throw new IllegalArgumentException("no GGUF file has " + element + " in its list " + key);
            }
          }
        }
        default -> throw new IllegalArgumentException("no GGUF file has " + value + " as its " + key);
      }
    }
  }
}
