package org.teenygrad.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// What the golden cases do not say; those compare SGD, Adam, AdamW, RMSprop and Adagrad with PyTorch.
class OptimizerTest {
  private static Tensor loss(Tensor p) {
    return p.sub(Tensor.of(3f, -2f)).square().sum();
  }

  private static Tensor parameter() {
    return Tensor.of(0f, 0f).requiresGrad();
  }

  @Test
  void bothWaysToStepAgree() {
    Tensor p = parameter();
    Tensor q = parameter();
    var one = new AdamW(Map.of("p", p), 0.1);
    var other = new AdamW(Map.of("p", q), 0.1);
    for (int i = 0; i < 3; i++) {
      one.step(loss(p));
      other.zeroGrad();
      loss(q).backward();
      other.step();
    }
    assertThat(p.toFloatArray()).isEqualTo(q.toFloatArray());
  }

  @Test
  void gradientsStayAfterAPyTorchStepAndGoAfterALossStep() {
    Tensor p = parameter();
    var optimizer = new SGD(Map.of("p", p), 0.5);
    loss(p).backward();
    optimizer.step();
    assertThat(p.grad().toFloatArray()).containsExactly(-6, 4);
    optimizer.step(loss(p));
    assertThat(p.hasGrad()).isFalse();
    assertThat(p.toFloatArray()).containsExactly(3, -2);
  }

  @Test
  void clippingScalesAllGradientsByOneFactor() {
    Tensor p = parameter();
    Tensor q = parameter();
    var optimizer = new SGD(List.of(ParameterGroup.of(List.of(p, q), 1)), 0, 0, false).clipNorm(1);
    optimizer.step(p.sum().mul(3).add(q.sum().mul(4))); // norm sqrt(9 + 9 + 16 + 16)
    float norm = (float) Math.sqrt(50);
    assertThat(optimizer.gradientNorm().item()).isCloseTo(norm, within(1e-5f));
    assertThat(p.toFloatArray()[0]).isCloseTo(-3 / norm, within(1e-5f));
    assertThat(q.toFloatArray()[0]).isCloseTo(-4 / norm, within(1e-5f));
  }

  @Test
  void measuringTheNormOfAllGradientsChangesNone() {
    Tensor p = parameter();
    Tensor q = parameter();
    var optimizer = new SGD(Map.of("p", p), 1).alongside(new SGD(Map.of("q", q), 1)).measureNorm();
    assertThat(optimizer.measuresNorm()).isTrue();
    float[] before = p.toFloatArray();
    optimizer.step(p.sum().mul(3).add(q.sum().mul(4)));
    assertThat(optimizer.gradientNorm().item()).isCloseTo((float) Math.sqrt(50), within(1e-5f));
    assertThat(p.toFloatArray()).containsExactly(before[0] - 3, before[1] - 3);
    assertThat(new SGD(Map.of("p", p), 1).measuresNorm()).isFalse();
  }

  @Test
  void microBatchesAreOneBatch() {
    Tensor x = Tensor.randn(8, 5).realize();
    Tensor whole = Tensor.randn(3, 5).requiresGrad();
    Tensor parts = whole.detach().requiresGrad();
    var one = new AdamW(Map.of("w", whole), 0.1).clipNorm(0.5);
    var other = new AdamW(Map.of("w", parts), 0.1).clipNorm(0.5);
    for (int step = 0; step < 3; step++) {
      Tensor mean = x.linear(whole).square().mean();
      one.step(mean);
      other.zeroGrad();
      float sum = 0;
      for (Tensor part : x.chunk(4, 0)) {
        Tensor loss = part.linear(parts).square().mean().div(4);
        other.accumulate(loss);
        sum += loss.item();
      }
      other.step();
      assertThat(sum).isCloseTo(mean.item(), within(1e-5f));
      assertThat(parts.sub(whole).abs().max().item()).isLessThan(1e-5f);
    }
    assertThat(other.steps()).isEqualTo(3);
  }

  @Test
  void severalOptimizersStepTogether() {
    Tensor p = Tensor.ones(2, 2).requiresGrad();
    Tensor q = Tensor.ones(2).requiresGrad();
    var muon = new Muon(Map.of("p", p), 0.1);
    var sgd = new SGD(Map.of("q", q), 0.5);
    sgd.alongside(muon).step(p.matmul(Tensor.eye(2)).sum().add(q.sum()));
    assertThat(q.toFloatArray()).containsExactly(0.5f, 0.5f);
    assertThat(p.toFloatArray()[0]).isLessThan(0.99f);
    assertThat(p.hasGrad() || q.hasGrad()).isFalse();
    assertThat(sgd.steps()).isEqualTo(muon.steps()).isEqualTo(1);
    assertThat(sgd.stateDict().keySet()).containsExactly("p.momentum_buffer", "step");
    assertThatThrownBy(() -> new SGD(Map.of("q", q), 1).alongside(new SGD(Map.of("q", q), 1))).hasMessageContaining("both have a parameter q");
    assertThatThrownBy(() -> new Muon(Map.of("q", q), 1)).hasMessageContaining("q (2,) is no matrix");
  }

