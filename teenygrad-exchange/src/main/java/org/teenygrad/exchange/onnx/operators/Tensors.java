package org.teenygrad.exchange.onnx.operators;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.RegularFile;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.TensorData;
import org.teenygrad.state.FileException;

/// Makes values of the tensors of files.
public final class Tensors {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Where files are that tensors may refer to; null where there is none.
  private final @Nullable Path folder;

  /// @param folder of the model: tensors refer to no files outside of it; null where they may refer to none
  public Tensors(@Nullable Path folder) {
    this.folder = folder;
  }

  /// A tensor on a device.
  /// @throws IllegalArgumentException if its elements do not fill its shape, or are in a file outside of the model's folder
  /// @throws UnsupportedOperationException if there are no tensors of its type
  public Value.OfTensor value(TensorData data, Device device) {
    ElementType type = ElementType.of(data.type());
    long elements = data.shape().elements();
    MemorySegment bytes = switch (data.content()) {
      case TensorData.Raw raw -> raw.bytes();
      case TensorData.Typed typed -> packed(data, type, typed.values());
      case TensorData.External external -> external(data, external, bytes(elements, type));
      case TensorData.Texts ignored -> throw misfit(data, "has strings as elements");
    };
    if (bytes.byteSize() != bytes(elements, type)) {
      throw misfit(data, String.format(Locale.ROOT, "has %d bytes, but %s%s needs %d", bytes.byteSize(), type, data.shape(), bytes(elements, type)));
    }
    MemorySegment carried = type.isNative() && type != ElementType.BOOL ? bytes : widened(type, bytes, Math.toIntExact(elements));
    return new Value.OfTensor(type, Tensor.ofMemory(carried, type.carrier(), data.shape(), device));
  }

  private static long bytes(long elements, ElementType type) {
    return Math.ceilDiv(Math.multiplyExact(elements, (long) type.bits()), 8L);
  }

  private static IllegalArgumentException misfit(TensorData data, String what) {
    return new IllegalArgumentException("the tensor '" + data.name() + "' " + what);
  }

  /// What is written number by number, as bytes.
  private static MemorySegment packed(TensorData data, ElementType type, long[] values) {
    int size = Math.max(8, type.bits()) / 8;
    long expected = bytes(data.shape().elements(), type) / size;
    if (values.length != expected) {
      throw misfit(data, String.format(Locale.ROOT, "has %d numbers, but %s%s needs %d", values.length, type, data.shape(), expected));
    }
    MemorySegment bytes = MemorySegment.ofArray(new long[Math.toIntExact(Math.ceilDiv((long) values.length * size, 8L))])
        .asSlice(0, (long) values.length * size);
    for (int i = 0; i < values.length; i++) {
      long value = values[i];
      switch (size) {
        case 1 -> bytes.set(ValueLayout.JAVA_BYTE, i, (byte) value);
        case 2 -> bytes.set(SHORT, 2L * i, (short) value);
        case 4 -> bytes.set(INT, 4L * i, (int) value);
        default -> bytes.set(LONG, 8L * i, value);
      }
    }
    return bytes;
  }

  /// Elements of types that tensors do not have, in the type that carries them.
  private static MemorySegment widened(ElementType type, MemorySegment bytes, int count) {
    return switch (type) {
      case UINT16 -> MemorySegment.ofArray(IntStream.range(0, count).map(i -> bytes.get(SHORT, 2L * i) & 0xFFFF).toArray());
      case UINT32 -> MemorySegment.ofArray(IntStream.range(0, count).mapToLong(i -> bytes.get(INT, 4L * i) & 0xFFFFFFFFL).toArray());
      case UINT64 -> bytes;
      case BOOL, UINT4, UINT2, INT4, INT2 -> {
        byte[] wide = new byte[count];
        for (int i = 0; i < count; i++) {
          int bits = bits(type, bytes, i);
          wide[i] = (byte) switch (type) {
            case BOOL -> bits == 0 ? 0 : 1;
            case INT4 -> (bits ^ 8) - 8;
            case INT2 -> (bits ^ 2) - 2;
            default -> bits;
          };
        }
        yield MemorySegment.ofArray(wide);
      }
      default -> {
        float[] wide = new float[count];
        for (int i = 0; i < count; i++) {
          int bits = bits(type, bytes, i);
          wide[i] = type == ElementType.FLOAT8E8M0 ? PowersOfTwo.decode(bits) : MiniFloat.of(type).decode(bits);
        }
        yield MemorySegment.ofArray(wide);
      }
    };
  }

  /// The bits of an element of at most a byte.
  private static int bits(ElementType type, MemorySegment bytes, long index) {
    long at = index * type.bits();
    return (bytes.get(ValueLayout.JAVA_BYTE, at / 8) & 0xFF) >> at % 8 & (1 << type.bits()) - 1;
  }

  private MemorySegment external(TensorData data, TensorData.External external, long needed) {
    if (folder == null) {
      throw misfit(data, "is in the file '" + external.location() + "', but this model has no folder");
    }
    Path inside = inside(folder, data, external.location());
    try (FileChannel channel = RegularFile.open(inside)) {
      long length = external.length() < 0 ? needed : external.length();
      if (external.offset() > channel.size() - length) {
        throw misfit(data, String.format(Locale.ROOT, "needs %d bytes from byte %d on, but '%s' has %d",
            length, external.offset(), external.location(), channel.size()));
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, external.offset(), length, Arena.ofAuto());
    } catch (IOException e) {
      throw FileException.cannotRead(inside, e);
    }
  }

  /// A file of the model's folder, links followed.
  private static Path inside(Path folder, TensorData data, String location) {
    try {
      Path path = folder.resolve(location);
      if (location.isEmpty() || Path.of(location).isAbsolute() || !path.normalize().startsWith(folder.normalize())
          || !path.toRealPath().startsWith(folder.toRealPath())) {
        throw misfit(data, "is in '" + location + "', outside of the model's folder");
      }
      return path;
    } catch (IOException e) {
      throw FileException.cannotRead(folder.resolve(location), e);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the tensor '" + data.name() + "' is in a file whose name makes no sense", e);
    }
  }
}
