package org.teenygrad.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;

class Float8LinearTest {
  private static Tensor rounded(Tensor x, DType type) {
    float largest = x.abs().max().item();
    return x.mul(type.largest() / largest).cast(type).toFloat().mul(largest / type.largest());
  }

  private static void isClose(Tensor ours, Tensor expected) {
    double scale = expected.abs().max().item();
    double[] right = expected.toDoubleArray();
    double[] found = ours.toDoubleArray();
    assertThat(ours.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < right.length; i++) {
      assertThat(found[i]).isEqualTo(right[i], within(1e-5 * scale));
    }
  }

  @Test
  void allThreeProductsAreOfRoundedFactors() {
    Tensor.manualSeed(3);
    Tensor x = Tensor.randn(2, 20, 32).mul(3).requiresGrad();
    Linear plain = Linear.of(32, 48);
    Linear layer = plain.inFloat8();
    Tensor cotangent = Tensor.randn(2, 20, 48).mul(1e-6).realize();
    Tensor y = layer.forward(x);
    List<Tensor> gradients = Gradient.vjp(y, cotangent, List.of(x, layer.weight()));
    Tensor rows = rounded(x.detach().reshape(40, 32), DType.FLOAT8_E4M3);
    Tensor weight = rounded(layer.weight().detach(), DType.FLOAT8_E4M3);
    Tensor g = rounded(cotangent.reshape(40, 48), DType.FLOAT8_E5M2);
    isClose(y, rows.linear(weight, plain.bias()).reshape(2, 20, 48));
    isClose(gradients.get(0), g.matmul(weight).reshape(2, 20, 32));
    isClose(gradients.get(1), g.transpose(0, 1).matmul(rows));
    double[] exact = plain.forward(x).toDoubleArray();
    double[] found = y.toDoubleArray();
    double difference = 0;
    double square = 0;
    for (int i = 0; i < exact.length; i++) {
      difference += Math.pow(found[i] - exact[i], 2);
      square += Math.pow(exact[i], 2);
    }
    assertThat(Math.sqrt(difference / square)).as("relative error by rounding to 4 bits").isBetween(0.01, 0.05);
  }

  @Test
  void onlyInTraining() {
    Linear layer = Linear.of(16, 16);
    Tensor x = Tensor.randn(16, 16).realize();
    assertThat(Mode.EVALUATION.call(() -> layer.inFloat8().forward(x)).toFloatArray()).isEqualTo(layer.forward(x).toFloatArray());
    assertThat(layer.inFloat8().forward(x).toFloatArray()).isNotEqualTo(layer.forward(x).toFloatArray());
  }

  @Test
  void zerosStayZeros() {
    Linear layer = Linear.of(16, 16, false).inFloat8();
    Tensor x = Tensor.zeros(16, 16).requiresGrad();
    Tensor y = layer.forward(x);
    assertThat(y.toFloatArray()).containsOnly(0);
    assertThat(Gradient.of(y.sum(), layer.weight()).toFloatArray()).containsOnly(0);
  }
}
