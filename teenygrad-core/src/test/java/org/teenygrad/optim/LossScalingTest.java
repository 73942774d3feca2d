package org.teenygrad.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

class LossScalingTest {
  private static final LossScaling SHORT = new LossScaling(1024, 2, 0.5, 2);

  private static Tensor parameter() {
    return Tensor.of(0.5f, -1f, 2f).requiresGrad();
  }

  /// A loss whose derivatives are finite if the factor is.
  private static Tensor loss(Tensor p, float factor) {
    Tensor x = Tensor.of(1f, 2f, 3f);
    return Float.isFinite(factor) ? p.mul(x).mul(Tensor.of(new float[] {factor})).square().sum() : p.mul(x).sum().mul(Tensor.of(new float[] {factor}).sum());
  }

  /// What PyTorch 2's GradScaler and AdamW with clip_grad_norm_ do with the same losses, two of which are infinite.
  @Test
  void scalesAndSkipsAsPyTorch() {
    float[] scales = {1024, 2048, 1024, 1024, 2048, 1024, 1024, 2048};
    float[][] weights = {
      {0.3995000422000885f, -0.8990000486373901f, 1.8980000019073486f},
      {0.2998954653739929f, -0.798268735408783f, 1.796095609664917f},
      {0.2998954653739929f, -0.798268735408783f, 1.796095609664917f},
      {0.20219862461090088f, -0.6979658603668213f, 1.694281816482544f},
      {0.10809022188186646f, -0.5983040928840637f, 1.592553734779358f},
      {0.10809022188186646f, -0.5983040928840637f, 1.592553734779358f},
      {0.020294420421123505f, -0.49956968426704407f, 1.4909062385559082f},
      {-0.05709054321050644f, -0.4021523892879486f, 1.3893345594406128f}
    };
    Tensor p = parameter();
    Optimizer optimizer = new AdamW(List.of(new ParameterGroup(Map.of("p", p), 0.1, 0.01)), 0.9, 0.999, 1e-8).clipNorm(1).scaleLoss(SHORT);
    for (int i = 0; i < scales.length; i++) {
      optimizer.step(loss(p, i == 2 || i == 5 ? Float.POSITIVE_INFINITY : 1 + i));
      assertThat(optimizer.lossScale().item()).as("scale after step %d", i).isEqualTo(scales[i]);
      assertThat(p.data()).as("weights after step %d", i).containsExactly(weights[i], within(2e-6f));
    }
  }

  static Stream<Function<Map<String, Tensor>, Optimizer>> optimizers() {
    return Stream.of(
        p -> new AdamW(p, 0.1),
        p -> new SGD(List.of(ParameterGroup.of(p, 0.1)), 0.9, 0.5, false),
        p -> new RMSprop(p, 0.1),
        p -> new LAMB(p, 0.1),
        p -> new NAdam(p, 0.1),
        p -> new RAdam(List.of(ParameterGroup.of(p, 0.1)), 0.9, 0.5, 1e-8, false),
        p -> new Adamax(p, 0.1),
        p -> new SparseAdam(p, 0.1),
        p -> new ASGD(List.of(ParameterGroup.of(p, 0.01)), 0.1, 0.75, 1),
        p -> new Adafactor(p, 0.1),
        p -> new Adagrad(List.of(ParameterGroup.of(p, 0.1)), 0.1, 0, 1e-8));
  }

