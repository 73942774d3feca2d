package org.teenygrad.exchange.onnx.operators;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Numbers as small integers, or small floats, times a scale.
final class Quantization {
  private Quantization() {}

  static void addTo(OperatorTable table) {
    table.value("QuantizeLinear", 10, Quantization::quantize);
    table.value("DequantizeLinear", 10, Quantization::dequantize);
    table.several("DynamicQuantizeLinear", 11, Quantization::dynamic);
    table.gives("MatMulInteger", 10, ElementType.INT32, call -> whole(call, 0, call.optional(2), -2).matmul(whole(call, 1, call.optional(3), -1)));
    table.gives("ConvInteger", 10, ElementType.INT32, call -> Convolutions.of(call, whole(call, 0, call.optional(2), 0), whole(call, 1, call.optional(3), 0), null));
    table.value("QLinearMatMul", 10, call -> {
      Tensor product = whole(call, 0, call.in(2), -2).matmul(whole(call, 3, call.in(5), -1));
      Tensor scale = across(call.in(1), -2, 2).mul(across(call.in(4), -1, 2)).div(across(call.in(6), -2, 2));
      return requantized(call, product.cast(DType.FLOAT32).mul(scale.cast(DType.FLOAT32)), across(call.in(7), -2, 2));
    });
    table.value("QLinearConv", 10, call -> {
      Tensor bias = call.optional(8);
      Tensor sums = Convolutions.of(call, whole(call, 0, call.in(2), 0), whole(call, 3, call.in(5), 0), bias);
      Tensor scale = call.in(1).mul(call.in(4)).div(call.in(6));
      int[] shape = Convolutions.perChannel(sums.rank(), Math.toIntExact(scale.numel()));
      return requantized(call, sums.cast(DType.FLOAT32).mul(scale.reshape(shape)), call.in(7));
    });
  }

  private static Value requantized(Call call, Tensor x, Tensor zeroPoint) {
    ElementType type = call.type(7);
    return Value.of(type, bounded(type, x.add(zeroPoint.cast(DType.FLOAT32)).round()));
  }

  /// An input without its zero point, in int32.
  private static Tensor whole(Call call, int input, @Nullable Tensor zeroPoint, int axis) {
    Tensor x = call.in(input).cast(DType.INT32);
    return zeroPoint == null ? x : x.sub(across(zeroPoint.cast(DType.INT32), axis, x.rank()));
  }

  /// A vector along an axis of tensors of that rank; what is no vector of several numbers as it is.
  private static Tensor across(Tensor x, int axis, int rank) {
    if (x.rank() != 1 || x.numel() == 1) {
      return x.numel() == 1 ? x.reshape(new int[0]) : x;
    }
    int at = axis < 0 ? axis + rank : axis;
    return x.reshape(IntStream.range(0, rank).map(i -> i == at ? x.size(0) : 1).toArray());
  }

  /// Scales and zero points for each element of x: one for all, one for each position of an axis, or one for each block on it.
  private static Tensor spread(Call call, Tensor parameter, Tensor x) {
    int block = call.axis("block_size", 0);
    if (parameter.numel() == 1 && block == 0) {
      return parameter.reshape(new int[0]);
    }
    int axis = Shapes.position(x, call.axis("axis", 1));
    return block == 0 ? across(parameter, axis, x.rank()) : parameter.repeatInterleave(block, axis).narrow(axis, 0, x.size(axis));
  }

  private static Tensor bounded(ElementType type, Tensor x) {
    long most = (1L << type.bits() - (type.isUnsigned() ? 0 : 1)) - 1;
    return x.clamp(type.isUnsigned() ? 0 : -most - 1, most);
  }

  private static Value quantize(Call call) {
    Tensor x = call.in(0);
    DType precision = call.number("precision", 0) == 0 ? DType.FLOAT32 : ElementType.of(call.number("precision")).carrier();
    Tensor scaled = x.cast(precision).div(spread(call, call.in(1), x).cast(precision));
    Tensor zeroPoint = call.has(2) ? spread(call, call.in(2), x) : null;
    long named = call.number("output_dtype", 0);
    ElementType type = call.has(2) ? call.type(2) : named == 0 ? ElementType.UINT8 : ElementType.of(named);
    return switch (type) {
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          new Value.OfTensor(type, MiniFloat.of(type).round(scaled.cast(DType.FLOAT32), call.flag("saturate", true)));
      case FLOAT4E2M1 -> Value.of(type, zeroPoint == null ? scaled : scaled.add(zeroPoint));
      default -> {
        Tensor rounded = scaled.round();
        yield Value.of(type, bounded(type, zeroPoint == null ? rounded : rounded.add(zeroPoint.cast(rounded.dtype()))));
      }
    };
  }

  private static Value dequantize(Call call) {
    Tensor x = call.in(0);
    Tensor wide = x.cast(DType.FLOAT32);
    Tensor centred = call.has(2) ? wide.sub(spread(call, call.in(2), x).cast(DType.FLOAT32)) : wide;
    long named = call.number("output_dtype", 0);
    ElementType type = named == 0 ? call.type(1) : ElementType.of(named);
    return Value.of(type, centred.mul(spread(call, call.in(1), x).cast(DType.FLOAT32)));
  }

  private static List<Value> dynamic(Call call) {
    Tensor x = call.in(0);
    Tensor low = x.min().clampMax(0);
    Tensor range = x.max().clampMin(0).sub(low);
    Tensor scale = range.eq(0).where(1.0, range).div(255);
    Tensor zeroPoint = low.neg().div(scale).clamp(0, 255).round();
    Tensor y = x.div(scale).round().add(zeroPoint).clamp(0, 255);
    return List.of(Value.of(ElementType.UINT8, y), Value.of(scale.reshape(Shape.SCALAR)), Value.of(ElementType.UINT8, zeroPoint));
  }
}
