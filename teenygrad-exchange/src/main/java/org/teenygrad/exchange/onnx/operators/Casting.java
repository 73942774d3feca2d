package org.teenygrad.exchange.onnx.operators;

import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Elements as those of other types.
final class Casting {
  private Casting() {}

  static void addTo(OperatorTable table) {
    table.value("Cast", 6, call -> cast(call, ElementType.of(call.number("to"))));
    table.value("CastLike", 15, call -> cast(call, call.type(1)));
    table.value("BitCast", 26, call -> bitCast(call, ElementType.of(call.number("to"))));
  }

  private static Value cast(Call call, ElementType to) {
    Tensor x = call.in(0);
    ElementType from = call.type(0);
    if (from == to) {
      return call.value(0);
    }
    boolean saturate = call.flag("saturate", true);
    return switch (to) {
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1 ->
          new Value.OfTensor(to, MiniFloat.of(to).round(numbers(from, x, DType.FLOAT32), saturate));
      case FLOAT8E8M0 -> new Value.OfTensor(to, PowersOfTwo.round(numbers(from, x, DType.FLOAT32), call.text("round_mode", "up"), saturate));
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> new Value.OfTensor(to, numbers(from, x, to.carrier()));
      default -> Value.of(to, x);
    };
  }

  /// The values in a floating type.
  static Tensor numbers(ElementType from, Tensor x, DType type) {
    return from == ElementType.UINT64 ? UnsignedLongs.toFloating(x, type) : x.cast(type);
  }

  private static Value bitCast(Call call, ElementType to) {
    ElementType from = call.type(0);
    if (from.bits() != to.bits()) {
      throw new IllegalArgumentException(from + " has " + from.bits() + " bits, and " + to + " has " + to.bits());
    }
    Tensor bits = bits(from, call.in(0));
    return Value.of(to, switch (to) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> bits.bitcast(to.carrier());
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, UINT4, INT4, UINT2, INT2, BOOL -> bits;
      default -> throw new UnsupportedOperationException("the bits of " + to + " cannot be had");
    });
  }

  /// The bits as a signed integer.
  private static Tensor bits(ElementType from, Tensor x) {
    return switch (from) {
      case FLOAT -> x.bitcast(DType.INT32);
      case DOUBLE -> x.bitcast(DType.INT64);
      case FLOAT16, BFLOAT16 -> x.bitcast(DType.INT16);
      case UINT8, INT8, BOOL, UINT4, INT4, UINT2, INT2 -> x.cast(DType.INT8);
      case UINT16, INT16 -> x.cast(DType.INT16);
      case UINT32, INT32 -> x.cast(DType.INT32);
      case UINT64, INT64 -> x;
      default -> throw new UnsupportedOperationException("the bits of " + from + " cannot be had");
    };
  }
}
