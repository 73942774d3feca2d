package org.teenygrad.nanochat.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.KeyValues;

class GptTest {
  private static final Tensor IDS = Tensor.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 8);

  private static GptConfig config(int layers, String windows) {
    return new GptConfig(8, 50, layers, 2, 1, 24, windows);
  }

  @Test
  void countsItsParameters() {
    for (int layers : List.of(1, 2, 5)) {
      GptConfig config = config(layers, "SSSL");
      assertThat(config.parameterCounts().total()).isEqualTo(Gpt.of(config, DType.FLOAT32).parameterCount());
    }
  }

  @Test
  void windowsFollowThePatternAndTheLastBlockSeesAll() {
    GptConfig config = new GptConfig(2048, 50, 6, 2, 2, 64, "SSSL");
    assertThat(IntStream.range(0, 6).map(config::window)).containsExactly(512, 512, 512, 2048, 512, 2048);
  }

  @Test
  void aShortWindowHidesWhatIsBeforeIt() {
    Tensor.manualSeed(1);
    Gpt model = Gpt.of(new GptConfig(8, 50, 1, 2, 1, 24, "L"), DType.FLOAT32);
    CausalSelfAttention attention = model.transformer().h().getFirst().attn();
    Tensor x = Tensor.rand(1, 8, 24);
    Tensor other = Tensor.cat(List.of(Tensor.rand(1, 1, 24), x.narrow(1, 1, 7)), 1);
    Tensor values = Tensor.zeros(1, 8, 12);
    // c_proj starts with zeros: without it the output says nothing
    attention = new CausalSelfAttention(attention.cQ(), attention.cK(), attention.cV(), attention.cQ(), attention.veGate(), 2, 1);
    AttentionContext context = new AttentionContext(model.rotary(), null, KeyValues.CAUSAL, 0, 3);
    Tensor change = attention.forward(x, values, context).sub(attention.forward(other, values, context)).abs().sum(-1);
    assertThat(change.narrow(1, 0, 4).min().itemDouble()).isPositive();
    assertThat(change.narrow(1, 4, 4).max().itemDouble()).isZero();
  }

  @Test
  void startsWithEveryTokenAsLikely() {
    Tensor.manualSeed(1);
    Gpt model = Gpt.of(config(3, "SSSL"), DType.FLOAT32);
    assertThat(model.loss(IDS, IDS).itemDouble()).isCloseTo(Math.log(50), offset(0.01));
  }

  @Test
  void derivativesFoundFromResultsAreTheChainRules() {
    Tensor.manualSeed(2);
    Tensor x = Tensor.randn(6, 24).requiresGrad();
    Tensor weights = Tensor.randn(6, 24);
    Tensor normed = Gradient.of(new Norm(1.2).apply(x).mul(weights).sum(), x);
    assertThat(normed.sub(Gradient.of(x.rmsNorm(Shape.of(24), null, Gpt.NORM_EPS).mul(1.2).mul(weights).sum(), x)).abs().max().itemDouble()).isLessThan(1e-6);
    Tensor squared = Gradient.of(SquaredRelu.FUNCTION.apply(x).mul(weights).sum(), x);
    assertThat(squared.sub(Gradient.of(x.relu().square().mul(weights).sum(), x)).abs().max().itemDouble()).isLessThan(1e-6);
    assertThat(squared.abs().max().itemDouble()).isPositive();
  }

  /// A step of one layer holds the activations once, and what flows back to them.
  @Test
  void whatASquaredReluReadIsNotKept() {
    Device device = Device.of("null");
    Tensor x = Tensor.zeros(4096, 64).to(device).realize();
    Tensor first = Tensor.zeros(256, 64).to(device).realize().requiresGrad();
    Tensor second = Tensor.zeros(64, 256).to(device).realize().requiresGrad();
    Tensor loss = SquaredRelu.FUNCTION.apply(x.linear(first)).linear(second).square().sum();
    Profile profile = Profile.of(() -> Tensor.realize(Gradient.of(loss, List.of(first, second))));
    assertThat(profile.schedules().getFirst().workspaceBytes()).isLessThan(3 * 4096L * 256 * 4);
  }

  @Test
  void noTargetsAreNoLoss() {
    Gpt model = Gpt.of(config(2, "L"), DType.FLOAT32);
    Tensor loss = model.loss(IDS, Tensor.full(IDS.shape(), Gpt.IGNORED, DType.INT32));
    loss.backward();
    assertThat(loss.itemDouble()).isZero();
    assertThat(model.lmHead().weight().grad().abs().max().itemDouble()).isZero();
  }

  @Test
  void computesInBfloat16WithEmbeddingsOfEitherType() {
    for (DType stored : List.of(DType.BFLOAT16, DType.FLOAT32)) {
      Tensor.manualSeed(2);
      Gpt model = Gpt.of(config(3, "SSSL"), stored);
      assertThat(model.transformer().wte().weight().dtype()).isEqualTo(stored);
      assertThat(model.lmHead().weight().dtype()).isEqualTo(DType.FLOAT32);
      Tensor loss = model.in(DType.BFLOAT16).loss(IDS, IDS);
      assertThat(loss.dtype()).isEqualTo(DType.FLOAT32);
      loss.backward();
      assertThat(loss.itemDouble()).isCloseTo(model.loss(IDS, IDS).itemDouble(), offset(0.01));
      assertThat(model.transformer().wte().weight().grad().dtype()).isEqualTo(stored);
      assertThat(model.residLambdas().grad().dtype()).isEqualTo(DType.FLOAT32);
    }
  }

  @Test
  void saysWhatDoesNotFit() {
    assertThatThrownBy(() -> new GptConfig(8, 50, 2, 2, 1, 24, "SXL")).hasMessageContaining("window_pattern").hasMessageContaining("SXL");
    assertThatThrownBy(() -> new GptConfig(8, 50, 2, 3, 2, 24, "L")).hasMessageContaining("n_kv_head (2)");
    assertThatThrownBy(() -> new GptConfig(8, 50, 2, 2, 2, 16, "L")).hasMessageContaining("n_embd must be at least 24");
  }
}
