package org.teenygrad.state;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// llama.cpp's GGUF, versions 2 and 3: metadata, tensors' descriptions, then their blocks, each at a multiple of the
/// alignment.
final class GgufFile {
  private static final long MAGIC = 0x46554747L;
  private static final String ALIGNMENT = "general.alignment";
  /// The longest strings are chat templates; the longest arrays, vocabularies and their merges.
  private static final int MAX_STRING_BYTES = 16 << 20;
  private static final int MAX_ARRAY_VALUES = 4 << 20;
  private static final int MAX_KEY_BYTES = 65_535;
  private static final int MAX_NAME_BYTES = 63;
  private static final int MAX_AXES = 4;

  /// What an entry of the metadata takes at least; and a tensor's description.
  private static final int MIN_ENTRY_BYTES = 8 + 1 + 4 + 1;
  private static final int MIN_TENSOR_BYTES = 8 + 4 + 4 + 8;

  private static final int UINT32 = 4;
  private static final int ARRAY = 9;

  /// What each type of a value takes at least.
  private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

  /// @param shape outermost axis first: the other way round than in the file
  private record Description(String name, Shape shape, GgmlType type, long offset, long bytes) {}

  private final ByteCursor cursor;
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private long arrayValues;
  private long alignment = 32;

  private GgufFile(MemorySegment file) {
    this.cursor = new ByteCursor(file, ByteOrder.LITTLE_ENDIAN);
  }

  /// @throws IllegalArgumentException if it breaks a rule of the format
  static Contents read(MemorySegment file) {
    return new GgufFile(file).read();
  }

  private Contents read() {
    if (cursor.u32() != MAGIC) {
      throw new IllegalArgumentException("it does not begin with GGUF");
    }
    int version = cursor.i32();
    if (version != 2 && version != 3) {
      throw new IllegalArgumentException(
          Integer.reverseBytes(version) == 3
              ? "it is for big-endian machines"
              : "its version is " + Integer.toUnsignedString(version) + ", but only 2 and 3 are read");
    }
    long tensors = count("the number of its tensors", MIN_TENSOR_BYTES);
    StoredTensor.requireCount(tensors);
    long entries = count("the number of its metadata", MIN_ENTRY_BYTES);
    for (long i = 0; i < entries; i++) {
      readEntry();
    }
    List<Description> descriptions = new ArrayList<>();
    for (long i = 0; i < tensors; i++) {
      descriptions.add(readDescription());
    }
    return new Contents(place(descriptions), metadata);
  }