  @Test
  void muonMovesAllSingularValuesAlike() {
    Tensor p = Tensor.zeros(4, 6).requiresGrad();
    var muon = new Muon(List.of(ParameterGroup.of(Map.of("p", p), 1)), MuonOptions.DEFAULT.withMomentum(0, false));
    muon.step(p.mul(Tensor.randn(4, 6)).sum());
    assertThat(p.detach().svd().s().toFloatArray()).hasSize(4).satisfies(values -> {
      for (float value : values) {
        assertThat(value).isBetween(0.5f, 1.3f);
      }
    });
  }

  @Test
  void muonMovesMatricesOfOneShapeTogetherAsEachByItself() {
    Map<String, Tensor> together = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c", "d")) {
      together.put(name, (name.equals("d") ? Tensor.randn(5, 3) : Tensor.randn(3, 5)).requiresGrad());
    }
    Map<String, Tensor> alone = new LinkedHashMap<>();
    together.forEach((name, tensor) -> alone.put(name, tensor.detach().clone().realize().requiresGrad()));
    List<Tensor> slopes = together.values().stream().map(tensor -> Tensor.randn(tensor.shape().toArray()).realize()).toList();
    var muon = new Muon(List.of(new ParameterGroup(together, 0.1, 0.1)), MuonOptions.NANOCHAT);
    for (int step = 0; step < 2; step++) {
      muon.step(sumOfProducts(together, slopes));
    }
    alone.forEach((name, tensor) -> {
      var one = new Muon(List.of(new ParameterGroup(Map.of(name, tensor), 0.1, 0.1)), MuonOptions.NANOCHAT);
      for (int step = 0; step < 2; step++) {
        one.step(sumOfProducts(alone, slopes));
      }
      assertThat(tensor.sub(Objects.requireNonNull(together.get(name))).abs().max().item()).as(name).isLessThan(1e-5f);
    });
  }

  private static Tensor sumOfProducts(Map<String, Tensor> parameters, List<Tensor> slopes) {
    Tensor sum = Tensor.zeros();
    int i = 0;
    for (Tensor parameter : parameters.values()) {
      sum = sum.add(parameter.mul(slopes.get(i++)).sum());
    }
    return sum;
  }

  @Test
  void polarExpressBringsSingularValuesNearOne() {
    Tensor p = Tensor.zeros(4, 6).requiresGrad();
    var options = MuonOptions.DEFAULT.withMomentum(0, false).withOrthogonalization(Orthogonalization.POLAR_EXPRESS);
    new Muon(List.of(ParameterGroup.of(Map.of("p", p), 1)), options).step(p.mul(Tensor.randn(4, 6)).sum());
    assertThat(p.detach().svd().s().toFloatArray()).hasSize(4).satisfies(values -> {
      for (float value : values) {
        assertThat(value).isBetween(0.85f, 1.15f);
      }
    });
  }

  @Test
  void settingsOfAGroupChange() {
    Tensor p = Tensor.ones(2).requiresGrad();
    var sgd = new SGD(List.of(ParameterGroup.of(Map.of("p", p), 1)), 0, 0, false);
    sgd.weightDecay(0, 0.5);
    sgd.step(p.mul(0).sum());
    assertThat(p.toFloatArray()).containsExactly(0.5f, 0.5f);
    sgd.setting(0, "dampening", 0.25);
    assertThat(sgd.toString()).contains("weight decay 0.5, dampening 0.25");
    assertThatThrownBy(() -> sgd.setting(0, "beta1", 0.5)).hasMessage("no setting beta1; there are [dampening, momentum]");
  }

  @Test
  void lambStepsAreProportionalToTheTensor() {
    Tensor p = Tensor.full(Shape.of(3), 2, DType.FLOAT32).requiresGrad();
    var lamb = new LAMB(List.of(ParameterGroup.of(Map.of("p", p), 0.1)), 0.9, 0.999, 0);
    lamb.step(p.mul(Tensor.of(1f, 1f, 1f)).sum());
    assertThat(p.toFloatArray()[0]).isCloseTo(1.8f, within(1e-6f));
  }

  @Test
  void groupsHaveSettingsOfTheirOwn() {
    Tensor p = parameter();
    Map<String, Tensor> parameters = Map.of("p", p);
    assertThatThrownBy(() -> new AdamW(List.of(ParameterGroup.of(parameters, 1).with("beta", 0.5)), 0.9, 0.99, 1e-8))
        .hasMessage("AdamW has no setting beta; a group may change [beta1, beta2, eps]");
    assertThatThrownBy(() -> new AdamW(List.of(ParameterGroup.of(parameters, 1).with("beta1", 1)), 0.9, 0.99, 1e-8))
        .hasMessage("AdamW: beta1 must be in [0, 1), not 1.0");
    assertThatThrownBy(() -> new SGD(List.of(ParameterGroup.of(parameters, 1).with("momentum", 0)), 0.9, 0, true))
        .hasMessageContaining("nesterov needs a momentum");
    assertThat(new SGD(List.of(ParameterGroup.of(parameters, 1).with("momentum", 0.5)), 0, 0, false).stateDict()).containsKey("p.momentum_buffer");
  }

  @Test
  void theLearningRateMayChangeAtEveryStep() {
    Tensor p = parameter();
    var optimizer = new SGD(Map.of("p", p), 1);
    optimizer.learningRate(0.5);
    optimizer.step(p.sum());
    optimizer.learningRate(0, 0.25);
    optimizer.step(p.sum());
    assertThat(p.toFloatArray()).containsExactly(-0.75f, -0.75f);
    assertThat(optimizer.steps()).isEqualTo(2);
    assertThatThrownBy(() -> optimizer.learningRate(Double.NaN)).hasMessageContaining("NaN");
  }

  @Test
  void onlyMatricesDecay() {
    Tensor matrix = Tensor.ones(1, 1).requiresGrad();
    Tensor vector = Tensor.ones(1).requiresGrad();
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    parameters.put("matrix", matrix);
    parameters.put("vector", vector);
    var optimizer = new AdamW(ParameterGroup.decayingMatrices(parameters, 0.5, 0.1), 0.9, 0.999, 1e-8);
    optimizer.step(matrix.sum().add(vector.sum()).mul(0));
    assertThat(matrix.item()).isEqualTo(0.95f);
    assertThat(vector.item()).isEqualTo(1);
  }

  @Test
  void parametersWithoutGradientStay() {
    Tensor p = parameter();
    Tensor unused = parameter();
    var optimizer = new AdamW(List.of(ParameterGroup.of(List.of(p, unused), 0.1)), 0.9, 0.999, 1e-8);
    optimizer.step(loss(p));
    assertThat(unused.toFloatArray()).containsExactly(0, 0);
  }

  @Test
  void aLoadedOptimizerGoesOnBitForBit() {
    Tensor p = parameter();
    var optimizer = new AdamW(Map.of("p", p), 0.1);
    optimizer.step(loss(p));
    optimizer.step(loss(p));
    Tensor copy = Tensor.of(p.toFloatArray()).requiresGrad();
    var resumed = new AdamW(Map.of("p", copy), 0.1);
    resumed.loadStateDict(optimizer.stateDict());
    optimizer.step(loss(p));
    resumed.step(loss(copy));
    assertThat(copy.toFloatArray()).isEqualTo(p.toFloatArray());
    assertThat(optimizer.stateDict().keySet()).containsExactly("p.exp_avg", "p.exp_avg_sq", "step");
    assertThatThrownBy(() -> resumed.loadStateDict(Map.of())).hasMessageContaining("there is no p.exp_avg");
  }

  @Test
  void bfloat16ParametersHaveFloat32States() {
    Tensor p = Tensor.zeros(DType.BFLOAT16, 2).requiresGrad();
    var optimizer = new AdamW(Map.of("p", p), 0.1);
    optimizer.step(p.sum());
    Tensor mean = Objects.requireNonNull(optimizer.stateDict().get("p.exp_avg"));
    assertThat(mean.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(p.dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(p.toFloatArray()[0]).isBetween(-0.101f, -0.099f);
  }

  @Test
  void parametersAreCheckedAtOnce() {
    Tensor p = parameter();
    assertThatThrownBy(() -> new SGD(Map.of("p", Tensor.ones(2)), 1)).hasMessageContaining("requiresGrad()");
    assertThatThrownBy(() -> new SGD(List.of(ParameterGroup.of(List.of(p, p), 1)), 0, 0, false)).hasMessageContaining("twice");
    assertThatThrownBy(() -> new SGD(Map.of("p", p), -1)).hasMessageContaining("-1.0");
  }
}
