package org.teenygrad.state;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// The element types of GGUF: so many elements in a block of so many bytes.
///
/// The quantised ones are read by an expression from blocks, uint8 (blocks, bytes), to float32 (blocks, elements). Of
/// those without one, files can be opened, but the tensors not read.
enum GgmlType {
  F32(0, StoredType.F32),
  F16(1, StoredType.F16),
  Q4_0(2, 32, 18, Dequantization::q40),
  Q4_1(3, 32, 20, Dequantization::q41),
  Q5_0(6, 32, 22, Dequantization::q50),
  Q5_1(7, 32, 24, Dequantization::q51),
  Q8_0(8, 32, 34, Dequantization::q80),
  Q8_1(9, 32, 36),
  Q2_K(10, 256, 84, Dequantization::q2k),
  Q3_K(11, 256, 110, Dequantization::q3k),
  Q4_K(12, 256, 144, Dequantization::q4k),
  Q5_K(13, 256, 176, Dequantization::q5k),
  Q6_K(14, 256, 210, Dequantization::q6k),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
  I8(24, StoredType.I8),
  I16(25, StoredType.I16),
  I32(26, StoredType.I32),
  I64(27, StoredType.I64),
  F64(28, StoredType.F64),
  IQ1_M(29, 256, 56),
  BF16(30, StoredType.BF16),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, 32, 17),
  NVFP4(40, 64, 36);

  private static final Map<Integer, GgmlType> BY_CODE =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(type -> type.code, Function.identity()));

  private final int code;
  final int blockElements;
  final int blockBytes;
  final @Nullable StoredType plain;
  final @Nullable Function<Tensor, Tensor> dequantization;

  GgmlType(int code, int blockElements, int blockBytes) {
    this(code, blockElements, blockBytes, null, null);
  }

  GgmlType(int code, int blockElements, int blockBytes, Function<Tensor, Tensor> dequantization) {
    this(code, blockElements, blockBytes, null, dequantization);
  }

  GgmlType(int code, StoredType plain) {
    this(code, 1, plain.bits / 8, plain, null);
  }

  GgmlType(
      int code,
      int blockElements,
      int blockBytes,
      @Nullable StoredType plain,
      @Nullable Function<Tensor, Tensor> dequantization) {
    this.code = code;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.plain = plain;
    this.dequantization = dequantization;
  }

  /// @throws IllegalArgumentException if there is no such type, or no more
  static GgmlType of(long code) {
    GgmlType type = code < 0 || code > Integer.MAX_VALUE ? null : BY_CODE.get((int) code);
    if (type == null) {
      throw new IllegalArgumentException("the type " + Long.toUnsignedString(code) + " means nothing");
    }
    return type;
  }
}
