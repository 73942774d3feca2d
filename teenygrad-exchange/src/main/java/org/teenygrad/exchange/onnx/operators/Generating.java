package org.teenygrad.exchange.onnx.operators;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.TensorData;

/// Tensors of nothing: constants, counters, random numbers. Seeds of nodes are not those of their authors' generators, so that all
/// random numbers come from [Tensor#manualSeed].
final class Generating {
  private Generating() {}

  static void addTo(OperatorTable table) {
    table.value("Constant", 1, Generating::constant);
    table.value("ConstantOfShape", 9, Generating::constantOfShape);
    table.alike("Range", 11, Generating::range);
    table.value("EyeLike", 9, call -> Value.of(
        call.elementType("dtype", call.type(0)), eye(call.in(0).size(0), call.in(0).size(1), call.axis("k", 0))));
    table.value("RandomNormal", 1, call -> normal(call, Shape.of(Call.ints(Call.required(call.numbers("shape"), "shape"))), ElementType.FLOAT));
    table.value("RandomNormalLike", 1, call -> normal(call, call.in(0).shape(), call.type(0)));
    table.value("RandomUniform", 1, call -> uniform(call, Shape.of(Call.ints(Call.required(call.numbers("shape"), "shape"))), ElementType.FLOAT));
    table.value("RandomUniformLike", 1, call -> uniform(call, call.in(0).shape(), call.type(0)));
    table.value("Bernoulli", 15, call -> Value.of(
        call.elementType("dtype", call.type(0)), call.in(0).cast(DType.FLOAT32).randLike().lt(call.in(0).cast(DType.FLOAT32))));
    table.value("Multinomial", 7, call -> Value.of(call.elementType("dtype", ElementType.INT32),
        call.in(0).cast(DType.FLOAT32).softmax(-1).multinomial(call.axis("sample_size", 1), true)));
  }

  private static Value constant(Call call) {
    TensorData data = call.tensor("value");
    if (data != null) {
      return call.tensors().value(data, call.device());
    }
    if (call.hasAttribute("value_float")) {
      return Value.of(Tensor.full(Shape.SCALAR, call.real("value_float", 0), DType.FLOAT32));
    }
    if (call.hasAttribute("value_int")) {
      return Value.of(Tensor.full(Shape.SCALAR, call.number("value_int"), DType.INT64));
    }
    float[] reals = call.reals("value_floats");
    if (reals != null) {
      return Value.of(Tensor.of(reals, Shape.of(reals.length), call.device()));
    }
    long[] numbers = call.numbers("value_ints");
    if (numbers != null) {
      return Value.of(call.tensorOf(numbers));
    }
    throw new UnsupportedOperationException("constants are tensors, integers or floats, not " + call.node().attributes().keySet());
  }

  private static Value constantOfShape(Call call) {
    Shape shape = Shape.of(call.ints(0));
    TensorData data = call.tensor("value");
    if (data == null) {
      return Value.of(Tensor.full(shape, 0, DType.FLOAT32));
    }
    Value.OfTensor value = call.tensors().value(data, Placement.HOST);
    if (value.tensor().numel() != 1) {
      throw new IllegalArgumentException("the value should be one element, but has shape " + value.tensor().shape());
    }
    return new Value.OfTensor(value.type(), call.placement().bring(value.tensor(), call.device()).reshape(new int[0]).broadcastTo(shape));
  }

  /// Its length depends on values, which are computed at once.
  private static Tensor range(Call call) {
    if (call.type(0).carrier().isFloating()) {
      double start = call.doubles(0)[0];
      double step = call.doubles(2)[0];
      int count = count(Math.ceil((call.doubles(1)[0] - start) / step));
      double[] values = IntStream.range(0, count).mapToDouble(i -> start + i * step).toArray();
      return Tensor.of(values, Shape.of(count), call.device());
    }
    long start = call.number(0);
    long step = call.number(2);
    int count = count(Math.ceil((double) (call.number(1) - start) / step));
    return call.tensorOf(LongStream.range(0, count).map(i -> start + i * step).toArray());
  }

  private static int count(double count) {
    if (!(count <= 1 << 28)) {
      throw new IllegalArgumentException("a range of " + count + " numbers is too long");
    }
    return (int) Math.max(0, count);
  }

  private static Tensor eye(int rows, int columns, int k) {
    Tensor row = Tensor.arange(rows, DType.INT64).reshape(rows, 1);
    return Tensor.arange(columns, DType.INT64).reshape(1, columns).sub(row).eq(k);
  }

  private static Value normal(Call call, Shape shape, ElementType otherwise) {
    Tensor standard = Tensor.randn(shape.toArray());
    return Value.of(call.elementType("dtype", otherwise), standard.mul(call.real("scale", 1)).add(call.real("mean", 0)));
  }

  private static Value uniform(Call call, Shape shape, ElementType otherwise) {
    double low = call.real("low", 0);
    return Value.of(call.elementType("dtype", otherwise), Tensor.rand(shape.toArray()).mul(call.real("high", 1) - low).add(low));
  }
}
