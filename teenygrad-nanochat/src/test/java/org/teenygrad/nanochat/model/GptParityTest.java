package org.teenygrad.nanochat.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.KeyValues;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.RotaryEmbedding;

/// Everything that nanochat's own gpt.py computes for given weights.
class GptParityTest {
  private static final Fixture MODEL = Fixture.of("model.json.gz");
  private static final Fixture MODULES = Fixture.of("modules.json.gz");

  private static Gpt model() {
    Map<String, Object> config = MODEL.part("config").content();
    Gpt model = Gpt.of(new GptConfig(
        Json.integer(config, "sequence_len"),
        Json.integer(config, "vocab_size"),
        Json.integer(config, "n_layer"),
        Json.integer(config, "n_head"),
        Json.integer(config, "n_kv_head"),
        Json.integer(config, "n_embd"),
        Json.string(config, "window_pattern")), DType.FLOAT32);
    model.loadStateDict(MODEL.part("parameters").tensors());
    return model;
  }

  @Test
  void scoresAreNanochats() {
    assertClose(model().forward(MODEL.matrix("input_ids")), MODEL.tensor("logits"), 1e-5);
  }

  @Test
  void lossAndGradientsAreNanochats() {
    Gpt model = model();
    Tensor loss = model.loss(MODEL.matrix("input_ids"), MODEL.matrix("targets"));
    loss.backward();
    assertThat(loss.itemDouble()).isCloseTo(MODEL.number("loss"), offset(1e-5));
    Map<String, Tensor> gradients = MODEL.part("gradients").tensors();
    assertThat(gradients).hasSize(13);
    Map<String, Tensor> parameters = model.namedParameters();
    gradients.forEach((name, gradient) -> assertClose(requireNonNull(parameters.get(name)).grad(), gradient, 1e-4));
  }

  @Test
  void lossesOfTokensHaveTheLossAsTheirMean() {
    Gpt model = model();
    Tensor each = model.losses(MODEL.matrix("input_ids"), MODEL.matrix("targets"));
    Tensor counted = MODEL.matrix("targets").reshape(-1).ge(0).toFloat();
    assertThat(each.sum().div(counted.sum()).itemDouble()).isCloseTo(MODEL.number("loss"), offset(1e-5));
  }

  @Test
  void normIsNanochats() {
    Fixture norm = MODULES.part("rms_norm");
    assertClose(Gpt.norm(norm.tensor("input")), norm.tensor("output"), 1e-5);
  }

  @Test
  void positionsAreNanochats() {
    Fixture rope = MODULES.part("rope");
    Tensor x = rope.tensor("input").transpose(1, 2); // (batch, heads, time, headDim)
    assertClose(rotary(x.size(-1)).forward(x).transpose(1, 2), rope.tensor("output"), 1e-5);
  }

  private static RotaryEmbedding rotary(int headDim) {
    return RotaryEmbedding.of(headDim, 4, 100_000, RotaryEmbedding.Pairs.HALVES).reversed();
  }

  @Test
  void attentionIsNanochats() {
    Fixture attention = MODULES.part("attention");
    Fixture config = MODULES.part("config");
    int heads = (int) config.number("n_head");
    CausalSelfAttention layer = new CausalSelfAttention(
        linear(attention, "c_q"), linear(attention, "c_k"), linear(attention, "c_v"), linear(attention, "c_proj"),
        linear(attention, "ve_gate"), heads, (int) config.number("n_kv_head"));
    RotaryEmbedding rotary = rotary((int) config.number("n_embd") / heads);
    Tensor y = layer.forward(attention.tensor("input"), attention.tensor("value_embedding"), new AttentionContext(rotary, null, KeyValues.CAUSAL, 0, 4));
    assertClose(y, attention.tensor("output"), 1e-5);
  }

  @Test
  void perceptronIsNanochats() {
    Fixture mlp = MODULES.part("mlp");
    Tensor y = new Block.Mlp(linear(mlp, "c_fc"), linear(mlp, "c_proj")).forward(mlp.tensor("input"));
    assertClose(y, mlp.tensor("output"), 1e-5);
  }

  private static Linear linear(Fixture module, String name) {
    return new Linear(module.tensor(name + "_weight"), null);
  }

  private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.isClose(expected, tolerance, tolerance, false).all().itemBoolean()).as("%s%nis not%n%s", actual, expected).isTrue();
  }
}