  /// The numbers of a step are computed on the device as they are on the host.
  @ParameterizedTest
  @MethodSource("optimizers")
  void aScaleOfOneChangesNothing(Function<Map<String, Tensor>, Optimizer> kind) {
    Tensor p = parameter();
    Tensor q = parameter();
    Optimizer scaled = kind.apply(Map.of("p", p)).scaleLoss(new LossScaling(1, 2, 0.5, 1_000));
    Optimizer plain = kind.apply(Map.of("p", q));
    for (int i = 0; i < 8; i++) {
      scaled.step(loss(p, 1 + i));
      plain.step(loss(q, 1 + i));
    }
    assertThat(p.data()).containsExactly(q.data(), within(1e-5f));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aSkippedStepLeavesNoTraceButInTheScale(Function<Map<String, Tensor>, Optimizer> kind) {
    Tensor p = parameter();
    Tensor q = parameter();
    Optimizer interrupted = kind.apply(Map.of("p", p)).scaleLoss(LossScaling.DYNAMIC);
    Optimizer smooth = kind.apply(Map.of("p", q)).scaleLoss(LossScaling.DYNAMIC);
    for (int i = 0; i < 5; i++) {
      interrupted.step(loss(p, i % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY));
      interrupted.step(loss(p, 1 + i));
      smooth.step(loss(q, 1 + i));
      assertThat(p.data()).isEqualTo(q.data());
    }
    assertThat(interrupted.lossScale().item()).isEqualTo(65_536f / 32);
    assertThat(smooth.lossScale().item()).isEqualTo(65_536f);
    assertThat(p.data()).isNotEqualTo(parameter().data());
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void movesAsWithoutAScale(Function<Map<String, Tensor>, Optimizer> kind) {
    Tensor p = parameter();
    Tensor q = parameter();
    Optimizer scaled = kind.apply(Map.of("p", p)).clipNorm(1).scaleLoss(LossScaling.DYNAMIC);
    Optimizer plain = kind.apply(Map.of("p", q)).clipNorm(1);
    for (int i = 0; i < 4; i++) {
      scaled.step(loss(p, 1 + i));
      plain.step(loss(q, 1 + i));
      assertThat(p.data()).containsExactly(q.data(), within(1e-6f));
    }
  }

  @Test
  void gradientsThatFloat16WouldLoseArrive() {
    Tensor p = Tensor.of(1f).requiresGrad();
    new SGD(Map.of("p", p), 1).step(p.toHalf().mul(Tensor.of(1f).toHalf()).cast(DType.FLOAT32).sum().mul(1e-8));
    assertThat(p.data()).as("1e-8 is 0 in float16").containsExactly(1);
    Tensor q = Tensor.of(0f).requiresGrad();
    new SGD(Map.of("q", q), 1).scaleLoss(LossScaling.DYNAMIC).step(q.toHalf().mul(Tensor.of(1f).toHalf()).cast(DType.FLOAT32).sum().mul(1e-8));
    assertThat(q.data()[0]).isCloseTo(-1e-8f, within(1e-11f));
  }

  @Test
  void microBatchesAreScaledToo() {
    Tensor p = parameter();
    Tensor q = parameter();
    Optimizer whole = new AdamW(Map.of("p", p), 0.1).scaleLoss(SHORT);
    Optimizer parts = new AdamW(Map.of("p", q), 0.1).scaleLoss(SHORT);
    for (int i = 0; i < 3; i++) {
      whole.step(loss(p, 2).add(loss(p, 3)));
      parts.zeroGrad();
      parts.accumulate(loss(q, 2));
      parts.accumulate(loss(q, 3));
      parts.step();
      assertThat(q.data()).containsExactly(p.data(), within(1e-6f));
    }
  }

  @Test
  void aLoadedStateGoesOnBitByBit() {
    Tensor p = parameter();
    Optimizer one = new AdamW(Map.of("p", p), 0.1).scaleLoss(SHORT);
    float[] factors = {1, Float.NaN, 2, 3, Float.NaN, 4, 5, 6};
    for (int i = 0; i < 3; i++) {
      one.step(loss(p, factors[i]));
    }
    Tensor q = p.detach().add(0).realize().requiresGrad();
    Optimizer other = new AdamW(Map.of("p", q), 0.1).scaleLoss(SHORT);
    Map<String, Tensor> saved = new HashMap<>();
    one.stateDict().forEach((name, tensor) -> saved.put(name, tensor.dtype() == DType.FLOAT32 ? Tensor.of(tensor.data()).reshape(tensor.shape().toArray()) : Tensor.of(tensor.itemLong())));
    other.loadStateDict(saved);
    for (int i = 3; i < factors.length; i++) {
      one.step(loss(p, factors[i]));
      other.step(loss(q, factors[i]));
      assertThat(q.data()).isEqualTo(p.data());
      assertThat(other.lossScale().item()).isEqualTo(one.lossScale().item());
    }
  }

  @Test
  void aStateWithoutAScaleBeginsWithTheFirst() {
    Tensor p = parameter();
    Optimizer plain = new AdamW(Map.of("p", p), 0.1);
    plain.step(loss(p, 1));
    Optimizer scaled = new AdamW(Map.of("p", p), 0.1).scaleLoss(SHORT);
    scaled.loadStateDict(plain.stateDict());
    assertThat(scaled.lossScale().item()).isEqualTo(1024);
    assertThat(scaled.steps()).isEqualTo(1);
  }

  @Test
  void theScaleDoesNotGrowToInfinity() {
    Tensor p = parameter();
    Optimizer optimizer = new SGD(Map.of("p", p), 0).scaleLoss(new LossScaling(3e38, 2, 0.5, 1));
    optimizer.step(p.mul(1e-10).sum());
    assertThat(optimizer.lossScale().item()).isEqualTo(3e38f);
  }

  @Test
  void refusesWhatCannotWork() {
    Tensor p = parameter();
    Tensor q = parameter();
    Optimizer optimizer = new AdamW(Map.of("p", p), 0.1).scaleLoss(SHORT);
    assertThatThrownBy(() -> optimizer.step(p.toHalf().sum())).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("loss in float16 overflows");
    assertThatThrownBy(() -> new SGD(Map.of("q", q), 1).alongside(optimizer))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("several optimizers");
    assertThatThrownBy(() -> new SGD(Map.of("q", q), 1).lossScale()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new LossScaling(1, 1, 0.5, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
