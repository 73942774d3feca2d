package org.teenygrad.state;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Makes tensors of elements as files have them: in either byte order, and of types that tensors do not compute with,
/// which become the narrowest type that holds all their values.
final class Elements {
  private Elements() {}

  /// @param bytes the elements in row-major order
  /// @throws IllegalArgumentException if the bytes do not fill the shape, or there are no tensors of this type
  static Tensor tensor(MemorySegment bytes, StoredType type, ByteOrder order, Shape shape) {
    if (order != ByteOrder.nativeOrder() && type.bits > 8) {
      try (Arena arena = Arena.ofConfined()) {
        return tensor(swapped(bytes, type.bits / 8, arena), type, shape);
      }
    }
    return tensor(bytes, type, shape);
  }

  private static Tensor tensor(MemorySegment bytes, StoredType type, Shape shape) {
    return switch (type) {
      case BOOL -> hasOnlyZerosAndOnes(bytes)
          ? Tensor.ofMemory(bytes, DType.BOOL, shape)
          : Tensor.ofMemory(bytes, DType.UINT8, shape).ne(0);
      case U16 -> Tensor.ofMemory(bytes, DType.INT16, shape).cast(DType.INT32).and(0xFFFF);
      case U32 -> Tensor.ofMemory(bytes, DType.INT32, shape).cast(DType.INT64).and(0xFFFF_FFFFL);
      case U64 -> Tensor.ofMemory(requireSigned(bytes), DType.INT64, shape);
      default -> Tensor.ofMemory(bytes, type.dtype(), shape);
    };
  }

  private static boolean hasOnlyZerosAndOnes(MemorySegment bytes) {
    for (long i = 0; i < bytes.byteSize(); i++) {
      if ((bytes.get(ValueLayout.JAVA_BYTE, i) & ~1) != 0) {
        return false;
      }
    }
    return true;
  }

  private static MemorySegment requireSigned(MemorySegment bytes) {
    for (long i = 0; i < bytes.byteSize(); i += Long.BYTES) {
      if (bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, i) < 0) {
        throw new IllegalArgumentException(
            "there are no tensors of unsigned 64-bit numbers as large as "
                + Long.toUnsignedString(bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, i)));
      }
    }
    return bytes;
  }

  private static MemorySegment swapped(MemorySegment bytes, int width, Arena arena) {
    MemorySegment swapped = arena.allocate(bytes.byteSize(), 8);
    for (long i = 0; i < bytes.byteSize(); i += width) {
      switch (width) {
        case 2 -> swapped.set(ValueLayout.JAVA_SHORT, i, Short.reverseBytes(bytes.get(
            ValueLayout.JAVA_SHORT_UNALIGNED, i)));
        case 4 -> swapped.set(ValueLayout.JAVA_INT, i, Integer.reverseBytes(bytes.get(
            ValueLayout.JAVA_INT_UNALIGNED, i)));
        default -> swapped.set(ValueLayout.JAVA_LONG, i, Long.reverseBytes(bytes.get(
            ValueLayout.JAVA_LONG_UNALIGNED, i)));
      }
    }
    return swapped;
  }
}