  private long count(String what, int minBytes) {
    long count = cursor.count(what);
    if (count > cursor.remaining() / minBytes) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s is %d, for which its %d bytes are too few", what, count, cursor.remaining()));
    }
    return count;
  }

  private void readEntry() {
    String key = cursor.utf8(cursor.count("the length of a key"), MAX_KEY_BYTES);
    if (key.isEmpty()) {
      throw new IllegalArgumentException("one of its keys is empty");
    }
    int type = cursor.i32();
    Object value = type == ARRAY ? array(key) : scalar(key, type);
    if (metadata.put(key, value) != null) {
      throw new IllegalArgumentException("its key " + key + " is there twice");
    }
    if (key.equals(ALIGNMENT)) {
      if (type != UINT32 || !(value instanceof Long number) || number < 8 || number > 1 << 30
          || Long.bitCount(number) != 1) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT,
                "its alignment is %s (type %d), which is not a uint32 that is a power of two from 8 on", value, type));
      }
      alignment = number;
    }
  }

  private List<Object> array(String key) {
    int type = cursor.i32();
    if (type == ARRAY || type < 0 || type >= VALUE_BYTES.length) {
      throw new IllegalArgumentException("its value " + key + " is an array of the type " + Integer.toUnsignedString(
          type));
    }
    long count = count("the length of its array " + key, VALUE_BYTES[type]);
    arrayValues += count;
    if (arrayValues > MAX_ARRAY_VALUES) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its arrays have more than %d values", MAX_ARRAY_VALUES));
    }
    List<Object> values = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      values.add(scalar(key, type));
    }
    return Collections.unmodifiableList(values);
  }

  private Object scalar(String key, int type) {
    return switch (type) {
      case 0 -> (long) cursor.u8();
      case 1 -> (long) (byte) cursor.u8();
      case 2 -> (long) cursor.u16();
      case 3 -> (long) (short) cursor.u16();
      case 4 -> cursor.u32();
      case 5 -> (long) cursor.i32();
      case 6 -> (double) Float.intBitsToFloat(cursor.i32());
      case 7 -> {
        int truth = cursor.u8();
        if (truth > 1) {
          throw new IllegalArgumentException("its value " + key + " is neither true nor false");
        }
        yield truth == 1;
      }
      case 8 -> cursor.utf8(cursor.count("the length of the string " + key), MAX_STRING_BYTES);
      case 10, 11 -> cursor.i64();
      case 12 -> Double.longBitsToDouble(cursor.i64());
      default -> throw new IllegalArgumentException(
          "its value " + key + " has the type " + Integer.toUnsignedString(type) + ", which means nothing");
    };
  }

  private Description readDescription() {
    String name = cursor.utf8(cursor.count("the length of a name"), MAX_NAME_BYTES);
    if (!names.add(name)) {
      throw new IllegalArgumentException("it has two tensors " + name);
    }
    long axes = cursor.u32();
    if (axes > MAX_AXES) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "its tensor %s has %d axes, more than %d", name, axes, MAX_AXES));
    }
    List<Long> sizes = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      sizes.add(cursor.i64());
    }
    try {
      GgmlType type = GgmlType.of(cursor.u32());
      Shape shape = StoredTensor.shape(sizes.reversed());
      long row = sizes.isEmpty() ? 1 : sizes.getFirst();
      if (row % type.blockElements != 0) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "its rows of %d are not whole blocks of %s", row, type));
      }
      long bytes = Math.multiplyExact(shape.elements() / type.blockElements, (long) type.blockBytes);
      return new Description(name, shape, type, cursor.count("its offset"), bytes);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException("its tensor " + name + ": " + e.getMessage(), e);
    }
  }

  /// Each tensor begins where the alignment after the one before it says.
  private Map<String, StoredTensor> place(List<Description> descriptions) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    if (descriptions.isEmpty()) {
      return tensors;
    }
    long padding = Math.floorMod(-cursor.position(), alignment);
    MemorySegment data = cursor.remaining() < padding
        ? MemorySegment.NULL : cursor.take(cursor.remaining()).asSlice(padding);
    descriptions.forEach(tensor -> place(tensor, data, tensors));
    long end = 0;
    for (Description tensor : descriptions.stream().sorted(Comparator.comparingLong(Description::offset)).toList()) {
      if (tensor.bytes() > 0 && tensor.offset() < end) {
        throw new IllegalArgumentException("its tensor " + tensor.name() + " overlaps another");
      }
      end = Math.max(end, tensor.offset() + tensor.bytes());
    }
    return tensors;
  }

  private void place(Description tensor, MemorySegment data, Map<String, StoredTensor> tensors) {
    if (tensor.offset() % alignment != 0
        || tensor.bytes() > data.byteSize()
        || tensor.offset() > data.byteSize() - tensor.bytes()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "its tensor %s has %d bytes at %d, which is not inside the %d bytes of data at a multiple of %d",
              tensor.name(), tensor.bytes(), tensor.offset(), data.byteSize(), alignment));
    }
    MemorySegment bytes = data.asSlice(tensor.offset(), tensor.bytes());
    tensors.put(tensor.name(), new StoredTensor(tensor.shape(), () -> tensor(tensor, bytes)));
  }

  private static Tensor tensor(Description tensor, MemorySegment bytes) {
    GgmlType type = tensor.type();
    if (type.plain != null) {
      return Elements.tensor(bytes, type.plain, ByteOrder.LITTLE_ENDIAN, tensor.shape());
    }
    Function<Tensor, Tensor> dequantization = type.dequantization;
    if (dequantization == null) {
      throw new IllegalArgumentException("blocks of the type " + type + " are not read");
    }
    Shape blocks = StoredTensor.shape(List.of(tensor.shape().elements() / type.blockElements, (long) type.blockBytes));
    return dequantization.apply(Tensor.ofMemory(bytes, DType.UINT8, blocks)).reshape(tensor.shape());
  }
}
