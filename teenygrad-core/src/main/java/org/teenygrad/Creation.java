package org.teenygrad;

import java.util.List;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;

/// Factories of tensors from data and constants, inherited by [Tensor] as static methods.
abstract sealed class Creation extends RandomCreation permits Tensor {

  /// A float32 scalar.
  public static Tensor of(float value) {
    return HostData.tensor(new float[] {value}, Shape.SCALAR);
  }

  /// A float32 vector.
  public static Tensor of(float... values) {
    return HostData.tensor(values, Shape.of(values.length));
  }

  /// Values in row-major order, in that shape.
  public static Tensor of(float[] values, int... shape) {
    return HostData.tensor(values, Shape.of(shape));
  }

  /// A float32 tensor of zeros.
  public static Tensor zeros(int... shape) {
    return full(Shape.of(shape), 0.0);
  }

  /// A float32 tensor of ones.
  public static Tensor ones(int... shape) {
    return full(Shape.of(shape), 1.0);
  }

  /// One value everywhere: float32 for `2.5`, int64 for `2`.
  public static Tensor full(Shape shape, Number value) {
    return full(shape, value, Broadcasting.isFloating(value) ? DType.FLOAT32 : DType.INT64);
  }

  /// One value everywhere, of a type.
  public static Tensor full(Shape shape, Number value, DType dtype) {
    return Tensor.wrap(OpNode.constant(dtype, value)).broadcastTo(shape);
  }

  /// The integers `0 .. count-1`, int64.
  public static Tensor arange(int count) {
    return Tensor.wrap(OpNode.create(OpCode.ARANGE, DType.INT64, List.of(), count));
  }
}
