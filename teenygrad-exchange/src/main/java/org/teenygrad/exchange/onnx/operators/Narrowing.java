package org.teenygrad.exchange.onnx.operators;

import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// What is in a wider type as values of a narrow one: integers wrap around, floats round to nearest even.
final class Narrowing {
  private Narrowing() {}

  /// @return of the type's carrier
  static Tensor to(ElementType type, Tensor x) {
    return switch (type) {
      case UINT16 -> whole(x).and(0xFFFF).cast(DType.INT32);
      case UINT32 -> whole(x).and(0xFFFFFFFFL);
      case UINT64 -> x.dtype().isFloating() ? UnsignedLongs.fromFloating(x) : x.cast(DType.INT64);
      case UINT4 -> whole(x).and(15).cast(DType.UINT8);
      case UINT2 -> whole(x).and(3).cast(DType.UINT8);
      case INT4 -> whole(x).and(15).xor(8).sub(8).cast(DType.INT8);
      case INT2 -> whole(x).and(3).xor(2).sub(2).cast(DType.INT8);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1 -> MiniFloat.of(type).round(x.cast(DType.FLOAT32), true);
      case FLOAT8E8M0 -> PowersOfTwo.round(x.cast(DType.FLOAT32), "up", true);
      case UINT8, INT8, INT16, INT32 ->
          x.dtype().isFloating() ? x.cast(DType.INT64).cast(type.carrier()) : x.cast(type.carrier());
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT64, BOOL -> x.cast(type.carrier());
    };
  }

  private static Tensor whole(Tensor x) {
    return x.cast(DType.INT64);
  }
}
