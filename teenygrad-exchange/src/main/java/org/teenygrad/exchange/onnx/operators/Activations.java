package org.teenygrad.exchange.onnx.operators;

import java.util.Arrays;
import java.util.function.BiFunction;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// Activation functions.
final class Activations {
  private static final double SELU_ALPHA = 1.67326319217681884765625;
  private static final double SELU_GAMMA = 1.05070102214813232421875;

  private Activations() {}

  static void addTo(OperatorTable table) {
    table.unary("Relu", 1, Tensor::relu);
    table.unary("Sigmoid", 1, Tensor::sigmoid);
    table.unary("Softplus", 1, Tensor::softplus);
    table.unary("Softsign", 1, Tensor::softsign);
    table.unary("HardSwish", 14, x -> x.mul(x.div(6).add(0.5).clamp(0, 1)));
    table.unary("Mish", 18, Tensor::mish);
    table.alike("LeakyRelu", 1, call -> call.in(0).leakyRelu(call.real("alpha", 0.01)));
    table.alike("Elu", 1, call -> call.in(0).elu(call.real("alpha", 1)));
    table.alike("Selu", 1, call -> call.in(0).elu(call.real("alpha", SELU_ALPHA)).mul(call.real("gamma", SELU_GAMMA)));
    table.alike("Celu", 12, call -> call.in(0).celu(call.real("alpha", 1)));
    table.alike("ThresholdedRelu", 1, call -> call.in(0).threshold(call.real("alpha", 1), 0));
    table.alike("HardSigmoid", 1, call -> call.in(0).mul(call.real("alpha", 0.2)).add(call.real("beta", 0.5)).clamp(0, 1));
    table.alike("Shrink", 9, call -> shrink(call.in(0), call.real("lambd", 0.5), call.real("bias", 0)));
    table.alike("Gelu", 20, call -> call.text("approximate", "none").equals("tanh") ? call.in(0).geluTanh() : call.in(0).gelu());
    table.alike("Swish", 24, call -> swish(call.in(0), call.real("alpha", 1)));
    table.alike("SwiGLU", 28, call -> swish(call.in(0), call.real("alpha", 1)).mul(call.in(1)));
    table.binary("PRelu", 7, (x, slope) -> x.lt(0).where(x.mul(slope), x));
    rows(table, "Softmax", Tensor::softmax);
    rows(table, "LogSoftmax", Tensor::logSoftmax);
    rows(table, "Hardmax", Activations::hardmax);
  }

  /// Until version 12 over all axes from one on, which are 1 and following if nothing is said; since then over one axis.
  private static void rows(OperatorTable table, String name, BiFunction<Tensor, Integer, Tensor> function) {
    table.alike(name, 1, call -> {
      Tensor x = call.in(0);
      int axis = Shapes.position(x, call.axis("axis", 1));
      return function.apply(Shapes.matrix(x, axis), 1).reshape(x.shape());
    });
    table.alike(name, 13, call -> function.apply(call.in(0), call.axis("axis", -1)));
  }

  private static Tensor hardmax(Tensor x, int axis) {
    int[] shape = new int[x.rank()];
    Arrays.fill(shape, 1);
    shape[x.shape().axis(axis)] = x.size(axis);
    return x.argmax(axis, true).eq(Tensor.arange(x.size(axis), DType.INT64).reshape(shape)).cast(x.dtype());
  }

  static Tensor swish(Tensor x, double alpha) {
    return x.mul(x.mul(alpha).sigmoid());
  }

  private static Tensor shrink(Tensor x, double threshold, double bias) {
    return x.lt(-threshold).where(x.add(bias), x.gt(threshold).where(x.sub(bias), x.zerosLike()));
  }
}
