package org.teenygrad.state;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// The element types that a safetensors header may name, with the bits that one element takes.
enum StoredType {
  BOOL(8, DType.BOOL),
  F4(4),
  F6_E2M3(6),
  F6_E3M2(6),
  U8(8, DType.UINT8),
  I8(8, DType.INT8),
  F8_E5M2(8, DType.FLOAT8_E5M2),
  F8_E4M3(8, DType.FLOAT8_E4M3),
  F8_E8M0(8),
  F8_E4M3FNUZ(8),
  F8_E5M2FNUZ(8),
  I16(16, DType.INT16),
  U16(16),
  F16(16, DType.FLOAT16),
  BF16(16, DType.BFLOAT16),
  I32(32, DType.INT32),
  U32(32),
  F32(32, DType.FLOAT32),
  C64(64),
  F64(64, DType.FLOAT64),
  I64(64, DType.INT64),
  U64(64);

  private static final Map<String, StoredType> BY_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

  final int bits;
  private final @Nullable DType dtype;

  StoredType(int bits) {
    this.bits = bits;
    this.dtype = null;
  }

  StoredType(int bits, DType dtype) {
    this.bits = bits;
    this.dtype = dtype;
  }

  /// @throws IllegalArgumentException if the format has no such type
  static StoredType named(String name) {
    var type = BY_NAME.get(name);
    if (type == null) {
      throw new IllegalArgumentException("unknown dtype '" + name + "'");
    }
    return type;
  }

  static StoredType of(DType dtype) {
    return Stream.of(values()).filter(type -> type.dtype == dtype).findFirst().orElseThrow();
  }

  /// @throws IllegalArgumentException if tensors have no such type
  DType dtype() {
    if (dtype == null) {
      throw new IllegalArgumentException("there are no tensors of dtype " + this + ", only files of them");
    }
    return dtype;
  }

  /// Bytes of a contiguous tensor of this type.
  /// @throws IllegalArgumentException if a size is negative, or the bytes are more than a long
  ///     counts or not a whole number
  long bytes(List<Long> shape) {
    long total = bits;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("it has a negative size");
      }
      try {
        total = Math.multiplyExact(total, size);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("its size overflows", e);
      }
    }
    if (total % 8 != 0) {
      throw new IllegalArgumentException("its last byte is only partly used");
    }
    return total / 8;
  }
}
